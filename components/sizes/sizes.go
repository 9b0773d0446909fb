// Package sizes turns the amounts that a configuration asks for, CPUs and memory in
// Kubernetes' notation, into what clouds sell: the smallest class that is large enough,
// or whole GiB. It imports no cloud's SDK, so that a size is known before anything is
// registered.
package sizes

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Architecture is that of a processor, in the words of the label kubernetes.io/arch.
type Architecture string

// The architectures that nodes have.
const (
	AMD64 Architecture = "amd64"
	ARM64 Architecture = "arm64"
)

// Class is one class of a cloud's machines.
type Class struct {
	// Name as the cloud's API takes it, for instance db.m7g.large.
	Name string
	// CPU is the number of virtual CPUs.
	CPU int
	// GiB of memory.
	GiB float64
}

const gibibyte = 1 << 30

// Smallest returns the name of the smallest class with at least these CPUs and this
// memory, in Kubernetes' notation such as 8Gi. Classes are compared by memory, then by
// CPUs. The error lists all classes if none is large enough; what names the kind of
// machine in it.
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

// Memory returns the memory of the class of a name, in bytes.
func Memory(what string, classes []Class, name string) (int64, error) {
	for _, class := range classes {
		if class.Name == name {
			return int64(class.GiB * gibibyte), nil
		}
	}
	return 0, fmt.Errorf("no %s is of the class %s; there are %s", what, name, list(classes))
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

// GiB converts an amount in Kubernetes' notation, such as 100G, to whole GiB, rounded up.
func GiB(amount string) (int, error) {
	parsed, err := resource.ParseQuantity(amount)
	if err != nil {
		return 0, fmt.Errorf("storage %q: %w", amount, err)
	}
	return int((parsed.Value() + gibibyte - 1) / gibibyte), nil
}

// MaxGrowth returns how far a disk of so many GiB may grow by itself: to several times
// its first size, so that a runaway process cannot fill an unlimited disk, and never
// beyond the cloud's largest disk.
func MaxGrowth(gib, largest int) int {
	const times = 5
	return min(times*gib, largest)
}
