package aws

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
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

// architecture is the AMI type of a processor architecture.
type architecture string

const (
	x86 architecture = "AL2023_x86_64_STANDARD"
	arm architecture = "AL2023_ARM_64_STANDARD"
)

// architectureOf derives it from the name of an instance type: Graviton families have a g
// after their generation, as in m7g or c7gn
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
func architectureOf(instanceType string) architecture {
	family, _, _ := strings.Cut(instanceType, ".")
	if family == "a1" || regexp.MustCompile(`^[a-z]+[0-9]+g`).MatchString(family) {
		return arm
	}
	return x86
}

func (a *NodesArgs) check() error {
	if a == nil {
		return nil
	}
	form := regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	problems := []error{
		validate.RefuseIf(len(a.InstanceTypes) == 0, "Cluster", "Nodes.InstanceTypes is required"),
		validate.OneOf("Cluster", "Nodes.Capacity", a.Capacity, arguments.OnDemand, arguments.Spot),
		validate.Within("Cluster", "Nodes.DiskGiB", a.DiskGiB, limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB),
		validate.RefuseIf(a.Min < 1 || a.Min > a.Desired || a.Desired > a.Max, "Cluster",
			fmt.Sprintf("Nodes.Min, Desired and Max are %d, %d and %d; allowed are 1 <= Min <= Desired <= Max", a.Min, a.Desired, a.Max)),
		validate.RefuseIf(a.Max > limits.MaxNodes, "Cluster", fmt.Sprintf("Nodes.Max is %d; allowed are up to %d", a.Max, limits.MaxNodes)),
	}
	for _, instanceType := range a.InstanceTypes {
		problems = append(problems,
			validate.RefuseIf(!form.MatchString(instanceType), "Cluster", fmt.Sprintf("Nodes.InstanceTypes has %q, which is no type such as m7i.large", instanceType)),
			validate.RefuseIf(architectureOf(instanceType) != architectureOf(a.InstanceTypes[0]), "Cluster",
				fmt.Sprintf("Nodes.InstanceTypes has %s and %s, which have different processors", a.InstanceTypes[0], instanceType)))
	}
	return errors.Join(problems...)
}

// newNodes registers the node group, after the add-ons that nodes need to become ready.
func (c *Cluster) newNodes(ctx *pulumi.Context, name string, before []pulumi.Resource) (*awseks.NodeGroup, error) {
	name = names.Fit(limits.MaxNodeGroupName-autonameLength, name, "nodes")
	role, err := newRole(ctx, name, roleArgs{
		region:      c.args.Region,
		description: "Nodes of the cluster " + c.Identifier,
		trust:       trustOf("ec2.amazonaws.com"),
		managed:     []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"},
		tags:        c.args.Tags,
	}, c)
	if err != nil {
		return nil, err
	}
	template, err := c.newLaunchTemplate(ctx, name)
	if err != nil {
		return nil, err
	}
	wanted := c.args.Nodes
	needs := slices.Concat(before, role.policies, c.args.Egress)
	nodes, err := awseks.NewNodeGroup(ctx, name, &awseks.NodeGroupArgs{
		ClusterName:   c.Name,
		NodeRoleArn:   role.Arn,
		SubnetIds:     c.args.SubnetIDs,
		Version:       pulumi.String(c.args.Version),
		AmiType:       pulumi.String(string(architectureOf(wanted.InstanceTypes[0]))),
		InstanceTypes: pulumi.ToStringArray(wanted.InstanceTypes),
		CapacityType:  pulumi.String(capacityType(wanted.Capacity)),
		ScalingConfig: awseks.NodeGroupScalingConfigArgs{
			MinSize:     pulumi.Int(fewestNodes),
			MaxSize:     pulumi.Int(limits.MaxNodes),
			DesiredSize: pulumi.Int(wanted.Desired),
		},
		UpdateConfig:     awseks.NodeGroupUpdateConfigArgs{MaxUnavailablePercentage: pulumi.Int(unavailablePercent)},
		NodeRepairConfig: awseks.NodeGroupNodeRepairConfigArgs{Enabled: pulumi.Bool(true)},
		LaunchTemplate: awseks.NodeGroupLaunchTemplateArgs{
			Id:      template.ID(),
			Version: pulumi.Sprintf("%d", template.LatestVersion),
		},
		Tags: c.args.Tags.For(name),
	}, pulumi.Parent(c), pulumi.DependsOn(needs),
		// The autoscaler changes the number, and an update must not undo that.
		pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}))
	if err != nil {
		return nil, fmt.Errorf("registering the nodes %s: %w", name, err)
	}
	c.Ready = append(c.Ready, nodes)
	c.nodes = nodes
	return nodes, nil
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
func (c *Cluster) newLaunchTemplate(ctx *pulumi.Context, name string) (*awsec2.LaunchTemplate, error) {
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
				VolumeSize:          pulumi.Int(c.args.Nodes.DiskGiB),
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
