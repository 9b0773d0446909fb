package spec_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/stacks/spec"
)

// quotaOf is a small environment whose sums are easy to follow, with a quota.
func quotaOf(t *testing.T, quota map[string]any, more ...any) string {
	t.Helper()
	text := changed(t, minimal, "namespace", map[string]any{"quota": quota})
	for i := 0; i < len(more); i += 2 {
		text = changed(t, text, more[i].(string), more[i+1])
	}
	return text
}

func TestAnEnvironmentThatItsQuotaIsTooSmallForIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		want string
	}{
		"CPU": {quotaOf(t, map[string]any{"cpu": "100m"}), `namespace.quota.cpu: "100m": is less than the `},
		"rollout": {quotaOf(t, map[string]any{"memory": "256Mi"}, "web", map[string]any{"replicas": 3, "resources": map[string]any{"memory": "100Mi"}}),
			`that the environment asks for at most = web 6 × 100Mi + `},
		"pods":           {quotaOf(t, map[string]any{"pods": 2}), `namespace.quota.pods: "2": is less than the `},
		"scaled up":      {quotaOf(t, map[string]any{"pods": 9}, "web", map[string]any{"autoscaling": map[string]any{"minReplicas": 2, "maxReplicas": 10}}), `web 20 × 1 + shell 1`},
		"claims":         {quotaOf(t, map[string]any{"persistentVolumeClaims": 1}, "beat", map[string]any{"enabled": true}, "app.celeryApp", "blog", "workers", list(map[string]any{"name": "default"})), `namespace.quota.persistentVolumeClaims: 1: is less than the 3 that the environment has: database.volume, broker.volume, beat.scheduleSize`},
		"storage":        {quotaOf(t, map[string]any{"storage": "512Mi"}), `namespace.quota.storage: "512Mi": is less than the 1Gi that the environment asks for at most = database.volume 1Gi`},
		"no CPU limits":  {quotaOf(t, map[string]any{"cpuLimit": "10"}), `namespace.quota.cpuLimit: "10": needs a limit in every container, because the API server refuses pods without what a quota counts; without one: web, shell`},
		"no limit":       {quotaOf(t, map[string]any{"memoryLimit": "64Gi"}, "web", map[string]any{"resources": map[string]any{"memoryLimit": "none"}}), `namespace.quota.memoryLimit: "64Gi": needs a limit in every container`},
		"default limit":  {quotaOf(t, map[string]any{"memory": "64Gi"}, "web", map[string]any{"resources": map[string]any{"memoryLimit": "none"}}), `namespace.limitRange.memoryLimit: "256Mi": would be the limit of web, whose memoryLimit is none: set one there`},
		"nothing":        {quotaOf(t, map[string]any{}), `namespace.quota: limits nothing: set at least one of cpu`},
		"no amount":      {quotaOf(t, map[string]any{"cpu": "four"}), `namespace.quota.cpu: "four": must be an amount as Kubernetes writes it`},
		"no pod":         {quotaOf(t, map[string]any{"pods": 0}), `namespace.quota.pods: 0: must be at least 1`},
		"above a limit":  {changed(t, minimal, "namespace", map[string]any{"limitRange": map[string]any{"memory": "1Gi"}}), `namespace.limitRange.memory: "1Gi": may not be above the container's memoryLimit, which is 256Mi`},
		"below requests": {changed(t, minimal, "namespace", map[string]any{"limitRange": map[string]any{"cpu": "10m", "cpuLimit": "20m"}}), `namespace.limitRange.cpuLimit: "20m": is below the request of database, which is 100m and has no CPU limit`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, row.text)
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "%v", err)
			assert.Contains(t, err.Error(), row.want)
		})
	}
}

func TestAQuotaMayBeExactlyWhatTheEnvironmentAsksFor(t *testing.T) {
	plain, err := parse(t, minimal)
	require.NoError(t, err)
	cpu, memory, pods := plain.MostRequested()
	_, err = parse(t, quotaOf(t, map[string]any{"cpu": cpu.String(), "memory": memory.String(), "pods": pods}))
	require.NoError(t, err)
	cpu.Sub(resource.MustParse("1m"))
	_, err = parse(t, quotaOf(t, map[string]any{"cpu": cpu.String()}))
	require.ErrorContains(t, err, "namespace.quota.cpu")
	_, err = parse(t, quotaOf(t, map[string]any{"pods": pods - 1}))
	require.ErrorContains(t, err, "namespace.quota.pods")
}

func TestContainersOfOthersGetDefaultsInANamespaceOfTheStackOnly(t *testing.T) {
	quota := map[string]any{"pods": 100}
	created, err := parse(t, quotaOf(t, quota))
	require.NoError(t, err)
	assert.Equal(t, &spec.LimitRange{CPU: "50m", Memory: "64Mi", MemoryLimit: "256Mi"}, created.Namespace.LimitRange)
	shared, err := parse(t, changed(t, minimal, "namespace", map[string]any{"name": "shared", "source": "existing", "quota": quota}))
	require.NoError(t, err)
	assert.Nil(t, shared.Namespace.LimitRange)
	none, err := parse(t, minimal)
	require.NoError(t, err)
	assert.Nil(t, none.Namespace.LimitRange, "the configuration has no limits")
}
