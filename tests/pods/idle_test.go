package pods_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// mostIdle is the CPU that the data services may take while nothing uses the environment, in thousandths of a processor.
const mostIdle = 15

// idles measures what the pods take while nothing uses the environment.
func idles(t *testing.T, e *environment) {
	const span = 40 * time.Second
	before := e.Usage(t, namespace)
	time.Sleep(span)
	after := e.Usage(t, namespace)
	services := 0.0
	for pod, now := range after {
		milli, known := now.Milli(before[pod])
		if !known {
			continue
		}
		t.Logf("%-40s %5.1fm CPU, %4d Mi of memory", pod, milli, now.Memory>>20)
		if strings.HasPrefix(pod, "blog-postgres") || strings.HasPrefix(pod, "blog-redis") {
			services += milli
		}
	}
	t.Logf("the data services take %.1fm", services)
	assert.Positive(t, services)
	assert.Less(t, services, float64(mostIdle))
}
