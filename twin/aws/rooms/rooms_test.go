package rooms_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	program "github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/twin"
	"github.com/djangostack/djangostack/twin/aws"
	"github.com/djangostack/djangostack/twin/cloud"
	"github.com/djangostack/djangostack/twin/kubernetes"
	"github.com/djangostack/djangostack/twin/kubernetes/memory"
	"github.com/djangostack/djangostack/twin/random"
)

// environment is one with everything in it.
const environment = `{
	"place": "aws", "shape": %q, "protection": %q, "owner": "web-team",
	"aws": {"region": "eu-central-1", "accountId": "123456789012", "admins": ["arn:aws:iam::123456789012:role/deployer"]},
	"cluster": {"mode": %q, "endpoint": {"allowedCIDRs": ["203.0.113.0/24"]}},
	"namespace": {"name": "blog-dev"},
	"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
	"workers": [{"name": "default"}], "beat": {"enabled": true},
	"database": {"kind": "managed"}, "cache": {"kind": "managed"}, "broker": {"kind": "managed"},
	"static": {"store": "bucket", "cors": [{"origins": ["https://blog.example.com"]}]},
	"media": {"store": "bucket"},
	"dns": {"zone": "example.com"},
	"budget": {"monthlyUSD": 500, "emails": ["ops@example.com"]}
}`

// lab is one environment with a real engine, an account, and a cluster in memory.
type lab struct {
	t       *testing.T
	account *cloud.Account
	cluster *memory.Cluster
	stack   auto.Stack
	env     map[string]string
	work    string
	program pulumi.RunFunc
	output  bytes.Buffer
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs the Pulumi CLI: set DJANGOSTACK_E2E=1")
	}
	l := &lab{t: t, account: cloud.NewAccount(aws.AccountID), work: t.TempDir()}
	l.account.Given(aws.Token("route53/zone"), "", "ZEXAMPLE", cloud.Values{"name": "example.com"})
	var err error
	l.cluster, err = memory.Start()
	require.NoError(t, err)
	cloudProvider, err := aws.New(aws.Options{Account: l.account})
	require.NoError(t, err)
	server, err := twin.Serve(context.Background(), map[string]pulumirpc.ResourceProviderServer{
		"aws": cloudProvider, "random": random.New(),
		"kubernetes": kubernetes.New(kubernetes.Options{
			LookEvery: 50 * time.Millisecond, LongestWait: 20 * time.Second,
			Reach: func(kubernetes.Destination) (*rest.Config, bool, error) { return l.cluster.Config(), true, nil },
		}),
	})
	require.NoError(t, err)
	l.env = map[string]string{
		"PULUMI_BACKEND_URL":       "file://" + filepath.ToSlash(t.TempDir()),
		"PULUMI_CONFIG_PASSPHRASE": "passphrase of a test",
		"PULUMI_DEBUG_PROVIDERS":   server.Env(),
		"PULUMI_SKIP_UPDATE_CHECK": "true",
	}
	options := &auto.PulumiCommandOptions{}
	if given := os.Getenv("DJANGOSTACK_PULUMI"); given != "" {
		options.Root = filepath.Dir(filepath.Dir(given))
	}
	command, err := auto.NewPulumiCommand(options)
	require.NoError(t, err)
	l.stack, err = auto.UpsertStackInlineSource(context.Background(), "dev", "rooms",
		func(ctx *pulumi.Context) error { return l.program(ctx) },
		auto.Pulumi(command), auto.WorkDir(l.work), auto.PulumiHome(t.TempDir()), auto.EnvVars(l.env))
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("output of all operations:\n%s", l.output.String())
		}
		require.NoError(t, server.Close())
		require.NoError(t, l.cluster.Close())
	})
	return l
}

// use makes an environment the program of the next operations.
func (l *lab) use(shape spec.Shape, protection spec.Protection, mode string) {
	l.t.Helper()
	parsed, err := spec.Parse([]byte(fmt.Sprintf(environment, shape, protection, mode)), "dev")
	require.NoError(l.t, err)
	l.program = func(ctx *pulumi.Context) error { return program.Deploy(ctx, parsed) }
}

func (l *lab) up(options ...optup.Option) error {
	l.t.Helper()
	_, err := l.stack.Up(context.Background(), append(options, optup.ProgressStreams(&l.output), optup.ErrorProgressStreams(&l.output))...)
	return err
}

func (l *lab) destroy() error {
	l.t.Helper()
	_, err := l.stack.Destroy(context.Background(), optdestroy.ProgressStreams(&l.output), optdestroy.ErrorProgressStreams(&l.output))
	return err
}

// settles makes the environment, and asserts that nothing differs afterwards.
func (l *lab) settles() {
	l.t.Helper()
	started := time.Now()
	plan, err := l.stack.Preview(context.Background(), optpreview.ProgressStreams(&l.output))
	require.NoError(l.t, err, l.output.String())
	l.t.Logf("preview: %v in %v", plan.ChangeSummary, time.Since(started))
	started = time.Now()
	require.NoError(l.t, l.up(), "up")
	l.t.Logf("up in %v, %d things in the account", time.Since(started), len(l.account.Left()))
	require.NoError(l.t, l.up(optup.ExpectNoChanges()), "second up")
	_, err = l.stack.Refresh(context.Background(), optrefresh.ExpectNoChanges(), optrefresh.ProgressStreams(&l.output))
	require.NoError(l.t, err, "refresh")
}

// leftovers are what stays and why, and fails on what stays for no reason. The
// program keeps some kinds itself, of which a provider is never told.
func (l *lab) leftovers(kept ...string) []string {
	l.t.Helper()
	var stays []string
	for _, one := range l.account.Left() {
		stays = append(stays, fmt.Sprintf("%s %s: %s", one.Token, one.ID, one.Stays))
		if !slices.Contains(kept, one.Token) {
			assert.NotEmpty(l.t, one.Stays, "%s %s is left over", one.Token, one.ID)
		}
	}
	assert.Empty(l.t, l.cluster.Left())
	return stays
}

func TestStagingLivesAndEndsWithoutATrace(t *testing.T) {
	l := newLab(t)
	l.use(spec.Staging, spec.Disposable, "auto")
	l.settles()
	require.NoError(t, l.destroy())
	t.Log(strings.Join(l.leftovers(), "\n"))
}

// The controller that fills target groups outside of Auto Mode is a Helm release.
func TestNodesOfItsOwnAreRefusedByName(t *testing.T) {
	l := newLab(t)
	l.use(spec.Staging, spec.Disposable, "nodes")
	err := l.up()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "helm.sh/v3:Release")
}

func TestProductionIsKeptUntilItsProtectionIsLifted(t *testing.T) {
	l := newLab(t)
	l.use(spec.Production, spec.Protected, "auto")
	l.settles()
	require.ErrorContains(t, l.destroy(), "protect")

	l.use(spec.Production, spec.Disposable, "auto")
	require.NoError(t, l.up(), "lifting the protection")
	require.NoError(t, l.destroy())
	stays := strings.Join(l.leftovers(aws.Token("kms/key"), aws.Token("kms/alias")), "\n")
	t.Log(stays)
	assert.Contains(t, stays, "the final snapshot of")
}
