package gcp

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// PoolArgs describes a further pool of nodes with an autoscaler.
type PoolArgs struct {
	// Name of the pool. Another name is another pool.
	Name         string
	Architecture sizes.Architecture
	// MachineType of the architecture.
	MachineType string
	// Min and Max are numbers of nodes in all zones together. The pool starts with as many in
	// each zone as Min needs, and with none if Min is 0.
	Min, Max int
	// DiskGiB is the size of a node's disk.
	DiskGiB  int
	Capacity arguments.Capacity
	Labels   map[string]string
	Taints   []arguments.Taint
}

func (a *ClusterArgs) checkPools() error {
	problems := []error{validate.RefuseIf(a.Mode == arguments.ModeAuto && len(a.Pools) > 0, "Cluster", "Pools has no meaning when Mode is auto")}
	seen := map[string]bool{}
	for _, pool := range a.Pools {
		field := fmt.Sprintf("Pools[%s]", pool.Name)
		problems = append(problems,
			validate.RefuseIf(pool.Name == "", "Cluster", "Pools has a pool without a Name"),
			validate.RefuseIf(seen[pool.Name], "Cluster", fmt.Sprintf("Pools has %s twice", pool.Name)),
			validate.OneOf("Cluster", field+".Architecture", pool.Architecture, sizes.AMD64, sizes.ARM64),
			validate.OneOf("Cluster", field+".Capacity", pool.Capacity, arguments.OnDemand, arguments.Spot),
			validate.Within("Cluster", field+".DiskGiB", pool.DiskGiB, limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB),
			pool.checkMachine(field),
			validate.RefuseIf(pool.Min < 0 || pool.Min > pool.Max || pool.Max < max(1, pool.initial(a.zones())*a.zones()), "Cluster",
				fmt.Sprintf("%s.Min and Max are %d and %d; allowed are 0 <= Min <= Max, and Max a node for each of %d zones unless Min is 0", field, pool.Min, pool.Max, a.zones())))
		seen[pool.Name] = true
	}
	return errors.Join(problems...)
}

func (p PoolArgs) checkMachine(field string) error {
	if !limits.IsMachineType(p.MachineType) {
		return validate.RefuseIf(true, "Cluster", fmt.Sprintf("%s.MachineType is %q, which is no type such as e2-standard-4", field, p.MachineType))
	}
	return validate.RefuseIf(limits.ArchitectureOf(p.MachineType) != p.Architecture, "Cluster",
		fmt.Sprintf("%s.MachineType is %s, which is not %s", field, p.MachineType, p.Architecture))
}

// initial is the number of nodes that the pool starts with in each zone.
func (p PoolArgs) initial(zones int) int {
	return (p.Min + zones - 1) / zones
}

// furtherPools are the node pools of Pools.
func (a *ClusterArgs) furtherPools(name string) []nodePool {
	var pools []nodePool
	for _, pool := range a.Pools {
		pools = append(pools, nodePool{
			name:        nodesName(pool.MachineType, name, "pool", pool.Name),
			machineType: pool.MachineType,
			initial:     pool.initial(a.zones()), min: pool.Min, max: pool.Max,
			diskGiB:  pool.DiskGiB,
			capacity: pool.Capacity,
			labels:   pool.Labels,
			taints:   pool.Taints,
		})
	}
	return pools
}

func poolTaints(taints []arguments.Taint) container.NodePoolNodeConfigTaintArray {
	var all container.NodePoolNodeConfigTaintArray
	for _, taint := range taints {
		all = append(all, container.NodePoolNodeConfigTaintArgs{
			Key: pulumi.String(taint.Key), Value: pulumi.String(taint.Value), Effect: pulumi.String(taint.Effect.Upper()),
		})
	}
	return all
}
