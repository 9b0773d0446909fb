package aws

import (
	"fmt"
	"slices"

	awslogs "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/random"
)

// clusterDeletion is how long deleting a cluster may take. Auto Mode drains the nodes
// first, which waits for the pods.
const clusterDeletion = "40m"

// newControlPlane registers the cluster, after its log group and its roles, which EKS still
// needs to delete the cluster. It does not wait for the egress, and neither does its
// deletion: nodes reach the API server by its private endpoint, in the VPC, and the
// controllers of Auto Mode, which start and end nodes, run in AWS' account.
func (c *Cluster) newControlPlane(ctx *pulumi.Context, name string) error {
	name += "-cluster"
	// The control plane still writes logs after its deletion. CloudWatch then creates the
	// log group again, which would block the next cluster with the same name.
	suffix, err := random.NewSuffix(ctx, name+"-suffix", nil, c)
	if err != nil {
		return err
	}
	c.plannedName = pulumi.Sprintf("%s-%s", c.Identifier, suffix)
	var needs []pulumi.Resource
	if len(c.args.LogTypes) > 0 {
		group, err := newLogGroup(ctx, name+"-logs", &awslogs.LogGroupArgs{
			Name:            pulumi.Sprintf("/aws/eks/%s/cluster", c.plannedName),
			RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
			Tags:            c.args.Tags.For(name + "-logs"),
		}, c.args.LogsKeyARN, pulumi.Parent(c))
		if err != nil {
			return err
		}
		needs = append(needs, group)
	}
	role, err := newRole(ctx, name, c.controlPlaneRole(), c)
	if err != nil {
		return err
	}
	wanted := c.args.controlPlane()
	wanted.Name, wanted.RoleArn, wanted.Tags = c.plannedName, role.Arn, c.args.Tags.All()
	needs = append(needs, role.policies...)
	if c.args.Mode == arguments.ModeAuto {
		nodes, err := newRole(ctx, name+"-nodes", c.autoNodesRole(), c)
		if err != nil {
			return err
		}
		enableAutoMode(wanted, nodes.Arn)
		needs = append(needs, nodes.policies...)
	}
	c.eks, err = awseks.NewCluster(ctx, name, wanted, pulumi.Parent(c), pulumi.DependsOn(needs),
		component.Protect(c.args.Data), pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: clusterDeletion}),
		// EKS refuses to change the set of a cluster's zones
		// (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html).
		pulumi.IgnoreChanges([]string{"vpcConfig.subnetIds"}))
	if err != nil {
		return fmt.Errorf("registering the cluster %s: %w", name, err)
	}
	c.Name, c.Endpoint = c.eks.Name, c.eks.Endpoint
	c.CertificateAuthority = c.eks.CertificateAuthority.Data().Elem()
	c.SecurityGroupID = c.eks.VpcConfig.ClusterSecurityGroupId().Elem()
	c.Ready = slices.Concat([]pulumi.Resource{c.eks}, c.args.Egress)
	return nil
}

// controlPlane returns the arguments of the cluster without references to other resources.
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
		// The provider's default is true, and a later change replaces the cluster.
		AccessConfig: awseks.ClusterAccessConfigArgs{
			AuthenticationMode:                      pulumi.String("API"),
			BootstrapClusterCreatorAdminPermissions: pulumi.Bool(false),
		},
		BootstrapSelfManagedAddons: pulumi.Bool(false),
		KubernetesNetworkConfig:    awseks.ClusterKubernetesNetworkConfigArgs{IpFamily: pulumi.String("ipv4")},
		// When standard support of a version ends, AWS upgrades the cluster. Extended
		// support costs six times as much.
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

// enableAutoMode turns Auto Mode on. The provider refuses one of the three settings without
// the others.
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

// controlPlaneRole is the role of the control plane
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
		args.statements = []Statement{volumeTagStatement(c.args.Region)}
	}
	return args
}

// autoNodesRole is the role of the nodes in Auto Mode
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
