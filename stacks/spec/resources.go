package spec

// Quantity is an amount in Kubernetes' notation: 100m, 0.5, 256Mi, 1Gi.
type Quantity string

// Resources is what one container asks of the scheduler and may use at most.
type Resources struct {
	// CPU reserved.
	CPU Quantity `json:"cpu,omitempty"`
	// Memory reserved.
	Memory Quantity `json:"memory,omitempty"`
	// CPU at most; none by default, since throttling a web process only adds latency.
	CPULimit Quantity `json:"cpuLimit,omitempty"`
	// Memory at most; the container is killed above it.
	MemoryLimit Quantity `json:"memoryLimit,omitempty"`
	// Disk that the container may fill, and that is reserved: /tmp, its log, and volumes that go with the pod. It is evicted above it.
	EphemeralStorage Quantity `json:"ephemeralStorage,omitempty"`
}

func resources(cpu, memory, memoryLimit Quantity) Resources {
	return Resources{CPU: cpu, Memory: memory, MemoryLimit: memoryLimit, EphemeralStorage: "1Gi"}
}
