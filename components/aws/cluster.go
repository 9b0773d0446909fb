package aws

import (
	"slices"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/sizes"
)

// ClusterArgs describes an EKS cluster.
type ClusterArgs struct {
	// Name is the prefix of the cluster's name.
	Name   string
	Region string
	// Version of Kubernetes, for instance 1.35.
	Version string
	Mode    arguments.ClusterMode
	// SubnetIDs are private subnets in at least two zones. Subnets added later are for the
	// nodes of ModeNodes only: EKS keeps the control plane and Auto Mode in the first ones.
	SubnetIDs pulumi.StringArrayInput
	// Egress are the gateways and routes of the network that nodes need to reach the
	// internet.
	Egress   []pulumi.Resource
	Endpoint arguments.Endpoint
	// SecretsKeyARN is a KMS key for the envelope encryption of Secrets, or nil for AWS's
	// own key. It can be added later, but neither changed nor removed.
	SecretsKeyARN pulumi.StringInput
	// LogTypes are the control plane logs to keep: api, audit, authenticator,
	// controllerManager, scheduler.
	LogTypes []string
	// WorkloadLogs sends the logs of all containers, and of the nodes' own services, to
	// CloudWatch Logs. Its pods run on every node, and a gigabyte of logs is paid for.
	WorkloadLogs arguments.Switch
	// LogRetentionDays is how long logs are kept.
	LogRetentionDays int
	// LogsKeyARN is a KMS key that CloudWatch Logs may use, or nil for AWS's own key.
	LogsKeyARN pulumi.StringInput
	// Admins are ARNs of the IAM roles and users with all rights in the cluster. The
	// identity that runs the program must be one of them: EKS grants the creator no rights.
	Admins []string
	// Login is the identity with which the program connects to the cluster.
	Login Login
	// Nodes are the nodes of a cluster in mode nodes, and nil in mode auto.
	Nodes *NodesArgs
	// Architecture of the nodes of a cluster in mode auto; empty in mode nodes, where the
	// instance types say it.
	Architecture sizes.Architecture
	// Pools are further nodes, each for the pods that select and tolerate them.
	Pools []PoolArgs
	// AddonVersions pins the versions of add-ons by name. Others get the version that AWS
	// recommends for Version, and keep it until Version changes.
	AddonVersions map[string]string
	Volumes       Volumes
	// Data that is protected refuses every plan that deletes or replaces the cluster.
	Data data.Held
	Tags Tags
}

// Cluster is an EKS cluster with nodes, add-ons and a default StorageClass.
type Cluster struct {
	pulumi.ResourceState

	// Name of the cluster. Resources that take it as an input are created after the
	// cluster.
	Name pulumi.StringOutput
	// Identifier distinguishes the cluster from others and is known before it exists.
	Identifier string
	// Endpoint is the URL of the API server.
	Endpoint pulumi.StringOutput
	// CertificateAuthority is the API server's, PEM in base64.
	CertificateAuthority pulumi.StringOutput
	// SecurityGroupID is the security group of nodes and pods.
	SecurityGroupID pulumi.StringOutput
	// Kubeconfig holds no secret: the client runs the aws command when it needs a token.
	Kubeconfig pulumi.StringOutput
	// Provider is the provider of the objects in the cluster. It waits for nodes and
	// add-ons.
	Provider *kubernetes.Provider
	// Ready are the egress, nodes, add-ons and access entries that pods and objects need.
	// They must exist before the pods, and outlive them.
	Ready []pulumi.Resource
	// StorageClass is the name of the default StorageClass.
	StorageClass pulumi.StringOutput

	args *ClusterArgs
	eks  *awseks.Cluster
	// plannedName is Name for what is created before the cluster or beside it.
	plannedName pulumi.StringOutput
	// nodes are the node groups, in mode nodes.
	nodes []*nodeGroup
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
		return component.DataOr(args.Data, pulumi.Map{
			"name":                 c.Name,
			"endpoint":             c.Endpoint,
			"certificateAuthority": c.CertificateAuthority,
			"securityGroupId":      c.SecurityGroupID,
			"kubeconfig":           c.Kubeconfig,
			"storageClass":         c.StorageClass,
		}), nil
	}, opts...)
}

func (a *ClusterArgs) identifier() string {
	return names.Fit(limits.MaxClusterName-random.SuffixLength, a.Name)
}

// newCompute registers nodes and add-ons.
func (c *Cluster) newCompute(ctx *pulumi.Context, name string) error {
	if c.args.Mode == arguments.ModeAuto {
		// Their pods start the first node, which pulls their images.
		return c.newAddonsWithoutWait(ctx, name, slices.Concat([]pulumi.Resource{c.eks}, c.args.Egress))
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

// newProvider registers the provider of the objects in the cluster.
func (c *Cluster) newProvider(ctx *pulumi.Context, name string) error {
	c.Kubeconfig = c.kubeconfig()
	provider, err := clusters.NewProvider(ctx, name, c.Identifier, c.Kubeconfig, c.Ready, c)
	c.Provider = provider
	return err
}

// newObjects registers the objects that belong to the cluster rather than to an environment
// in it.
func (c *Cluster) newObjects(ctx *pulumi.Context, name string) error {
	if err := c.newStorageClass(ctx, name); err != nil {
		return err
	}
	if c.args.Mode == arguments.ModeAuto {
		if err := c.newNodePools(ctx, name); err != nil {
			return err
		}
		return c.enforceNetworkPolicies(ctx, name)
	}
	return c.newAutoscaler(ctx, name)
}
