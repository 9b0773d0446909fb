package aws

import (
	"errors"
	"fmt"
	"slices"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// NodesArgs describes a node group with an autoscaler.
type NodesArgs struct {
	// InstanceTypes of one processor architecture, the preferred one first.
	InstanceTypes []string
	// Min, Max and Desired are numbers of nodes, up to 450. Desired is the initial number;
	// after that the autoscaler keeps the number between Min and Max.
	Min, Max, Desired int
	// DiskGiB is the size of a node's disk.
	DiskGiB  int
	Capacity arguments.Capacity
}

const (
	// unavailablePercent is how many nodes an update replaces at once.
	unavailablePercent = 33
	// The bounds of the group itself, which never change: the provider sends all three
	// numbers whenever one changes (resourceNodeGroupUpdate), and with them the number of
	// nodes that the group once began with. EKS then takes away what the autoscaler has
	// added, or refuses a least above that number. What the autoscaler keeps to is told to
	// the autoscaler alone.
	fewestNodes = 1
)

// amiType is the image of nodes of an architecture.
func amiType(architecture sizes.Architecture) string {
	if architecture == sizes.ARM64 {
		return "AL2023_ARM_64_STANDARD"
	}
	return "AL2023_x86_64_STANDARD"
}

func (a *NodesArgs) check() error {
	if a == nil {
		return nil
	}
	problems := []error{
		validate.RefuseIf(len(a.InstanceTypes) == 0, "Cluster", "Nodes.InstanceTypes is required"),
		validate.OneOf("Cluster", "Nodes.Capacity", a.Capacity, arguments.OnDemand, arguments.Spot),
		validate.Within("Cluster", "Nodes.DiskGiB", a.DiskGiB, limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB),
		validate.RefuseIf(a.Min < 1 || a.Min > a.Desired || a.Desired > a.Max, "Cluster",
			fmt.Sprintf("Nodes.Min, Desired and Max are %d, %d and %d; allowed are 1 <= Min <= Desired <= Max", a.Min, a.Desired, a.Max)),
		validate.RefuseIf(a.Max > limits.MaxNodes, "Cluster", fmt.Sprintf("Nodes.Max is %d; allowed are up to %d", a.Max, limits.MaxNodes)),
	}
	if len(a.InstanceTypes) > 0 {
		problems = append(problems, checkInstanceTypes("Nodes.InstanceTypes", a.InstanceTypes, limits.ArchitectureOf(a.InstanceTypes[0])))
	}
	return errors.Join(problems...)
}

// checkInstanceTypes requires types of one architecture. EKS creates no group of others.
func checkInstanceTypes(field string, types []string, architecture sizes.Architecture) error {
	var problems []error
	for _, instanceType := range types {
		problems = append(problems,
			validate.RefuseIf(!limits.IsInstanceType(instanceType), "Cluster", fmt.Sprintf("%s has %q, which is no type such as m7i.large", field, instanceType)),
			validate.RefuseIf(limits.ArchitectureOf(instanceType) != architecture, "Cluster",
				fmt.Sprintf("%s has %s, which is not %s as the others", field, instanceType, architecture)))
	}
	return errors.Join(problems...)
}

// nodeGroup is a group of nodes with its autoscaler.
type nodeGroup struct {
	name          string
	architecture  sizes.Architecture
	instanceTypes []string
	// fewest is the least number that the group itself allows; min and max are those of the
	// autoscaler.
	fewest, min, max, desired int
	diskGiB                   int
	capacity                  arguments.Capacity
	labels                    map[string]string
	taints                    []arguments.Taint
	// registered is set once the group is registered.
	registered *awseks.NodeGroup
}

// newNodes registers the node groups, after the add-ons that nodes need to become ready. The
// add-ons after it need nodes of the first group, which has some from the start and takes any
// pod.
func (c *Cluster) newNodes(ctx *pulumi.Context, name string, before []pulumi.Resource) (*awseks.NodeGroup, error) {
	role, err := newRole(ctx, nodesName(name, "nodes"), roleArgs{
		region:      c.args.Region,
		description: "Nodes of the cluster " + c.Identifier,
		trust:       trustOf("ec2.amazonaws.com"),
		managed:     []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"},
		tags:        c.args.Tags,
	}, c)
	if err != nil {
		return nil, err
	}
	wanted := c.args.Nodes
	groups := append([]*nodeGroup{{
		name:          nodesName(name, "nodes"),
		architecture:  limits.ArchitectureOf(wanted.InstanceTypes[0]),
		instanceTypes: wanted.InstanceTypes,
		fewest:        fewestNodes, min: wanted.Min, max: wanted.Max, desired: wanted.Desired,
		diskGiB:  wanted.DiskGiB,
		capacity: wanted.Capacity,
	}}, c.args.poolGroups(name)...)
	needs := slices.Concat(before, role.policies, c.args.Egress)
	for _, group := range groups {
		if err := c.newNodeGroup(ctx, group, role, needs); err != nil {
			return nil, err
		}
	}
	c.nodes = groups
	return groups[0].registered, nil
}

// nodesName is the name of a group's resources.
func nodesName(parts ...string) string {
	return names.Fit(limits.MaxNodeGroupName-autonameLength, parts...)
}

func (c *Cluster) newNodeGroup(ctx *pulumi.Context, group *nodeGroup, role *role, needs []pulumi.Resource) error {
	template, err := c.newLaunchTemplate(ctx, group.name, group.diskGiB)
	if err != nil {
		return err
	}
	args := &awseks.NodeGroupArgs{
		ClusterName:   c.Name,
		NodeRoleArn:   role.Arn,
		SubnetIds:     c.args.SubnetIDs,
		Version:       pulumi.String(c.args.Version),
		AmiType:       pulumi.String(amiType(group.architecture)),
		InstanceTypes: pulumi.ToStringArray(group.instanceTypes),
		CapacityType:  pulumi.String(capacityType(group.capacity)),
		ScalingConfig: awseks.NodeGroupScalingConfigArgs{
			MinSize:     pulumi.Int(group.fewest),
			MaxSize:     pulumi.Int(limits.MaxNodes),
			DesiredSize: pulumi.Int(group.desired),
		},
		UpdateConfig:     awseks.NodeGroupUpdateConfigArgs{MaxUnavailablePercentage: pulumi.Int(unavailablePercent)},
		NodeRepairConfig: awseks.NodeGroupNodeRepairConfigArgs{Enabled: pulumi.Bool(true)},
		LaunchTemplate: awseks.NodeGroupLaunchTemplateArgs{
			Id:      template.ID(),
			Version: pulumi.Sprintf("%d", template.LatestVersion),
		},
		Tags: c.args.Tags.For(group.name),
	}
	if len(group.labels) > 0 {
		args.Labels = pulumi.ToStringMap(group.labels)
	}
	if len(group.taints) > 0 {
		args.Taints = groupTaints(group.taints)
	}
	registered, err := awseks.NewNodeGroup(ctx, group.name, args, pulumi.Parent(c), pulumi.DependsOn(needs),
		// The autoscaler changes the number, and an update must not undo that.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}))
	if err != nil {
		return fmt.Errorf("registering the nodes %s: %w", group.name, err)
	}
	c.Ready = append(c.Ready, registered)
	group.registered = registered
	return nil
}

// capacityType is the value of EKS' API.
func capacityType(c arguments.Capacity) string {
	if c == arguments.Spot {
		return "SPOT"
	}
	return "ON_DEMAND"
}

// newLaunchTemplate registers a template that encrypts the disk of a node and keeps pods
// from its instance metadata.
func (c *Cluster) newLaunchTemplate(ctx *pulumi.Context, name string, diskGiB int) (*awsec2.LaunchTemplate, error) {
	tagged := awsec2.LaunchTemplateTagSpecificationArray{}
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		tagged = append(tagged, awsec2.LaunchTemplateTagSpecificationArgs{
			ResourceType: pulumi.String(kind),
			Tags:         c.args.Tags.For(name),
		})
	}
	template, err := awsec2.NewLaunchTemplate(ctx, name, &awsec2.LaunchTemplateArgs{
		Description: pulumi.String("Nodes of the cluster " + c.Identifier),
		MetadataOptions: awsec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"),
			// CKV_AWS_79: IMDSv2 requires a token, which a forged request does not have.
			HttpTokens: pulumi.String("required"),
			// CKV_AWS_341: with one hop, the response does not reach pods, which could
			// otherwise use the role of the node.
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		Monitoring: awsec2.LaunchTemplateMonitoringArgs{Enabled: pulumi.Bool(true)},
		BlockDeviceMappings: awsec2.LaunchTemplateBlockDeviceMappingArray{awsec2.LaunchTemplateBlockDeviceMappingArgs{
			// The root device of Amazon Linux 2023.
			DeviceName: pulumi.String("/dev/xvda"),
			Ebs: awsec2.LaunchTemplateBlockDeviceMappingEbsArgs{
				VolumeType:          pulumi.String("gp3"),
				VolumeSize:          pulumi.Int(diskGiB),
				Encrypted:           pulumi.String("true"),
				DeleteOnTermination: pulumi.String("true"),
			},
		}},
		TagSpecifications:    tagged,
		UpdateDefaultVersion: pulumi.Bool(true),
		Tags:                 c.args.Tags.For(name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("registering the launch template %s: %w", name, err)
	}
	return template, nil
}
