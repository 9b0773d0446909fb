package gcp

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// NodesArgs describes a node pool with an autoscaler.
type NodesArgs struct {
	// MachineType, for instance e2-standard-4.
	MachineType string
	// Min and Max are numbers of nodes in all zones together. The pool starts with a node
	// in each zone.
	Min, Max int
	// DiskGiB is the size of a node's disk.
	DiskGiB  int
	Capacity arguments.Capacity
}

func (a *NodesArgs) check(zones int) error {
	if a == nil {
		return nil
	}
	return errors.Join(
		validate.RefuseIf(!limits.IsMachineType(a.MachineType), "Cluster", fmt.Sprintf("Nodes.MachineType is %q, which is no type such as e2-standard-4", a.MachineType)),
		validate.OneOf("Cluster", "Nodes.Capacity", a.Capacity, arguments.OnDemand, arguments.Spot),
		validate.Within("Cluster", "Nodes.DiskGiB", a.DiskGiB, limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB),
		validate.RefuseIf(a.Min < 1 || a.Min > a.Max || a.Max < zones, "Cluster",
			fmt.Sprintf("Nodes.Min and Max are %d and %d; allowed are 1 <= Min <= Max, and Max a node for each of %d zones", a.Min, a.Max, zones)),
	)
}

// nodePool is a pool of nodes with its autoscaler.
type nodePool struct {
	name        string
	machineType string
	// initial is the number of nodes of each zone at first; min and max are those of all zones
	// together.
	initial, min, max int
	diskGiB           int
	capacity          arguments.Capacity
	labels            map[string]string
	taints            []arguments.Taint
}

// newNodes registers the node pools, in mode nodes. Another architecture is another pool: the
// old one is deleted last, when the pods have moved.
func (c *Cluster) newNodes(ctx *pulumi.Context, name string) error {
	if c.args.Mode == arguments.ModeAuto {
		return nil
	}
	wanted := c.args.Nodes
	pools := append([]nodePool{{
		name:        nodesName(wanted.MachineType, name, "nodes"),
		machineType: wanted.MachineType,
		initial:     1, min: wanted.Min, max: wanted.Max,
		diskGiB:  wanted.DiskGiB,
		capacity: wanted.Capacity,
	}}, c.args.furtherPools(name)...)
	for _, pool := range pools {
		if err := c.newNodePool(ctx, pool); err != nil {
			return err
		}
	}
	return nil
}

// nodesName is the name of a pool's resource. GKE changes the machines of a pool, but not
// into those of another architecture.
func nodesName(machineType string, parts ...string) string {
	if architecture := limits.ArchitectureOf(machineType); architecture != sizes.AMD64 {
		parts = append(parts, string(architecture))
	}
	return names.Fit(limits.MaxNodePoolName-autonameLength, parts...)
}

func (c *Cluster) newNodePool(ctx *pulumi.Context, pool nodePool) error {
	nodes, err := container.NewNodePool(ctx, pool.name, &container.NodePoolArgs{
		Project:          pulumi.String(c.args.Project),
		Location:         pulumi.String(c.args.Region),
		Cluster:          c.Name,
		NodeLocations:    c.args.locations(),
		InitialNodeCount: pulumi.Int(pool.initial),
		MaxPodsPerNode:   pulumi.Int(podsPerNode),
		Autoscaling: container.NodePoolAutoscalingArgs{
			TotalMinNodeCount: pulumi.Int(pool.min),
			TotalMaxNodeCount: pulumi.Int(pool.max),
			LocationPolicy:    pulumi.String(locationPolicy(pool.capacity)),
		},
		Management: container.NodePoolManagementArgs{
			AutoRepair:  pulumi.Bool(true), // CKV_GCP_9
			AutoUpgrade: pulumi.Bool(true), // CKV_GCP_10
		},
		UpgradeSettings: container.NodePoolUpgradeSettingsArgs{
			Strategy: pulumi.String("SURGE"),
			// GKE adds a node before it drains one.
			MaxSurge:       pulumi.Int(1),
			MaxUnavailable: pulumi.Int(0),
		},
		NetworkConfig: container.NodePoolNetworkConfigArgs{EnablePrivateNodes: pulumi.Bool(true)},
		NodeConfig:    c.node(pool),
	}, pulumi.Parent(c), pulumi.DependsOn(slices.Concat(c.nodes.roles, c.args.Egress)),
		pulumi.IgnoreChanges([]string{
			// The autoscaler changes the number, and the provider would replace the pool.
			"initialNodeCount", "nodeCount",
			// GKE closes a port of the kubelet in new pools. This version of the provider
			// tries to remove that setting at every update, without effect
			// (terraform-google-kubernetes-engine issue 2014).
			"nodeConfig.kubeletConfig",
			// GKE adds its own labels, which the provider would remove at every update
			// (magic-modules change 12877). The environment's labels reach the nodes from
			// the cluster.
			"nodeConfig.resourceLabels",
		}))
	if err != nil {
		return fmt.Errorf("registering the nodes %s: %w", pool.name, err)
	}
	c.Ready = append(c.Ready, nodes)
	return nil
}

// locationPolicy spreads on-demand nodes over the zones, and places spot nodes where they
// are least likely to be reclaimed.
func locationPolicy(c arguments.Capacity) string {
	if c == arguments.Spot {
		return "ANY"
	}
	return "BALANCED"
}

// node returns the configuration of a node.
func (c *Cluster) node(pool nodePool) container.NodePoolNodeConfigArgs {
	node := container.NodePoolNodeConfigArgs{
		MachineType: pulumi.String(pool.machineType),
		DiskSizeGb:  pulumi.Int(pool.diskGiB),
		DiskType:    pulumi.String("pd-balanced"),
		// CKV_GCP_22
		ImageType:      pulumi.String("COS_CONTAINERD"),
		Spot:           pulumi.Bool(pool.capacity == arguments.Spot),
		ServiceAccount: c.nodes.Email,
		OauthScopes:    pulumi.ToStringArray([]string{allScopes}),
		// CKV_GCP_69: the metadata server gives pods their own identity instead of the
		// node's.
		WorkloadMetadataConfig: container.NodePoolNodeConfigWorkloadMetadataConfigArgs{Mode: pulumi.String("GKE_METADATA")},
		// CKV_GCP_67
		Metadata: pulumi.StringMap{"disable-legacy-endpoints": pulumi.String("true")},
		ShieldedInstanceConfig: container.NodePoolNodeConfigShieldedInstanceConfigArgs{
			// CKV_GCP_68. Images of arm64 may not boot with it
			// (terraform-google-bastion-host issue 156).
			EnableSecureBoot:          pulumi.Bool(limits.ArchitectureOf(pool.machineType) == sizes.AMD64),
			EnableIntegrityMonitoring: pulumi.Bool(true), // CKV_GCP_72
		},
	}
	if len(pool.labels) > 0 {
		node.Labels = pulumi.ToStringMap(pool.labels)
	}
	if len(pool.taints) > 0 {
		node.Taints = poolTaints(pool.taints)
	}
	if c.args.Volumes.KeyID != nil {
		node.BootDiskKmsKey = c.args.Volumes.KeyID.ToStringOutput().ToStringPtrOutput()
	}
	return node
}
