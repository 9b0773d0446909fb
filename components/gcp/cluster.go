package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
)

// ReleaseChannel says how early Google upgrades the cluster to new versions of Kubernetes.
type ReleaseChannel string

// Versions reach stable two to three months after regular.
const (
	ChannelRapid   ReleaseChannel = "rapid"
	ChannelRegular ReleaseChannel = "regular"
	ChannelStable  ReleaseChannel = "stable"
)

// ClusterArgs describes a regional GKE cluster.
type ClusterArgs struct {
	// Name of the cluster. A name of more than 40 characters is cut.
	Name    string
	Project string
	Region  string
	// Zones of the nodes in mode nodes; without them Google picks three of the region.
	// Empty in mode auto.
	Zones []string
	// Version of Kubernetes at first, for instance 1.35. The release channel upgrades it.
	Version string
	Mode    arguments.ClusterMode
	// NetworkID, SubnetID, PodsRange and ServicesRange are those of the network.
	NetworkID     pulumi.StringInput
	SubnetID      pulumi.StringInput
	PodsRange     pulumi.StringInput
	ServicesRange pulumi.StringInput
	// EndpointSubnetID is the subnet of the control plane's private endpoint.
	EndpointSubnetID pulumi.StringInput
	// Egress are the resources of the network that nodes need to reach the internet.
	Egress   []pulumi.Resource
	Endpoint arguments.Endpoint
	// SecretsKeyID is a KMS key for the encryption of Secrets, with the user UserGKE, or
	// nil for Google's own encryption. A cluster that was created without a key cannot get
	// one. With a key, it can get another one or lose it.
	SecretsKeyID   pulumi.StringInput
	ReleaseChannel ReleaseChannel
	// LogTypes are the control plane logs to keep: api-server, scheduler,
	// controller-manager. The logs of nodes and of Google's own pods are always kept.
	LogTypes []string
	// WorkloadLogs sends the logs of all other containers to Cloud Logging.
	WorkloadLogs arguments.Switch
	// Maintenance is when Google may upgrade the cluster.
	Maintenance Maintenance
	// Admins have all rights in the cluster: user:…, group:… or serviceAccount:…. Groups
	// must be members of the group gke-security-groups of their domain, through which
	// Kubernetes learns of them. The identity that runs the program need not be one of
	// them: its role roles/container.admin is enough.
	Admins []string
	// ImpersonateServiceAccount is the email of a service account with which clients connect to the cluster, or empty
	// for their own identity. It must be the identity of the Google Cloud provider.
	ImpersonateServiceAccount string
	// Nodes are the nodes of a cluster in mode nodes, and nil in mode auto.
	Nodes *NodesArgs
	// Pools are further nodes in mode nodes, each for the pods that select and tolerate them.
	Pools   []PoolArgs
	Volumes Volumes
	// Data that is protected refuses every plan that deletes or replaces the cluster, and
	// turns on the provider's deletion protection.
	Data   data.Held
	Labels Labels
}

// Cluster is a GKE cluster with nodes, administrators and a default StorageClass.
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
	// Kubeconfig holds no secret: the client runs gke-gcloud-auth-plugin when it needs a
	// token.
	Kubeconfig pulumi.StringOutput
	// Provider is the provider of the objects in the cluster. It waits for nodes.
	Provider *kubernetes.Provider
	// Ready are the egress, nodes and bindings that pods and objects need. They must exist
	// before the pods, and outlive them.
	Ready []pulumi.Resource
	// NodeServiceAccount is the e-mail address of the nodes' service account.
	NodeServiceAccount pulumi.StringOutput
	// WorkloadPool is the pool of the pods' identities. Resources that take it as an input
	// are created after the cluster.
	WorkloadPool pulumi.StringOutput
	// StorageClass is the name of the default StorageClass.
	StorageClass pulumi.StringOutput

	args  *ClusterArgs
	nodes *account
	gke   *container.Cluster
}

// NewCluster registers a cluster, its nodes and its administrators.
func NewCluster(ctx *pulumi.Context, name string, args *ClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	c := &Cluster{args: args, Identifier: args.identifier()}
	return component.New(ctx, "djangostack:gcp:Cluster", name, c, args.check, func() (pulumi.Map, error) {
		for _, step := range []func(*pulumi.Context, string) error{
			c.newNodeAccount,
			c.newControlPlane,
			c.newNodes,
			c.newProvider,
			c.newStorageClass,
			c.newAdmins,
		} {
			if err := step(ctx, name); err != nil {
				return nil, err
			}
		}
		return component.DataOr(args.Data, pulumi.Map{
			"name":                 c.Name,
			"endpoint":             c.Endpoint,
			"certificateAuthority": c.CertificateAuthority,
			"kubeconfig":           c.Kubeconfig,
			"nodeServiceAccount":   c.NodeServiceAccount,
			"workloadPool":         c.WorkloadPool,
			"storageClass":         c.StorageClass,
		}), nil
	}, opts...)
}

// name is the cluster's name in its region.
func (a *ClusterArgs) name() string {
	return names.Fit(limits.MaxClusterName, a.Name)
}

// identifier is the name of the cluster in all of Google Cloud.
func (a *ClusterArgs) identifier() string {
	return fmt.Sprintf("projects/%s/locations/%s/clusters/%s", a.Project, a.Region, a.name())
}

// newProvider registers the provider of the objects in the cluster.
func (c *Cluster) newProvider(ctx *pulumi.Context, name string) error {
	c.Kubeconfig = c.kubeconfig()
	provider, err := clusters.NewProvider(ctx, name, c.Identifier, c.Kubeconfig, c.Ready, c)
	c.Provider = provider
	return err
}

// objectOptions are the options of objects in the cluster.
func (c *Cluster) objectOptions() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(c.Provider)}
}
