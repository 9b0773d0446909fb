package aws_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// whole is an environment that uses every service.
const whole = `{
	"cloud": "aws", "tier": %q, "owner": "web-team",
	"aws": {"region": "eu-central-1", "accountId": "123456789012", "admins": ["arn:aws:iam::123456789012:role/deployer"]},
	"cluster": {"endpoint": {"allowedCIDRs": ["203.0.113.0/24"]}},
	"namespace": {"name": "blog-dev"},
	"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
	"workers": [{"name": "default"}], "beat": {"enabled": true},
	"database": {"kind": "managed"}, "cache": {"kind": "managed"}, "broker": {"kind": "managed"},
	"static": {"store": "bucket", "cors": [{"origins": ["https://blog.example.com"]}]},
	"media": {"store": "bucket"},
	"dns": {"zone": "example.com"},
	"budget": {"monthlyUSD": 500, "emails": ["ops@example.com"]}
}`

func deployed(t *testing.T, outputs mocks.Outputs, tier spec.Tier) mocks.Program {
	t.Helper()
	environment, err := spec.Parse([]byte(fmt.Sprintf(whole, tier)), "dev")
	require.NoError(t, err)
	return mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
		return aws.Deploy(ctx, environment)
	})
}

func each(t *testing.T, check func(t *testing.T, ran mocks.Program, tier spec.Tier)) {
	t.Helper()
	for _, tier := range []spec.Tier{spec.Staging, spec.Production} {
		for _, outputs := range mocks.Both() {
			t.Run(fmt.Sprintf("%s/%s", tier, outputs), func(t *testing.T) {
				check(t, deployed(t, outputs, tier), tier)
			})
		}
	}
}

func TestEveryResourceDescendsFromTheEnvironment(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		ran.DescendFrom(t, "Environment", "blog")
	})
}

func TestNoResourceUsesADefaultProvider(t *testing.T) {
	for _, r := range deployed(t, mocks.Known, spec.Production).Resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:providers:") {
			assert.Contains(t, r.Provider, "::blog", "%s %s would use the ambient provider", r.Kind(), r.Name)
		}
	}
}

func TestProvidersAllowTheConfiguredAccountOnly(t *testing.T) {
	ran := deployed(t, mocks.Known, spec.Production)
	for _, name := range []string{"blog-aws", "blog-aws-us-east-1"} {
		assert.Contains(t, fmt.Sprint(ran.Find(t, "aws", name).At(t, "allowedAccountIds")), "123456789012")
	}
}

func TestResourcesWithDataAreProtectedInProductionOnly(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, tier spec.Tier) {
		for _, kind := range []string{"Instance", "Cluster", "Key"} {
			found := 0
			for _, r := range ran.OfKind(kind) {
				if !r.Custom {
					continue
				}
				found++
				assert.Equal(t, tier == spec.Production, r.Protect, "%s %s", kind, r.Name)
			}
			assert.Positive(t, found, kind)
		}
	})
}

func TestAppDoesNotConnectAsTheAdministrator(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		instance := ran.OfKind("Instance")[0]
		settings := ran.Find(t, "Secret", "blog-env")
		assert.NotContains(t, fmt.Sprint(settings.At(t, "stringData.DATABASE_URL")), fmt.Sprint(instance.At(t, "username")))
	})
}

func TestSecretValuesAppearInSecretsOnly(t *testing.T) {
	for _, r := range deployed(t, mocks.Known, spec.Production).Resources {
		text, err := json.Marshal(r.Plain())
		require.NoError(t, err)
		assert.NotContains(t, string(text), "generated-", "%s %s", r.Kind(), r.Name)
	}
}

func TestPodsAreDeletedBeforeTheNetwork(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		web := ran.Find(t, "Deployment", "blog-web")
		binding := ran.OfKind("TargetGroupBinding")
		require.Len(t, binding, 1)
		assert.True(t, ran.Waits(binding[0], web), "the binding goes before the pods")
		for _, kind := range []string{"NatGateway", "InternetGateway", "Route"} {
			for _, needed := range ran.OfKind(kind) {
				if strings.Contains(needed.Name, "s3") {
					continue
				}
				assert.True(t, ran.Waits(web, needed), "web waits for %s %s", kind, needed.Name)
			}
		}
	})
}

func TestProductionRunsInSeveralZones(t *testing.T) {
	production := deployed(t, mocks.Known, spec.Production)
	assert.Len(t, production.OfKind("NatGateway"), 3)
	assert.Equal(t, true, production.OfKind("Instance")[0].At(t, "multiAz"))

	staging := deployed(t, mocks.Known, spec.Staging)
	assert.Len(t, staging.OfKind("NatGateway"), 1)
	assert.Equal(t, false, staging.OfKind("Instance")[0].At(t, "multiAz"))
}

