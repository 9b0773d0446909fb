package aws

import (
	"cmp"
	"fmt"
	"slices"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/random"
)

// systemNamespace is the namespace of Kubernetes' own pods.
const systemNamespace = "kube-system"

// addon is an EKS add-on.
type addon struct {
	name string
	// configuration is JSON in the add-on's schema, or empty.
	configuration string
	// namespace of the add-on's pods; systemNamespace if empty.
	namespace string
	// serviceAccount is the service account that gets the permissions, for an add-on that
	// calls AWS.
	serviceAccount string
	managed        []string
	statements     []Statement
}

// metricsServer measures the CPU usage of pods for autoscalers. EKS includes it in neither
// mode.
func metricsServer() addon {
	return addon{name: "metrics-server"}
}

// podIdentityAgent gives pods their credentials. Other add-ons need it.
func podIdentityAgent() addon {
	return addon{name: "eks-pod-identity-agent"}
}

// vpcCNI gives pods their addresses. It enforces NetworkPolicies only if configured to
// (https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html).
func vpcCNI() addon {
	return addon{
		name:           "vpc-cni",
		configuration:  `{"enableNetworkPolicy":"true"}`,
		serviceAccount: "aws-node",
		managed:        []string{"AmazonEKS_CNI_Policy"},
	}
}

func kubeProxy() addon {
	return addon{name: "kube-proxy"}
}

func coreDNS() addon {
	return addon{name: "coredns"}
}

// ebsDriver creates EBS volumes for claims.
func (a *ClusterArgs) ebsDriver() addon {
	driver := addon{
		name:           "aws-ebs-csi-driver",
		serviceAccount: "ebs-csi-controller-sa",
		managed:        []string{"service-role/AmazonEBSCSIDriverPolicy"},
	}
	if a.Volumes.KeyARN != nil {
		driver.statements = volumeKeyStatements(a.Volumes.KeyARN)
	}
	return driver
}

// addonNames are the add-ons of a mode.
func addonNames(mode arguments.ClusterMode) []string {
	both := []string{metricsServer().name, containerLogsAddon}
	if mode == arguments.ModeAuto {
		return both
	}
	driver := (&ClusterArgs{}).ebsDriver()
	return append([]string{podIdentityAgent().name, vpcCNI().name, kubeProxy().name, coreDNS().name, driver.name}, both...)
}

// newAddonsBeforeNodes registers the add-ons that a node needs to become ready. They run as
// DaemonSets and are active without nodes, so that none waits for another.
func (c *Cluster) newAddonsBeforeNodes(ctx *pulumi.Context, name string) ([]pulumi.Resource, error) {
	var before []pulumi.Resource
	for _, each := range []addon{podIdentityAgent(), vpcCNI(), kubeProxy()} {
		registered, err := c.newAddon(ctx, name, []pulumi.Resource{c.eks}, each)
		if err != nil {
			return nil, err
		}
		before = append(before, registered)
	}
	c.Ready = append(c.Ready, before...)
	return before, nil
}

// newAddonsAfterNodes registers the add-ons that are active only once a node runs them.
// Pods need them, except those of newAddonsWithoutWait.
func (c *Cluster) newAddonsAfterNodes(ctx *pulumi.Context, name string, nodes pulumi.Resource) error {
	for _, each := range []addon{coreDNS(), c.args.ebsDriver()} {
		registered, err := c.newAddon(ctx, name, []pulumi.Resource{nodes}, each)
		if err != nil {
			return err
		}
		c.Ready = append(c.Ready, registered)
	}
	return c.newAddonsWithoutWait(ctx, name, []pulumi.Resource{nodes})
}

// newAddonsWithoutWait registers the add-ons that no object waits for: an autoscaler without
// figures keeps the number of pods, and logs that begin later are only shorter.
func (c *Cluster) newAddonsWithoutWait(ctx *pulumi.Context, name string, needs []pulumi.Resource) error {
	if _, err := c.newAddon(ctx, name, needs, metricsServer()); err != nil {
		return err
	}
	return c.newContainerLogs(ctx, name, needs)
}

// newAddon registers an add-on with its role.
func (c *Cluster) newAddon(ctx *pulumi.Context, name string, needs []pulumi.Resource, wanted addon) (*awseks.Addon, error) {
	name = name + "-" + wanted.name
	args := &awseks.AddonArgs{
		ClusterName: c.Name,
		AddonName:   pulumi.String(wanted.name),
		// The program overrides what someone changed by hand.
		ResolveConflictsOnCreate: pulumi.String("OVERWRITE"),
		ResolveConflictsOnUpdate: pulumi.String("OVERWRITE"),
		Preserve:                 pulumi.Bool(false),
		Tags:                     c.args.Tags.For(name),
	}
	if wanted.configuration != "" {
		args.ConfigurationValues = pulumi.String(wanted.configuration)
	}
	version, err := c.addonVersion(ctx, name, wanted)
	if err != nil {
		return nil, err
	}
	args.AddonVersion = version
	needs = slices.Clone(needs)
	if wanted.serviceAccount != "" {
		namespace := cmp.Or(wanted.namespace, systemNamespace)
		// The role is created beside the cluster: nodes wait for the add-on, which waits for it.
		role, err := newRole(ctx, name, roleArgs{
			region:      c.args.Region,
			description: "Add-on " + wanted.name + " of the cluster " + c.Identifier,
			trust:       trustOfPods(c.plannedName, pulumi.String(namespace), wanted.serviceAccount),
			managed:     wanted.managed,
			statements:  wanted.statements,
			tags:        c.args.Tags,
		}, c)
		if err != nil {
			return nil, err
		}
		args.PodIdentityAssociations = awseks.AddonPodIdentityAssociationArray{awseks.AddonPodIdentityAssociationArgs{
			ServiceAccount: pulumi.String(wanted.serviceAccount),
			RoleArn:        role.Arn,
		}}
		needs = append(needs, role.policies...)
	}
	registered, err := awseks.NewAddon(ctx, name, args, pulumi.Parent(c), pulumi.DependsOn(needs))
	if err != nil {
		return nil, fmt.Errorf("registering the add-on %s: %w", wanted.name, err)
	}
	return registered, nil
}

// addonVersion returns the version of an add-on: the given one, or the one that AWS recommended for
// the cluster's version of Kubernetes when the cluster got it. EKS itself leaves add-ons at their
// version when the cluster goes up. A later recommendation for the same Kubernetes changes nothing,
// so that no plan changes by itself; another Kubernetes is another name, and asks again.
func (c *Cluster) addonVersion(ctx *pulumi.Context, name string, wanted addon) (pulumi.StringInput, error) {
	if version := c.args.AddonVersions[wanted.name]; version != "" {
		return pulumi.String(version), nil
	}
	// It asks for the version that is configured, which the cluster may not have yet.
	recommended := awseks.GetAddonVersionOutput(ctx, awseks.GetAddonVersionOutputArgs{
		AddonName:         pulumi.String(wanted.name),
		KubernetesVersion: pulumi.String(c.args.Version),
	}, pulumi.Parent(c))
	return random.Remember(ctx, name+"-for-"+c.args.Version, recommended.Version(), c)
}
