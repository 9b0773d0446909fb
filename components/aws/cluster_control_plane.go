package aws

import (
	"fmt"
	"slices"

	awslogs "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/random"
)

// clusterDeletion is how long a deletion may take: in Auto Mode nodes are drained
// first, within the time that pods are given to end.
const clusterDeletion = "40m"

// newControlPlane registers the cluster itself, after its logs and roles, which its own
// deletion still needs.
func (c *Cluster) newControlPlane(ctx *pulumi.Context, name string) error {
	name += "-cluster"
	// The control plane writes its last logs after its deletion and makes their group
	// anew, in the way of the next cluster of the same name.
	suffix, err := random.NewSuffix(ctx, name+"-suffix", nil, c)
	if err != nil {
		return err
	}
	physical := pulumi.Sprintf("%s-%s", c.Identifier, suffix)
	needs := slices.Clone(c.args.Egress)
	if len(c.args.LogTypes) > 0 {
		group, err := newLogGroup(ctx, name+"-logs", &awslogs.LogGroupArgs{
			Name:            pulumi.Sprintf("/aws/eks/%s/cluster", physical),
			RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
			Tags:            c.args.Tags.For(name + "-logs"),
		}, c.args.LogsKeyARN, pulumi.Parent(c))
		if err != nil {
			return err
		}
		needs = append(needs, group)
	}
	plane, err := newRole(ctx, name, c.controlPlaneRole(), c)
	if err != nil {
		return err
	}
	wanted := c.args.controlPlane()
	wanted.Name, wanted.RoleArn, wanted.Tags = physical, plane.Arn, c.args.Tags.All()
	needs = append(needs, plane.policies...)
	if c.args.Mode == arguments.ModeAuto {
		nodes, err := newRole(ctx, name+"-nodes", c.autoNodesRole(), c)
		if err != nil {
			return err
		}
		enableAutoMode(wanted, nodes.Arn)
		needs = append(needs, nodes.policies...)
	}
	c.eks, err = awseks.NewCluster(ctx, name, wanted, pulumi.Parent(c), pulumi.DependsOn(needs),
		pulumi.Protect(c.args.Protect), pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: clusterDeletion}),
		// EKS keeps a cluster in the zones that it was made in, and refuses another set of
		// them (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
		pulumi.IgnoreChanges([]string{"vpcConfig.subnetIds"}))
	if err != nil {
		return fmt.Errorf("registering the cluster %s: %w", name, err)
	}
	c.Name, c.Endpoint = c.eks.Name, c.eks.Endpoint
	c.CertificateAuthority = c.eks.CertificateAuthority.Data().Elem()
	c.SecurityGroupID = c.eks.VpcConfig.ClusterSecurityGroupId().Elem()
	c.Ready = []pulumi.Resource{c.eks}
	return nil
}

// plane is the cluster without what other resources give it.
func (a *ClusterArgs) controlPlane() *awseks.ClusterArgs {
	endpoint := awseks.ClusterVpcConfigArgs{
		SubnetIds:             a.SubnetIDs,
		EndpointPrivateAccess: pulumi.Bool(true),
		EndpointPublicAccess:  pulumi.Bool(a.Endpoint.Access == arguments.EndpointPublicAndPrivate),
	}
	if a.Endpoint.Access == arguments.EndpointPublicAndPrivate {
		endpoint.PublicAccessCidrs = pulumi.ToStringArray(a.Endpoint.AllowedCIDRs)
	}
	wanted := &awseks.ClusterArgs{
		Version:   pulumi.String(a.Version),
		VpcConfig: endpoint,
		// The provider's own default for the creator is true, and a later change of it
		// replaces the cluster.
		AccessConfig: awseks.ClusterAccessConfigArgs{
			AuthenticationMode:                      pulumi.String("API"),
			BootstrapClusterCreatorAdminPermissions: pulumi.Bool(false),
		},
		BootstrapSelfManagedAddons: pulumi.Bool(false),
		KubernetesNetworkConfig:    awseks.ClusterKubernetesNetworkConfigArgs{IpFamily: pulumi.String("ipv4")},
		// When the support of a version ends, AWS moves the cluster on; the other choice
		// costs six times the fee.
		UpgradePolicy: awseks.ClusterUpgradePolicyArgs{SupportType: pulumi.String("STANDARD")},
	}
	if len(a.LogTypes) > 0 {
		wanted.EnabledClusterLogTypes = pulumi.ToStringArray(a.LogTypes)
	}
	if a.SecretsKeyARN != nil {
		wanted.EncryptionConfig = awseks.ClusterEncryptionConfigArgs{
			Provider:  awseks.ClusterEncryptionConfigProviderArgs{KeyArn: a.SecretsKeyARN},
			Resources: pulumi.ToStringArray([]string{"secrets"}),
		}
	}
	return wanted
}

// automate turns Auto Mode on; the provider refuses one of the three without the
// others.
func enableAutoMode(wanted *awseks.ClusterArgs, nodeRole pulumi.StringInput) {
	wanted.ComputeConfig = awseks.ClusterComputeConfigArgs{
		Enabled:     pulumi.Bool(true),
		NodePools:   pulumi.ToStringArray([]string{"general-purpose", "system"}),
		NodeRoleArn: nodeRole.ToStringOutput().ToStringPtrOutput(),
	}
	wanted.KubernetesNetworkConfig = awseks.ClusterKubernetesNetworkConfigArgs{
		IpFamily:             pulumi.String("ipv4"),
		ElasticLoadBalancing: awseks.ClusterKubernetesNetworkConfigElasticLoadBalancingArgs{Enabled: pulumi.Bool(true)},
	}
	wanted.StorageConfig = awseks.ClusterStorageConfigArgs{
		BlockStorage: awseks.ClusterStorageConfigBlockStorageArgs{Enabled: pulumi.Bool(true)},
	}
}

// planeRole is what the control plane may do
// (https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html).
func (c *Cluster) controlPlaneRole() roleArgs {
	args := roleArgs{
		region:      c.args.Region,
		description: "Control plane of the cluster " + c.Identifier,
		trust:       trustOf("eks.amazonaws.com"),
		managed:     []string{"AmazonEKSClusterPolicy"},
		tags:        c.args.Tags,
	}
	if c.args.Mode == arguments.ModeAuto {
		args.trust.Actions = append(args.trust.Actions, "sts:TagSession")
		args.managed = append(args.managed, "AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicy",
			"AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy")
	}
	return args
}

// autoNodesRole is what the nodes of Auto Mode may do
// (https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html).
func (c *Cluster) autoNodesRole() roleArgs {
	return roleArgs{
		region:      c.args.Region,
		description: "Nodes of the cluster " + c.Identifier,
		trust:       trustOf("ec2.amazonaws.com"),
		managed:     []string{"AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"},
		tags:        c.args.Tags,
	}
}
