package existing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// whole is an environment that uses every service.
const whole = `{
	"cloud": "none", "tier": "production", "owner": "web-team", "purpose": "load",
	"cluster": {"context": "kind-kind"},
	"namespace": {"name": "blog-dev"},
	"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog",
		"url": "https://blog.example.com", "secretEnv": {"STRIPE_KEY": "sk_live_51"}},
	"release": {"superuser": {"username": "admin", "email": "admin@example.com"}},
	"web": {"ingress": {"ingressClassName": "traefik", "host": "blog.example.com", "tlsSecretName": "certificate"}},
	"workers": [{"name": "default", "heartbeatFile": "/tmp/heartbeat"}, {"name": "slow", "queues": ["slow"]}],
	"beat": {"enabled": true},
	"shell": {"enabled": true, "reason": "load test"},
	"processes": [{"name": "bot", "command": ["bot"]}],
	"cron": [{"name": "clean", "schedule": "@daily", "command": ["clean"]}],
	"database": {"kind": "in-cluster"},
	"static": {"store": "volume"}
}`

func deployed(t *testing.T, outputs mocks.Outputs) mocks.Program {
	t.Helper()
	environment, err := spec.Parse([]byte(whole), "dev")
	require.NoError(t, err)
	return mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
		return existing.Deploy(ctx, environment)
	})
}

func TestEveryResourceDescendsFromTheEnvironment(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := deployed(t, outputs)
		ran.DescendFrom(t, "Environment", "blog")
	}
}

func TestEveryObjectCarriesTheEnvironmentsLabels(t *testing.T) {
	for _, outputs := range mocks.Both() {
		objects := 0
		for _, r := range deployed(t, outputs).Resources {
			if !r.Kubernetes() {
				continue
			}
			objects++
			for label, want := range map[string]string{
				"app.kubernetes.io/name":     "blog",
				"app.kubernetes.io/instance": "blog",
				"djangostack/environment":    "dev",
				"djangostack/owner":          "web-team",
				"djangostack/purpose":        "load",
			} {
				assert.Equal(t, want, r.At(t, fmt.Sprintf("metadata.labels[%q]", label)), "%s %s: %s", r.Kind(), r.Name, label)
			}
		}
		assert.Greater(t, objects, 25)
	}
}

func TestNoObjectUsesADefaultProvider(t *testing.T) {
	for _, r := range deployed(t, mocks.Known).Resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:providers:") {
			assert.Contains(t, r.Provider, "::blog-", "%s %s would use the ambient provider", r.Kind(), r.Name)
		}
	}
}

func TestContainersAreRestrictedAndRequestResources(t *testing.T) {
	containers := 0
	for _, r := range deployed(t, mocks.Known).Resources {
		template := "spec.template.spec."
		if r.Kind() == "CronJob" {
			template = "spec.jobTemplate.spec.template.spec."
		}
		for _, list := range []string{"containers", "initContainers"} {
			found, _ := r.At(t, template+list).([]any)
			for i := range found {
				containers++
				at := fmt.Sprintf("%s%s[%d]", template, list, i)
				name := r.Kind() + " " + r.Name
				assert.NotNil(t, r.At(t, at+".resources.requests.cpu"), name)
				assert.NotNil(t, r.At(t, at+".resources.requests.memory"), name)
				assert.NotNil(t, r.At(t, at+".resources.limits.memory"), name)
				assert.Equal(t, false, r.At(t, at+".securityContext.allowPrivilegeEscalation"), name)
				assert.Equal(t, true, r.At(t, at+".securityContext.readOnlyRootFilesystem"), name)
				assert.Equal(t, []any{"ALL"}, r.At(t, at+".securityContext.capabilities.drop"), name)
				assert.Equal(t, true, r.At(t, template+"securityContext.runAsNonRoot"), name)
				assert.Equal(t, "RuntimeDefault", r.At(t, template+"securityContext.seccompProfile.type"), name)
				assert.Equal(t, false, r.At(t, template+"automountServiceAccountToken"), name)
			}
		}
	}
	assert.Equal(t, 19, containers, "postgres and its role, backup, restore and its drill, two redis, four commands, web, two workers, beat, bot, clean, two of the shell")
}

func TestSecretValuesAppearInSecretsOnly(t *testing.T) {
	for _, r := range deployed(t, mocks.Known).Resources {
		text, err := json.Marshal(r.Plain())
		require.NoError(t, err)
		for _, secret := range []string{"generated-", "sk_live_51"} {
			assert.NotContains(t, string(text), secret, "%s %s", r.Kind(), r.Name)
		}
	}
}

