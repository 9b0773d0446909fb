package gcp

// Capacity says how nodes are paid for.
type Capacity string

// Spot nodes cost a third, and Google may take them back within half a minute.
const (
	OnDemand Capacity = "on-demand"
	Spot     Capacity = "spot"
)

// NodesArgs describes a pool of nodes that grows and shrinks with the pods.
type NodesArgs struct {
	// MachineType, for instance e2-standard-4.
	MachineType string
	// Min and Max are numbers of nodes in all zones together.
	Min, Max int
	// DiskGiB is the size of a node's disk.
	DiskGiB  int
	Capacity Capacity
}
