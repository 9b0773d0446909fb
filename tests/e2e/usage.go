package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Usage is what the containers of a pod have taken so far.
type Usage struct {
	At          time.Time
	Nanoseconds uint64
	// Memory is what they take now, in bytes, without the caches that the kernel can drop.
	Memory uint64
}

// Milli is the CPU that the pod took on average since an earlier look, in thousandths of a processor. It is not known of
// a pod that was not there.
func (u Usage) Milli(since Usage) (milli float64, known bool) {
	if since.At.IsZero() || !u.At.After(since.At) {
		return 0, false
	}
	return float64(u.Nanoseconds-since.Nanoseconds) / float64(u.At.Sub(since.At)) * 1000, true
}

// Usage asks the kubelet for the usage of the pods of a namespace.
func (c *Cluster) Usage(t *testing.T, namespace string) map[string]Usage {
	t.Helper()
	node := c.Kubectl(t, namespace, "get", "nodes", "--output", "jsonpath={.items[0].metadata.name}")
	var summary struct {
		Pods []struct {
			PodRef     struct{ Name, Namespace string }
			Containers []struct {
				CPU struct {
					Time                 time.Time
					UsageCoreNanoSeconds uint64
				}
				Memory struct{ WorkingSetBytes uint64 }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(c.Kubectl(t, namespace, "get", "--raw", "/api/v1/nodes/"+node+"/proxy/stats/summary")), &summary))
	found := map[string]Usage{}
	for _, pod := range summary.Pods {
		if pod.PodRef.Namespace != namespace {
			continue
		}
		var sum Usage
		for _, c := range pod.Containers {
			sum.At = c.CPU.Time
			sum.Nanoseconds += c.CPU.UsageCoreNanoSeconds
			sum.Memory += c.Memory.WorkingSetBytes
		}
		found[pod.PodRef.Name] = sum
	}
	return found
}
