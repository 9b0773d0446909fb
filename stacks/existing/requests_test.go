package existing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/tests/mocks"
)

// The most that a whole staging environment asks of its nodes.
const (
	mostCPU    = "350m"
	mostMemory = "900Mi"
	mostDisk   = "2Gi"
)

// stagingWhole has every process and data service of a staging environment, each once.
const stagingWhole = `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
	"workers": [{"name": "default"}], "beat": {"enabled": true}, "database": {"kind": "in-cluster", "pooler": {"kind": "pgbouncer"}}, "cache": {"kind": "in-cluster"},
	"cron": [{"name": "clean", "schedule": "@daily", "command": ["clean"]}]`

func TestAWholeStagingEnvironmentHasSmallFeet(t *testing.T) {
	sums := map[string]*resource.Quantity{"cpu": {}, "memory": {}, "ephemeral-storage": {}}
	pods := 0
	for _, r := range chosen(t, mocks.Known, stagingWhole).Resources {
		template, count := podsOf(t, r)
		for range count {
			pods++
			for name, sum := range sums {
				sum.Add(requested(t, r, template, name))
			}
		}
	}
	t.Logf("%d pods ask for %s CPU, %s of memory and %s of scratch", pods, sums["cpu"], sums["memory"], sums["ephemeral-storage"])
	assert.Equal(t, 11, pods, "web twice, worker, beat, shell, clean, postgres, two redis, the pooler twice")
	for name, most := range map[string]string{"cpu": mostCPU, "memory": mostMemory, "ephemeral-storage": mostDisk} {
		assert.LessOrEqual(t, sums[name].Cmp(resource.MustParse(most)), 0, "%s: %s of %s", name, sums[name], most)
	}
}

// When the node is busy, the database gets more of it than any pod or command that waits for it.
func TestTheDatabaseOutweighsThePodsThatNeedIt(t *testing.T) {
	for _, tier := range []string{"staging", "production"} {
		ran := chosenIn(t, tier, mocks.Known, stagingWhole)
		database := ran.Find(t, "StatefulSet", "blog-postgres")
		weight := requested(t, database, "spec.template.spec.", "cpu")
		for _, r := range ran.Resources {
			template, _ := podsOf(t, r)
			if r.Kind() == "Job" {
				template = "spec.template.spec."
			}
			if template == "" || r.Name == database.Name {
				continue
			}
			asked := requested(t, r, template, "cpu")
			assert.Less(t, asked.MilliValue(), weight.MilliValue(), "%s %s in %s", r.Kind(), r.Name, tier)
		}
	}
}

// podsOf returns the path of a workload's pod specification and the number of pods that run at once. The Jobs of a
// release come and go.
func podsOf(t *testing.T, r mocks.Resource) (template string, count int) {
	t.Helper()
	switch {
	case r.Kind() == "Deployment" || r.Kind() == "StatefulSet":
		replicas, _ := r.At(t, "spec.replicas").(float64)
		return "spec.template.spec.", int(replicas)
	case r.Kind() == "CronJob":
		return "spec.jobTemplate.spec.template.spec.", 1
	case r.Kind() == "Job" && r.Name == "blog-shell":
		return "spec.template.spec.", 1
	}
	return "", 0
}

// requested returns what a pod asks for: the sum of its containers, or the most that an init container asks for.
func requested(t *testing.T, r mocks.Resource, template, name string) resource.Quantity {
	t.Helper()
	var sum resource.Quantity
	for _, list := range []string{"containers", "initContainers"} {
		found, _ := r.At(t, template+list).([]any)
		for i := range found {
			text, given := r.At(t, fmt.Sprintf("%s%s[%d].resources.requests[%q]", template, list, i, name)).(string)
			require.True(t, given, "%s %s asks for no %s", r.Kind(), r.Name, name)
			asked := resource.MustParse(text)
			if list == "containers" {
				sum.Add(asked)
			} else if asked.Cmp(sum) > 0 {
				sum = asked
			}
		}
	}
	return sum
}
