package limits

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/components/sizes"
)

// machineTypes lists machine types of Compute Engine of an architecture from small to large
// (https://cloud.google.com/compute/docs/general-purpose-machines).
func machineTypes(architecture sizes.Architecture) []sizes.Class {
	if architecture == sizes.ARM64 {
		return []sizes.Class{
			{Name: "t2a-standard-2", CPU: 2, GiB: 8}, {Name: "t2a-standard-4", CPU: 4, GiB: 16},
			{Name: "t2a-standard-8", CPU: 8, GiB: 32}, {Name: "t2a-standard-16", CPU: 16, GiB: 64},
		}
	}
	return []sizes.Class{
		{Name: "e2-medium", CPU: 2, GiB: 4}, {Name: "e2-standard-2", CPU: 2, GiB: 8}, {Name: "e2-highmem-2", CPU: 2, GiB: 16},
		{Name: "e2-standard-4", CPU: 4, GiB: 16}, {Name: "e2-highmem-4", CPU: 4, GiB: 32},
		{Name: "e2-standard-8", CPU: 8, GiB: 32}, {Name: "e2-highmem-8", CPU: 8, GiB: 64},
		{Name: "e2-standard-16", CPU: 16, GiB: 64}, {Name: "e2-highmem-16", CPU: 16, GiB: 128},
	}
}

// MachineType returns the smallest machine type of an architecture with at least these CPUs
// and this memory, in Kubernetes' notation. The error lists all types if none is large
// enough.
func MachineType(architecture sizes.Architecture, cpu int, memory string) (string, error) {
	return sizes.Smallest("node", machineTypes(architecture), cpu, memory)
}

// armSeries is the series of Arm machines whose nodes mount Persistent Disks, which the
// StorageClass has. C4A and N4A mount volumes of Hyperdisk only
// (https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support).
const armSeries = "t2a"

// diskSeries are all series of machines whose nodes mount Persistent Disks, without those
// for GPUs (https://cloud.google.com/compute/docs/disks/persistent-disks).
func diskSeries() []string {
	return []string{"c2", "c2d", "c3", "c3d", "e2", "n1", "n2", "n2d", armSeries, "t2d"}
}

// ArchitectureOf returns the architecture of a machine type by its series.
func ArchitectureOf(machineType string) sizes.Architecture {
	series, _, _ := strings.Cut(machineType, "-")
	if slices.Contains([]string{armSeries, "c4a", "n4a"}, series) {
		return sizes.ARM64
	}
	return sizes.AMD64
}

// IsMachineType reports whether a text has the form of a machine type.
func IsMachineType(text string) bool {
	return regexp.MustCompile(`^[a-z][a-z0-9]*-[a-z0-9-]+$`).MatchString(text)
}

// MountsDisks reports whether nodes of a machine type mount Persistent Disks. If not, series
// are those that do.
func MountsDisks(machineType string) (mounts bool, series []string) {
	own, _, _ := strings.Cut(machineType, "-")
	return slices.Contains(diskSeries(), own), diskSeries()
}

// MachineSize returns what a machine type has by its name. CPU and GiB are 0 where the name
// does not say it.
func MachineSize(machineType string) sizes.Class {
	var size sizes.Class
	size.Name = machineType
	parts := strings.Split(machineType, "-")
	cpu, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil || len(parts) != len([]string{"series", "type", "cpu"}) {
		return size
	}
	size.CPU = cpu
	switch parts[0] + "-" + parts[1] {
	case "n1-standard":
		size.GiB = 3.75 * float64(cpu)
	case "n1-highmem":
		size.GiB = 6.5 * float64(cpu)
	default:
		size.GiB = map[string]float64{"standard": 4, "highmem": 8}[parts[1]] * float64(cpu)
	}
	return size
}

// ArmZones returns the last letters of the zones of a region that have T2A machines, by
// region (https://cloud.google.com/compute/docs/regions-zones#available).
func ArmZones() map[string][]string {
	return map[string][]string{
		"asia-southeast1": {"b", "c"},
		"europe-west4":    {"a", "b", "c"},
		"us-central1":     {"a", "b", "f"},
	}
}

// ArmInEveryZone reports whether every zone of a region has T2A machines.
func ArmInEveryZone(region string) bool { return region == "europe-west4" }
