// Package size turns what an environment asks for, CPUs and memory, into the
// machines of Google Cloud.
package size

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/stacks/size"
)

const (
	mebibyte = 1 << 20
	// databaseStep is what the memory of Cloud SQL's custom machines is a multiple of
	// (https://cloud.google.com/sql/docs/postgres/instance-settings).
	databaseStep = 256 * mebibyte
)

// node lists machine types of Compute Engine from small to large; amd64, because an
// image of unknown make runs there
// (https://cloud.google.com/compute/docs/general-purpose-machines#e2_machine_types).
func node() []size.Class {
	return []size.Class{
		{Name: "e2-medium", CPU: 2, GiB: 4}, {Name: "e2-standard-2", CPU: 2, GiB: 8}, {Name: "e2-highmem-2", CPU: 2, GiB: 16},
		{Name: "e2-standard-4", CPU: 4, GiB: 16}, {Name: "e2-highmem-4", CPU: 4, GiB: 32},
		{Name: "e2-standard-8", CPU: 8, GiB: 32}, {Name: "e2-highmem-8", CPU: 8, GiB: 64},
		{Name: "e2-standard-16", CPU: 16, GiB: 64}, {Name: "e2-highmem-16", CPU: 16, GiB: 128},
	}
}

// Node is the smallest machine type with at least these CPUs and this memory, in
// Kubernetes' notation.
func Node(cpu int, memory string) (string, error) {
	return size.Smallest("node", node(), cpu, memory)
}

// Database is the custom machine of Cloud SQL with these CPUs and this memory, which
// is rounded up to what Cloud SQL has.
func Database(cpu int, memory string) (string, error) {
	wanted, err := resource.ParseQuantity(memory)
	if err != nil {
		return "", fmt.Errorf("database memory %q: %w", memory, err)
	}
	steps := int64(math.Ceil(float64(wanted.Value()) / databaseStep))
	return fmt.Sprintf("db-custom-%d-%d", cpu, steps*databaseStep/mebibyte), nil
}

// Cache is the memory of a Memorystore in whole GiB, at least 1.
func Cache(memory string) (int, error) {
	return size.GiB(memory)
}

// GiB is an amount of storage in whole GiB, rounded up.
func GiB(amount string) (int, error) {
	return size.GiB(amount)
}