func TestNodesModeInstallsTheLoadBalancerController(t *testing.T) {
	text := replaced(t, fmt.Sprintf(whole, spec.Staging), `"cluster": {`, `"cluster": {"mode": "nodes", `)
	environment, err := spec.Parse([]byte(text), "dev")
	require.NoError(t, err)
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })

		controller := ran.OfKind("Release")
		require.NotEmpty(t, controller)
		assert.True(t, ran.Waits(ran.OfKind("TargetGroupBinding")[0], ran.Find(t, "LoadBalancerController", "blog-balancer")), "it must still run to take the pods out")
	}
}

// replaced returns the text with the first of an old part replaced, which must be there.
func replaced(t *testing.T, text, old, now string) string {
	t.Helper()
	require.Contains(t, text, old)
	return strings.Replace(text, old, now, 1)
}

// Other certificates may need the records that prove names to the certificate authority. Those of a staging environment
// go with it, and a zone of the stack must be empty when it is deleted.
func TestRecordsOfCertificatesOfProductionStayInAZoneOfOthers(t *testing.T) {
	const existing, created = `"dns": {"zone": "example.com"}`, `"dns": {"zone": "example.com", "source": "create"}`
	for _, c := range []struct {
		tier  spec.Tier
		zone  string
		stays bool
	}{{spec.Production, existing, true}, {spec.Production, created, false}, {spec.Staging, existing, false}} {
		environment, err := spec.Parse([]byte(replaced(t, fmt.Sprintf(whole, c.tier), existing, c.zone)), "dev")
		require.NoError(t, err)
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
		for _, name := range []string{"blog-proof-blog.example.com", "blog-static-proof-static.blog.example.com"} {
			assert.Equal(t, c.stays, ran.Find(t, "Record", name).Retain, "%s of %s, %s", name, c.tier, c.zone)
		}
	}
}

// TestFurtherTagsAreOnEveryResource asks the provider's schema which types can have tags.
func TestFurtherTagsAreOnEveryResource(t *testing.T) {
	inputs := mocks.Inputs(t, "aws")
	text := replaced(t, fmt.Sprintf(whole, spec.Production), `"aws": {`, `"aws": {"tags": {"cost-center": "4711"}, `)
	for _, mode := range []string{"auto", "nodes"} {
		environment, err := spec.Parse([]byte(replaced(t, text, `"cluster": {`, `"cluster": {"mode": "`+mode+`", `)), "dev")
		require.NoError(t, err)
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
		for _, r := range ran.Resources {
			if inputs[r.Type]["tags"] == nil {
				continue
			}
			assert.Equal(t, "4711", r.At(t, `tags["cost-center"]`), "%s %s", r.Type, r.Name)
			assert.NotNil(t, r.At(t, `tags["djangostack:environment"]`), "%s %s", r.Type, r.Name)
		}
		class := ran.Find(t, "StorageClass", "blog-storage")
		assert.Contains(t, fmt.Sprint(class.At(t, "parameters")), "cost-center=4711", "volumes of claims in mode %s", mode)
	}
}

func TestEverythingIsDoneByTheAssumedRole(t *testing.T) {
	const role = "arn:aws:iam::123456789012:role/deployer"
	for session, command := range map[string]string{"": `"command":"aws"`, `, "sessionName": "ci", "externalId": "9f1c", "durationSeconds": 3600`: `"command":"sh"`} {
		text := replaced(t, fmt.Sprintf(whole, spec.Staging), `"aws": {`, `"aws": {"assumeRole": {"roleArn": "`+role+`"`+session+`}, `)
		environment, err := spec.Parse([]byte(text), "dev")
		require.NoError(t, err)
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
		for _, name := range []string{"blog-aws", "blog-aws-us-east-1"} {
			want := map[string]any{"roleArn": role}
			if session != "" {
				want["sessionName"], want["externalId"], want["duration"] = "ci", "9f1c", "3600s"
			}
			assert.Equal(t, want, ran.Find(t, "aws", name).At(t, "assumeRole"), name)
		}
		kubeconfig := fmt.Sprint(ran.Find(t, "kubernetes", "blog-kubernetes").At(t, "kubeconfig"))
		assert.Contains(t, kubeconfig, command)
		assert.Contains(t, kubeconfig, role)
	}
}
