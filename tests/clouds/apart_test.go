package clouds_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	stacksaws "github.com/djangostack/djangostack/stacks/aws"
	stacksgcp "github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// Two environments of one app, and another app, are in one account and have their host names in one zone that existed
// before. No resource of theirs has a name in common, and the destruction of one touches nothing of the others. What the
// cloud keeps of it, such as keys and names of deleted servers, does not prevent that it is created again.
func TestEnvironmentsInOneAccountAndZoneShareNothing(t *testing.T) {
	for cloud, deploy := range map[spec.Cloud]func(*pulumi.Context, *spec.Environment) error{spec.AWSCloud: stacksaws.Deploy, spec.GCPCloud: stacksgcp.Deploy} {
		t.Run(string(cloud), func(t *testing.T) {
			base := environments.Full(cloud, spec.Staging).Set(t, "registry.source=create")
			account, err := rehearsal.New(rehearsal.For(base.Parse(t)))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, account.Close()) })
			stacks, owner := map[string]*enginetest.Engine{}, map[string]string{}
			for name, environment := range map[string]environments.Environment{
				"blog/dev":  base,
				"blog/test": base.Set(t, "app.url=https://test.example.com"),
				"shop/dev":  base.Set(t, "app.name=shop", "app.url=https://shop.example.com"),
			} {
				_, stack, _ := strings.Cut(name, "/")
				e := neighbor(t, stack, account, base.Parse(t))
				checked, err := spec.Parse(environment.JSON(t), stack)
				require.NoError(t, err)
				e.Program = func(ctx *pulumi.Context) error { return deploy(ctx, checked) }
				e.MustUp()
				stacks[name] = e
				for _, id := range inAccount(e) {
					assert.Empty(t, owner[id], "%s of %s belongs to another environment", id, name)
					owner[id] = name
				}
			}
			require.NoError(t, stacks["blog/dev"].Destroy())
			stacks["blog/test"].NoChanges(t)
			stacks["shop/dev"].NoChanges(t)
			stacks["blog/dev"].MustUp()
		})
	}
}

// neighbor returns a stack in the account with its own cluster.
func neighbor(t *testing.T, stack string, account *rehearsal.Emulators, environment *spec.Environment) *enginetest.Engine {
	t.Helper()
	own, err := rehearsal.New(rehearsal.For(environment))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, own.Close()) })
	onAWS, err := emulatedaws.New(emulatedaws.Options{Account: account.AWS})
	require.NoError(t, err)
	onGCP, err := emulatedgcp.New(emulatedgcp.Options{Account: account.GCP})
	require.NoError(t, err)
	return enginetest.NewStack(t, stack, map[string]pulumirpc.ResourceProviderServer{
		"aws": onAWS, "gcp": onGCP, "random": own.Providers["random"], "kubernetes": own.Providers["kubernetes"],
	})
}

// inAccount are the resources of a stack in the account, as type and id. Enabled APIs and the service agents of Google belong to the whole project.
func inAccount(e *enginetest.Engine) []string {
	var ids []string
	for _, one := range e.State() {
		kind := string(one.Type)
		if one.Custom && (strings.HasPrefix(kind, "aws:") || strings.HasPrefix(kind, "gcp:")) && !one.External && !strings.HasSuffix(kind, ":Service") && !strings.HasSuffix(kind, ":ServiceIdentity") {
			ids = append(ids, fmt.Sprintf("%s %s", kind, one.ID))
		}
	}
	return ids
}