func TestUpdateRunsInOrder(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := deployed(t, outputs)
		for _, chain := range [][][2]string{
			{{"Namespace", "blog-namespace"}, {"StatefulSet", "blog-postgres"}, {"Job", "blog-migrate"}, {"Deployment", "blog-web"}},
			{{"Namespace", "blog-namespace"}, {"Job", "blog-check"}, {"Job", "blog-migrate"}},
			{{"Job", "blog-check"}, {"Job", "blog-collectstatic"}, {"Deployment", "blog-web"}},
			{{"Job", "blog-migrate"}, {"Deployment", "blog-worker-default"}, {"Deployment", "blog-beat"}},
		} {
			for i := 1; i < len(chain); i++ {
				before := ran.Find(t, chain[i-1][0], chain[i-1][1])
				after := ran.Find(t, chain[i][0], chain[i][1])
				assert.True(t, waits(ran, after, before.URN), "%v waits for %v", chain[i], chain[i-1])
				assert.False(t, waits(ran, before, after.URN), "%v does not wait for %v", chain[i-1], chain[i])
			}
		}
		check := ran.Find(t, "Job", "blog-check")
		assert.False(t, waits(ran, check, ran.Find(t, "StatefulSet", "blog-postgres").URN), "the check runs while the database starts")
		for _, process := range [][2]string{{"Deployment", "blog-process-bot"}, {"CronJob", "blog-cron-clean"}, {"Job", "blog-shell"}} {
			assert.True(t, waits(ran, ran.Find(t, process[0], process[1]), ran.Find(t, "Job", "blog-migrate").URN), process)
		}
		for _, process := range []string{"blog-worker-default", "blog-worker-slow"} {
			assert.True(t, waits(ran, ran.Find(t, "Deployment", process), ran.Find(t, "Job", "blog-migrate").URN))
			assert.True(t, waits(ran, ran.Find(t, "Deployment", "blog-beat"), ran.Find(t, "Deployment", process).URN))
		}
	}
}

// waits tells whether a resource depends on another, directly or not. A child is created
// after its parent and deleted before it, so it depends on all that its parent depends on.
func waits(ran mocks.Program, r mocks.Resource, on string) bool {
	byURN := map[string]mocks.Resource{}
	for _, candidate := range ran.Resources {
		byURN[candidate.URN] = candidate
	}
	seen := map[string]bool{}
	needs := func(r mocks.Resource) []string { return append([]string{r.Parent}, r.DependsOn...) }
	queue := needs(r)
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if next == on {
			return true
		}
		if seen[next] {
			continue
		}
		seen[next] = true
		queue = append(queue, needs(byURN[next])...)
	}
	return false
}

func TestResourcesWithDataAreProtectedInProduction(t *testing.T) {
	ran := deployed(t, mocks.Known)
	for _, holder := range [][2]string{
		{"PersistentVolumeClaim", "blog-postgres-data"},
		{"PersistentVolumeClaim", "blog-redis-broker-data"},
		{"StatefulSet", "blog-postgres"},
		{"StatefulSet", "blog-redis-broker"},
	} {
		assert.True(t, ran.Find(t, holder[0], holder[1]).Protect, holder)
	}
	assert.False(t, ran.Find(t, "StatefulSet", "blog-redis-cache").Protect, "a cache may be forgotten")
}

func TestProtectedProductionKeepsItsTier(t *testing.T) {
	for change, protected := range map[string]bool{`"tier": "production"`: true, `"tier": "production", "protection": "disposable"`: false} {
		environment, err := spec.Parse([]byte(replaced(t, whole, `"tier": "production"`, change)), "dev")
		require.NoError(t, err)
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return existing.Deploy(ctx, environment) })
		assert.Equal(t, protected, ran.Find(t, "Production", "blog-production").Protect, change)
	}
	staging, err := spec.Parse([]byte(replaced(t, whole, `"tier": "production"`, `"tier": "staging"`)), "dev")
	require.NoError(t, err)
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return existing.Deploy(ctx, staging) })
	assert.Empty(t, ran.OfKind("Production"), "its loss is what a plan is refused for")
}

func TestClusterIdentifierIsKnownAtPreview(t *testing.T) {
	provider := deployed(t, mocks.Unknown).Find(t, "kubernetes", "blog-cluster")
	assert.Equal(t, "kind-kind", provider.At(t, "clusterIdentifier"))
	assert.Equal(t, "kind-kind", provider.At(t, "context"))
}

// The published provider reads these variables. Each would let an update take or overwrite what somebody else made, or
// leave out what is out of reach. PULUMI_K8S_DELETE_UNREACHABLE is how a user says that a cluster no longer exists.
func TestTheEnvironmentOfARunDoesNotChangeWhatTheProviderTakes(t *testing.T) {
	variables := map[string]string{
		"PULUMI_K8S_UPSERT_EXISTING_OBJECTS":  "upsertExistingObjects",
		"PULUMI_K8S_ENABLE_PATCH_FORCE":       "enablePatchForce",
		"PULUMI_K8S_SKIP_UPDATE_UNREACHABLE":  "skipUpdateUnreachable",
		"PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE": "enableConfigMapMutable",
		"PULUMI_K8S_ENABLE_SECRET_MUTABLE":    "enableSecretMutable",
	}
	for variable := range variables {
		t.Setenv(variable, "true")
	}
	t.Setenv("PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", "false")
	provider := deployed(t, mocks.Known).Find(t, "kubernetes", "blog-cluster")
	for _, argument := range variables {
		assert.Equal(t, false, provider.At(t, argument), argument)
	}
	assert.Equal(t, true, provider.At(t, "enableServerSideApply"))
}

// replaced returns the text with the first of an old part replaced, which must be there.
func replaced(t *testing.T, text, old, now string) string {
	t.Helper()
	require.Contains(t, text, old)
	return strings.Replace(text, old, now, 1)
}
