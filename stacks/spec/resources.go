package spec

// Quantity is an amount in Kubernetes' notation: 100m, 0.5, 256Mi, 1Gi.
type Quantity string

// Resources are the requests and limits of one container.
type Resources struct {
	// CPU request.
	CPU Quantity `json:"cpu,omitempty"`
	// Memory request.
	Memory Quantity `json:"memory,omitempty"`
	// CPU limit; none by default, since throttling a web process only adds latency.
	CPULimit Quantity `json:"cpuLimit,omitempty"`
	// Memory limit; the container is killed above it.
	MemoryLimit Quantity `json:"memoryLimit,omitempty"`
	// Request and limit of disk space for /tmp, logs and emptyDir volumes. The pod is evicted above it.
	EphemeralStorage Quantity `json:"ephemeralStorage,omitempty"`
}

func resources(cpu, memory, memoryLimit Quantity) Resources {
	return Resources{CPU: cpu, Memory: memory, MemoryLimit: memoryLimit, EphemeralStorage: "1Gi"}
}
