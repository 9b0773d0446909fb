package spec

import "k8s.io/apimachinery/pkg/api/resource"

// Quantity is an amount in Kubernetes' notation: 100m, 0.5, 256Mi, 1Gi.
type Quantity string

// QuantityPattern is what a Quantity must match. It allows the suffixes that fit CPU, memory and disk, of those in
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
const QuantityPattern = `^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$`

// Resources are the requests and limits of one container.
type Resources struct {
	// CPU request.
	CPU Quantity `json:"cpu,omitempty"`
	// Memory request.
	Memory Quantity `json:"memory,omitempty"`
	// CPU limit; none by default, since throttling a web process only adds latency.
	CPULimit Quantity `json:"cpuLimit,omitempty"`
	// Memory limit; the container is killed above it. none: no limit, so that a container which leaks takes the memory of its node, and other pods are killed with it.
	MemoryLimit Quantity `json:"memoryLimit,omitempty" jsonschema:"pattern=^([0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?|none)$"`
	// Request of disk space for /tmp, logs and emptyDir volumes.
	EphemeralStorage Quantity `json:"ephemeralStorage,omitempty"`
	// Limit of disk space; the pod is evicted above it. GKE Autopilot lowers it to the request.
	EphemeralStorageLimit Quantity `json:"ephemeralStorageLimit,omitempty" default:"1Gi, or ephemeralStorage if that is more"`
}

// NoLimit is the memory limit of a container that has none.
const NoLimit Quantity = "none"

// diskLimit is the least disk space that a container may use before its pod is evicted.
const diskLimit = "1Gi"

func resources(cpu, memory, memoryLimit, disk Quantity) Resources {
	return Resources{CPU: cpu, Memory: memory, MemoryLimit: memoryLimit, EphemeralStorage: disk}
}

// DiskLimit returns the limit of disk space.
func (r Resources) DiskLimit() Quantity {
	if r.EphemeralStorageLimit != "" {
		return r.EphemeralStorageLimit
	}
	asked, err := resource.ParseQuantity(string(r.EphemeralStorage))
	if err == nil && asked.Cmp(resource.MustParse(diskLimit)) > 0 {
		return r.EphemeralStorage
	}
	return diskLimit
}
