package memory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// process is a Deployment whose container states resources, or none.
func process(name string, replicas int, resources string) string {
	return fmt.Sprintf(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  replicas: %[2]d
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      containers: [{name: main, image: "blog:1", resources: %[3]s}]
`, name, replicas, resources)
}

const hundred = "{requests: {cpu: 100m, memory: 64Mi}}"

func (c *testCluster) ready(name string) any {
	c.t.Helper()
	return c.read("apps/v1", "Deployment", name, "status", "readyReplicas")
}

// why is the message of the first condition.
func (c *testCluster) why(name string) any {
	c.t.Helper()
	conditions, _ := c.read("apps/v1", "Deployment", name, "status", "conditions").([]any)
	if len(conditions) == 0 {
		return nil
	}
	return conditions[0].(map[string]any)["message"]
}

func TestAQuotaKeepsPodsFromStarting(t *testing.T) {
	c := newTestCluster(t)
	c.must("{apiVersion: v1, kind: ResourceQuota, metadata: {name: small}, spec: {hard: {requests.cpu: 300m, pods: '5'}}}")
	c.must(process("web", 2, hundred))
	assert.EqualValues(t, 2, c.ready("web"))
	c.must(process("beat", 2, hundred))
	assert.Nil(t, c.ready("beat"))
	assert.Equal(t, "forbidden: exceeded quota: small, requested: requests.cpu=200m, used: requests.cpu=200m, limited: requests.cpu=300m", c.why("beat"))

	c.must(process("web", 1, hundred))
	assert.EqualValues(t, 2, c.ready("beat"), "it fits now, although it comes before what has shrunk")
	c.remove("apps/v1", "Deployment", "web")
	c.must("{apiVersion: v1, kind: ResourceQuota, metadata: {name: small}, spec: {hard: {requests.cpu: 300m, pods: '2'}}}")
	c.must(process("more", 1, "{requests: {cpu: 10m}}"))
	assert.Equal(t, "forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2", c.why("more"))
}

func TestAQuotaNeedsWhatItCounts(t *testing.T) {
	c := newTestCluster(t)
	c.must("{apiVersion: v1, kind: ResourceQuota, metadata: {name: small}, spec: {hard: {requests.cpu: 300m, limits.memory: 1Gi, requests.storage: 1Gi}}}")
	c.must(process("web", 1, hundred))
	assert.Equal(t, "forbidden: failed quota: small: must specify limits.memory", c.why("web"))
	c.must("{apiVersion: v1, kind: LimitRange, metadata: {name: defaults}, spec: {limits: [{type: Container, default: {memory: 128Mi}}]}}")
	assert.EqualValues(t, 1, c.ready("web"), "the limit range has a default")
	c.must(process("shell", 1, "{limits: {cpu: 100m, memory: 128Mi}}"))
	assert.EqualValues(t, 1, c.ready("shell"), "a request that is left out is the limit")
}
