package aws

import (
	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// ClusterArgs describes an EKS cluster.
type ClusterArgs struct {
	// Name is the beginning of the cluster's name.
	Name   string
	Region string
	// Version of Kubernetes, for instance 1.35.
	Version string
	Mode    arguments.ClusterMode
	// SubnetIDs are private subnets of two zones at least. Those that come later are for
	// the nodes of ModeNodes; the control plane and Auto Mode stay in the first.
	SubnetIDs pulumi.StringArrayInput
	// Egress is what nodes need to reach the world outside: the network's.
	Egress   []pulumi.Resource
	Endpoint arguments.Endpoint
	// SecretsKeyARN is a key that encrypts Secrets before they are stored, or nil for a
	// key of AWS. It can be added later; AWS neither changes it nor takes it away.
	SecretsKeyARN pulumi.StringInput
	// LogTypes are the logs of the control plane to keep: api, audit, authenticator,
	// controllerManager, scheduler.
	LogTypes []string
	// LogRetentionDays is how long they are kept.
	LogRetentionDays int
	// LogsKeyARN is a key that CloudWatch Logs may use, or nil for a key of AWS.
	LogsKeyARN pulumi.StringInput
	// Admins are ARNs of the IAM roles and users that may do everything in the cluster.
	// Whoever runs the program is one of them: nobody is let in for having made it.
	Admins []string
	// Login says how the program itself gets in.
	Login Login
	// Nodes are the nodes of a cluster in mode nodes, and nil in mode auto.
	Nodes *NodesArgs
	// AddonVersions fixes the versions of add-ons by name; the others have the version
	// that AWS recommends when they are made.
	AddonVersions map[string]string
	Volumes       Volumes
	// Protect refuses every plan that deletes or replaces the cluster.
	Protect bool
	Tags    Tags
}

// Cluster is an EKS cluster with all that pods need.
type Cluster struct {
	pulumi.ResourceState

	// Name is the cluster's name; what waits for it is made after the cluster.
	Name pulumi.StringOutput
	// Identifier tells the cluster from others and is known before it is made.
	Identifier string
	// Endpoint is the URL of the API server.
	Endpoint pulumi.StringOutput
	// CertificateAuthority is the API server's, PEM in base64.
	CertificateAuthority pulumi.StringOutput
	// SecurityGroupID is the group that nodes and pods are members of.
	SecurityGroupID pulumi.StringOutput
	// Kubeconfig holds no secret: the aws command fetches a token when one is needed.
	Kubeconfig pulumi.StringOutput
	// Provider makes objects in the cluster, once nodes and add-ons are there.
	Provider *kubernetes.Provider
	// Ready is what pods and objects wait for, and are gone before it goes: nodes,
	// add-ons, and the right to enter.
	Ready []pulumi.Resource
	// StorageClass is the name of the cluster's default class.
	StorageClass pulumi.StringOutput

	args *ClusterArgs
	eks  *awseks.Cluster
	// nodes are those of a cluster in mode nodes.
	nodes *awseks.NodeGroup
}

// NewCluster registers a cluster, its nodes and its add-ons.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	c := &Cluster{args: args, Identifier: args.identifier()}
	return component.New(ctx, "djangostack:aws:Cluster", name, c, args.check, func() (pulumi.Map, error) {
		for _, step := range []func(*pulumi.Context, string) error{
			c.newControlPlane,
			c.newAdmins,
			c.newCompute,
			c.newProvider,
			c.newObjects,
		} {
			if err := step(ctx, name); err != nil {
				return nil, err
			}
		}
		return pulumi.Map{
			"name":                 c.Name,
			"endpoint":             c.Endpoint,
			"certificateAuthority": c.CertificateAuthority,
			"securityGroupId":      c.SecurityGroupID,
			"kubeconfig":           c.Kubeconfig,
			"storageClass":         c.StorageClass,
		}, nil
	}, opts...)
}

func (a *ClusterArgs) identifier() string {
	return names.Fit(limits.MaxClusterName-random.SuffixLength, a.Name)
}

// newCompute gives the cluster what its pods run on.
func (c *Cluster) newCompute(ctx *pulumi.Context, name string) error {
	if c.args.Mode == arguments.ModeAuto {
		return c.newAddons(ctx, name, c.Ready, metricsServer())
	}
	before, err := c.newAddonsBeforeNodes(ctx, name)
	if err != nil {
		return err
	}
	nodes, err := c.newNodes(ctx, name, before)
	if err != nil {
		return err
	}
	return c.newAddonsAfterNodes(ctx, name, nodes)
}

// newProvider makes the one provider of the cluster's objects.
func (c *Cluster) newProvider(ctx *pulumi.Context, name string) error {
	c.Kubeconfig = c.kubeconfig()
	provider, err := clusters.NewProvider(ctx, name, c.Identifier, c.Kubeconfig, c.Ready, c)
	c.Provider = provider
	return err
}

// newObjects makes what belongs to the cluster and not to an environment in it.
func (c *Cluster) newObjects(ctx *pulumi.Context, name string) error {
	if err := c.newStorageClass(ctx, name); err != nil {
		return err
	}
	if c.args.Mode == arguments.ModeAuto {
		return c.enforceNetworkPolicies(ctx, name)
	}
	return c.newAutoscaler(ctx, name)
}
