package load_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// scaled lets the autoscaler change the number of web pods by CPU: from two to four under load, and back. The target is
// low, because a quick request needs little CPU. No request is lost.
func (e *environment) scaled(t *testing.T, f form) {
	e.mustUp(t, maroon, "web.autoscaling.minReplicas=2", "web.autoscaling.maxReplicas=4", "web.autoscaling.targetCPUUtilizationPercentage=15",
		"web.autoscaling.scaleDown.stabilizationWindowSeconds=15", "web.autoscaling.scaleDown.percent=100")
	began := time.Now()
	a := startAttack(e.Address, "scale", rate)
	e.webPods(t, 4)
	t.Logf("four pods after %s", time.Since(began).Round(time.Second))
	a.end(t)
	assert.Empty(t, a.failures, some(a.failures))
	if f.back {
		ended := time.Now()
		e.webPods(t, 2)
		t.Logf("two pods %s after the load ended", time.Since(ended).Round(time.Second))
	}
}

func (e *environment) webPods(t *testing.T, count int) {
	t.Helper()
	e2e.Eventually(t, 5*time.Minute, fmt.Sprintf("%d web pods are ready", count), func() error {
		if pods := e.pods(t, "web"); len(pods) != count {
			return fmt.Errorf("%v are ready; %s", pods, e.kubectl(t, "get", "hpa", "--no-headers"))
		}
		return nil
	})
}

// drained drains the only node, so that no pod can start elsewhere. The disruption budget allows one web pod to be
// evicted, and the site keeps serving.
func (e *environment) drained(t *testing.T) {
	const node = "djangostack-local"
	e.rolledOut(t, "blog-web")
	e.rolledOut(t, "blog-worker-default")
	a := startAttack(e.Address, "drain", 20)
	out, err := e.Command("djangostack-local", "kubectl", "drain", node, "--ignore-daemonsets", "--delete-emptydir-data",
		"--pod-selector=app.kubernetes.io/component in (web, worker-default)", "--timeout=25s").CombinedOutput()
	left, workers := e.pods(t, "web"), e.pods(t, "worker-default")
	e.Local(t, nil, "kubectl", "uncordon", node)
	a.end(t)
	require.Error(t, err, "a drain that nothing holds back")
	t.Logf("drain:\n%s", last(string(out), 12))
	assert.Contains(t, string(out), "would violate the pod's disruption budget")
	assert.Len(t, left, 1, "web pods that serve")
	assert.Len(t, workers, 1, "workers that work")
	assert.Empty(t, a.failures, some(a.failures))
	e.webPods(t, 2)
	e.rolledOut(t, "blog-worker-default")
}
