package pods_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mostIdle is the CPU that the data services may take while nothing uses the environment, in thousandths of a processor.
const mostIdle = 15

// idles measures what the pods take while nothing uses the environment.
func idles(t *testing.T, e *environment) {
	const span = 40 * time.Second
	before := e.usage(t)
	time.Sleep(span)
	after := e.usage(t)
	services := 0.0
	for pod, now := range after {
		then, known := before[pod]
		if !known || !now.at.After(then.at) {
			continue
		}
		milli := float64(now.nanoseconds-then.nanoseconds) / float64(now.at.Sub(then.at)) * 1000
		t.Logf("%-40s %5.1fm CPU, %4d Mi of memory", pod, milli, now.memory>>20)
		if strings.HasPrefix(pod, "blog-postgres") || strings.HasPrefix(pod, "blog-redis") {
			services += milli
		}
	}
	t.Logf("the data services take %.1fm", services)
	assert.Positive(t, services)
	assert.Less(t, services, float64(mostIdle))
}

// usage is what the containers of a pod have taken so far.
type usage struct {
	at          time.Time
	nanoseconds uint64
	memory      uint64
}

// usage asks the kubelet for the usage of the environment's pods.
func (e *environment) usage(t *testing.T) map[string]usage {
	t.Helper()
	node := e.kubectl(t, "get", "nodes", "--output", "jsonpath={.items[0].metadata.name}")
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
	require.NoError(t, json.Unmarshal([]byte(e.kubectl(t, "get", "--raw", "/api/v1/nodes/"+node+"/proxy/stats/summary")), &summary))
	found := map[string]usage{}
	for _, pod := range summary.Pods {
		if pod.PodRef.Namespace != namespace {
			continue
		}
		var sum usage
		for _, c := range pod.Containers {
			sum.at = c.CPU.Time
			sum.nanoseconds += c.CPU.UsageCoreNanoSeconds
			sum.memory += c.Memory.WorkingSetBytes
		}
		found[pod.PodRef.Name] = sum
	}
	return found
}
