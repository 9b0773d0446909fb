package aws

import (
	"errors"
	"fmt"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// PoolArgs describes further nodes. In mode nodes they are a group with an autoscaler, in
// mode auto a NodePool from which EKS adds nodes.
type PoolArgs struct {
	// Name of the pool. Another name is another pool.
	Name         string
	Architecture sizes.Architecture
	// InstanceTypes of the architecture, the preferred one first. In mode auto they may be
	// empty: EKS chooses.
	InstanceTypes []string
	// Min and Max are numbers of nodes, and DiskGiB is the size of a node's disk. In mode auto
	// they are 0.
	Min, Max, DiskGiB int
	Capacity          arguments.Capacity
	Labels            map[string]string
	Taints            []arguments.Taint
}

func (a *ClusterArgs) checkPools() error {
	var problems []error
	seen := map[string]bool{}
	for _, pool := range a.Pools {
		field := fmt.Sprintf("Pools[%s]", pool.Name)
		problems = append(problems,
			validate.RefuseIf(pool.Name == "", "Cluster", "Pools has a pool without a Name"),
			validate.RefuseIf(seen[pool.Name], "Cluster", fmt.Sprintf("Pools has %s twice", pool.Name)),
			validate.OneOf("Cluster", field+".Architecture", pool.Architecture, sizes.AMD64, sizes.ARM64),
			validate.OneOf("Cluster", field+".Capacity", pool.Capacity, arguments.OnDemand, arguments.Spot),
			checkInstanceTypes(field+".InstanceTypes", pool.InstanceTypes, pool.Architecture),
			pool.checkNumbers(field, a.Mode))
		seen[pool.Name] = true
	}
	return errors.Join(problems...)
}

func (p PoolArgs) checkNumbers(field string, mode arguments.ClusterMode) error {
	if mode == arguments.ModeAuto {
		return validate.RefuseIf(p.Min != 0 || p.Max != 0 || p.DiskGiB != 0, "Cluster", field+" has Min, Max or DiskGiB, which have no meaning when Mode is auto")
	}
	return errors.Join(
		validate.RefuseIf(len(p.InstanceTypes) == 0, "Cluster", field+".InstanceTypes is required"),
		validate.RefuseIf(p.Min < 0 || p.Min > p.Max || p.Max < 1 || p.Max > limits.MaxNodes, "Cluster",
			fmt.Sprintf("%s.Min and Max are %d and %d; allowed are 0 <= Min <= Max, and Max from 1 to %d", field, p.Min, p.Max, limits.MaxNodes)),
		validate.Within("Cluster", field+".DiskGiB", p.DiskGiB, limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB))
}

// poolGroups are the node groups of the pools. They may be empty: the autoscaler reads the
// labels and taints of an empty group from EKS
// (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md).
func (a *ClusterArgs) poolGroups(name string) []*nodeGroup {
	var groups []*nodeGroup
	for _, pool := range a.Pools {
		groups = append(groups, &nodeGroup{
			name:          nodesName(name, "pool", pool.Name),
			architecture:  pool.Architecture,
			instanceTypes: pool.InstanceTypes,
			min:           pool.Min, max: pool.Max, desired: pool.Min,
			diskGiB:  pool.DiskGiB,
			capacity: pool.Capacity,
			labels:   pool.Labels,
			taints:   pool.Taints,
		})
	}
	return groups
}

func groupTaints(taints []arguments.Taint) awseks.NodeGroupTaintArray {
	var all awseks.NodeGroupTaintArray
	for _, taint := range taints {
		args := awseks.NodeGroupTaintArgs{Key: pulumi.String(taint.Key), Effect: pulumi.String(taint.Effect.Upper())}
		if taint.Value != "" {
			args.Value = pulumi.String(taint.Value)
		}
		all = append(all, args)
	}
	return all
}

// generalPool is the NodePool of arm64 for all pods. The pool that EKS brings has amd64 only
// (https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html); it stays for
// pods that select no architecture, and ends its nodes when no pod needs them.
const generalPool = "arm64"

// newNodePools registers the NodePools of Auto Mode, which exist before the pods that need
// them and outlive them.
func (c *Cluster) newNodePools(ctx *pulumi.Context, name string) error {
	if c.args.Architecture == sizes.ARM64 {
		err := c.newNodePool(ctx, name+"-"+generalPool, generalPool, PoolArgs{Architecture: sizes.ARM64, Capacity: arguments.OnDemand})
		if err != nil {
			return err
		}
	}
	for _, pool := range c.args.Pools {
		if err := c.newNodePool(ctx, nodesName(name, "pool", pool.Name), "pool-"+pool.Name, pool); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) newNodePool(ctx *pulumi.Context, name, objectName string, pool PoolArgs) error {
	node := pulumi.Map{
		// EKS has this NodeClass as long as one of the pools that it brings is enabled.
		"nodeClassRef": pulumi.Map{"group": pulumi.String("eks.amazonaws.com"), "kind": pulumi.String("NodeClass"), "name": pulumi.String("default")},
		"requirements": pool.requirements(),
		// As in the pools of EKS: nodes are replaced after two weeks, and drained for a day at
		// most.
		"expireAfter":            pulumi.String("336h"),
		"terminationGracePeriod": pulumi.String("24h0m0s"),
	}
	if len(pool.Taints) > 0 {
		taints := pulumi.Array{}
		for _, taint := range pool.Taints {
			args := pulumi.Map{"key": pulumi.String(taint.Key), "effect": pulumi.String(string(taint.Effect))}
			if taint.Value != "" {
				args["value"] = pulumi.String(taint.Value)
			}
			taints = append(taints, args)
		}
		node["taints"] = taints
	}
	template := pulumi.Map{"spec": node}
	if len(pool.Labels) > 0 {
		template["metadata"] = pulumi.Map{"labels": pulumi.ToStringMap(pool.Labels)}
	}
	registered, err := apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("karpenter.sh/v1"),
		Kind:       pulumi.String("NodePool"),
		Metadata:   metav1.ObjectMetaArgs{Name: pulumi.String(objectName)},
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"template": template,
			"disruption": pulumi.Map{
				"consolidationPolicy": pulumi.String("WhenEmptyOrUnderutilized"),
				"consolidateAfter":    pulumi.String("30s"),
				"budgets":             pulumi.Array{pulumi.Map{"nodes": pulumi.String("10%")}},
			},
		}},
	}, c.objectOptions()...)
	if err != nil {
		return fmt.Errorf("registering the node pool %s: %w", objectName, err)
	}
	c.Ready = append(c.Ready, registered)
	return nil
}

// requirements select instances as the pools of EKS do
// (https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html).
func (p PoolArgs) requirements() pulumi.Array {
	all := pulumi.Array{
		requirement("kubernetes.io/arch", "In", string(p.Architecture)),
		requirement("kubernetes.io/os", "In", "linux"),
		requirement("karpenter.sh/capacity-type", "In", string(p.Capacity)),
	}
	if len(p.InstanceTypes) > 0 {
		return append(all, requirement("node.kubernetes.io/instance-type", "In", p.InstanceTypes...))
	}
	return append(all,
		requirement("eks.amazonaws.com/instance-category", "In", "c", "m", "r"),
		requirement("eks.amazonaws.com/instance-generation", "Gt", "4"))
}

func requirement(key, operator string, values ...string) pulumi.Map {
	return pulumi.Map{"key": pulumi.String(key), "operator": pulumi.String(operator), "values": pulumi.ToStringArray(values)}
}
