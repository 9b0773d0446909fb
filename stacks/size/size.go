// Package size finds the smallest of a cloud's classes that is enough for what an
// environment asks for, CPUs and memory. It is pure, so that a size is known before
// anything is touched.
package size

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Class is one class of a cloud's machines and what it has.
type Class struct {
	Name string
	CPU  int
	// GiB of memory.
	GiB float64
}

const gibibyte = 1 << 30

// Smallest is the name of the smallest class with at least these CPUs and this
// memory, in Kubernetes' notation. The error names all of them where none is enough.
func Smallest(what string, classes []Class, cpu int, memory string) (string, error) {
	wanted, err := resource.ParseQuantity(memory)
	if err != nil {
		return "", fmt.Errorf("%s memory %q: %w", what, memory, err)
	}
	best := Class{}
	for _, candidate := range classes {
		enough := candidate.CPU >= cpu && candidate.GiB*gibibyte >= float64(wanted.Value())
		if enough && (best.Name == "" || smaller(candidate, best)) {
			best = candidate
		}
	}
	if best.Name == "" {
		return "", fmt.Errorf("no %s has %d CPUs and %s of memory; there are %s", what, cpu, memory, list(classes))
	}
	return best.Name, nil
}

func smaller(a, b Class) bool {
	if a.GiB != b.GiB {
		return a.GiB < b.GiB
	}
	return a.CPU < b.CPU
}

func list(classes []Class) string {
	names := make([]string, 0, len(classes))
	for _, each := range classes {
		names = append(names, fmt.Sprintf("%s (%d CPUs, %g GiB)", each.Name, each.CPU, each.GiB))
	}
	return strings.Join(names, ", ")
}

// GiB is an amount of storage in whole GiB, rounded up.
func GiB(amount string) (int, error) {
	parsed, err := resource.ParseQuantity(amount)
	if err != nil {
		return 0, fmt.Errorf("storage %q: %w", amount, err)
	}
	return int((parsed.Value() + gibibyte - 1) / gibibyte), nil
}
