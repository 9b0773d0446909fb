package existing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// crowded has every process, command and data service whose pods a quota counts.
const crowded = `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog"},
	"web": {"replicas": 3, "resources": {"cpu": "70m", "memory": "130Mi"}}, "workers": [{"name": "mail", "replicas": 2}, {"name": "slow", "strategy": "Recreate"}], "beat": {"enabled": true},
	"processes": [{"name": "bot", "command": ["bot"]}], "cron": [{"name": "clean", "schedule": "@daily", "command": ["clean"]}],
	"release": {"before": [{"name": "copy", "command": ["copy"]}]}, "static": {"store": "volume"},
	"database": {"kind": "in-cluster", "pooler": {"kind": "pgbouncer"}, "backups": {"store": "volume"}},`

// atMost adds up what the registered pods request when most of them run at once.
func atMost(t *testing.T, ran mocks.Program) (cpu, memory resource.Quantity, pods int) {
	t.Helper()
	var releaseCPU, releaseMemory resource.Quantity
	for _, r := range ran.Resources {
		template, count := podsOf(t, r)
		release := r.Kind() == "Job" && template == ""
		switch {
		case r.Kind() == "Deployment" && r.At(t, "spec.strategy.type") == "RollingUpdate":
			count *= 2
		case r.Kind() == "CronJob" && strings.HasSuffix(r.Name, "-backup"):
			count = 2 // one by hand
		case release:
			template, count = "spec.template.spec.", 1
		case template == "":
			continue
		}
		ownCPU, ownMemory := requested(t, r, template, "cpu"), requested(t, r, template, "memory")
		if release && !strings.Contains(r.Name, "role") {
			releaseCPU, releaseMemory = most(releaseCPU, ownCPU), most(releaseMemory, ownMemory)
			continue
		}
		pods += count
		for range count {
			cpu.Add(ownCPU)
			memory.Add(ownMemory)
		}
	}
	cpu.Add(releaseCPU)
	memory.Add(releaseMemory)
	return cpu, memory, pods + 1
}

func most(a, b resource.Quantity) resource.Quantity {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

// What the configuration's check counts is what the components register.
func TestTheQuotasSumIsThatOfTheRegisteredPods(t *testing.T) {
	for name, services := range map[string]string{
		"redis":                  `"cache": {"kind": "in-cluster", "replicas": 2}`,
		"memcached and rabbitmq": `"cache": {"kind": "in-cluster", "engine": "memcached", "servers": 2}, "broker": {"kind": "in-cluster", "engine": "rabbitmq"}`,
		"search":                 `"cache": {"kind": "in-cluster"}, "search": {"kind": "in-cluster", "memory": "2Gi"}`,
	} {
		for _, tier := range []spec.Tier{spec.Staging, spec.Production} {
			t.Run(fmt.Sprintf("%s, %s", name, tier), func(t *testing.T) {
				sections := crowded + services
				if tier == spec.Production {
					sections = strings.Replace(sections, `"name": "blog"`, `"url": "https://blog.example.com", "name": "blog"`, 1)
					sections = strings.Replace(sections, `"engine": "memcached"`, `"engine": "memcached", "tls": "off"`, 1)
				}
				environment, err := spec.Parse([]byte(fmt.Sprintf(`{"cloud": "none", "tier": %q, "cluster": {"context": "kind-kind"}, %s}`, tier, sections)), "dev")
				require.NoError(t, err)
				cpu, memory, pods := environment.MostRequested()
				wantCPU, wantMemory, wantPods := atMost(t, chosenIn(t, string(tier), mocks.Known, sections))
				assert.Equal(t, wantCPU.String(), cpu.String())
				assert.Zero(t, wantMemory.Cmp(memory), "%s and not %s", wantMemory.String(), memory.String())
				assert.Equal(t, wantPods, pods)
			})
		}
	}
}

func TestTheQuotaIsOfTheEnvironment(t *testing.T) {
	const quota = `"namespace": {%s "quota": {"cpu": "4", "memory": "8Gi", "memoryLimit": "64Gi", "pods": 50, "persistentVolumeClaims": 10, "storage": "100Gi"}}, `
	for _, outputs := range mocks.Both() {
		own := chosen(t, outputs, fmt.Sprintf(quota, "")+smallApp)
		hard := own.Find(t, "ResourceQuota", "blog-quota")
		assert.Equal(t, "blog-quota", hard.At(t, "metadata.name"))
		assert.Equal(t, map[string]any{
			"requests.cpu": "4", "requests.memory": "8Gi", "limits.memory": "64Gi", "pods": "50", "persistentvolumeclaims": "10", "requests.storage": "100Gi",
		}, hard.At(t, "spec.hard"))
		limits := own.Find(t, "LimitRange", "blog-limits")
		assert.Equal(t, []any{map[string]any{"type": "Container", "default": map[string]any{"memory": "256Mi"}, "defaultRequest": map[string]any{"cpu": "50m", "memory": "64Mi"}}}, limits.At(t, "spec.limits"))
		for _, r := range own.Resources {
			if r.Kind() == "Deployment" || r.Kind() == "StatefulSet" || r.Kind() == "Job" {
				assert.True(t, own.Waits(r, limits), "%s %s gets the defaults", r.Kind(), r.Name)
			}
		}

		shared := chosen(t, outputs, fmt.Sprintf(quota, `"name": "shared", "source": "existing",`)+smallApp)
		assert.Equal(t, "blog-dev-quota", shared.Find(t, "ResourceQuota", "blog-quota").At(t, "metadata.name"), "another environment has another in the same namespace")
		assert.Empty(t, shared.OfKind("LimitRange"), "it would hold for the pods of others")
		assert.Empty(t, chosen(t, outputs, smallApp).OfKind("ResourceQuota"), "the configuration has none")
	}
	_, err := mocks.Try(mocks.Known, nil, func(ctx *pulumi.Context) error {
		environment, err := spec.Parse([]byte(`{"cloud": "none", "tier": "staging", "cluster": {"context": "kind-kind"}, "namespace": {"quota": {"pods": 1}}, `+smallApp+`}`), "dev")
		if err != nil {
			return err
		}
		return existing.Deploy(ctx, environment)
	})
	assert.ErrorContains(t, err, "namespace.quota.pods")
}
