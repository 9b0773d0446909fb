package load_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// measured prints what each pod took while a test ran, and takes at its end. Of pods that came meanwhile only the memory
// is known.
func (e *environment) measured(t *testing.T, test func()) {
	t.Helper()
	before := e.Usage(t, e.namespace)
	test()
	after := e.Usage(t, e.namespace)
	for _, pod := range slices.Sorted(maps.Keys(after)) {
		if milli, known := after[pod].Milli(before[pod]); known {
			t.Logf("%-40s %6.1fm CPU, %4d Mi of memory", pod, milli, after[pod].Memory>>20)
			continue
		}
		t.Logf("%-40s %15s %4d Mi of memory", pod, "", after[pod].Memory>>20)
	}
	assert.NotEmpty(t, after)
}
