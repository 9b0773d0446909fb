package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/container"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
)

// ReleaseChannel says how early the versions of Kubernetes are that Google moves the
// cluster on to.
type ReleaseChannel string

// Versions come to stable two to three months after regular.
const (
	ChannelRapid   ReleaseChannel = "rapid"
	ChannelRegular ReleaseChannel = "regular"
	ChannelStable  ReleaseChannel = "stable"
)

// ClusterArgs describes a GKE cluster whose control plane stands in every zone of its
// region.
type ClusterArgs struct {
	// Name is the cluster's name. One that is longer than 40 characters is cut.
	Name    string
	Project string
	Region  string
	// Zones are where nodes stand in mode nodes; without them Google takes three of the
	// region. Empty in mode auto.
	Zones []string
	// Version of Kubernetes to start with, for instance 1.35; the release channel then
	// moves it on.
	Version string
	Mode    arguments.ClusterMode
	// NetworkID, SubnetID, PodsRange and ServicesRange are the network's.
	NetworkID     pulumi.StringInput
	SubnetID      pulumi.StringInput
	PodsRange     pulumi.StringInput
	ServicesRange pulumi.StringInput
	// EndpointSubnetID is where the control plane's private endpoint stands.
	EndpointSubnetID pulumi.StringInput
	// Egress is what nodes need to reach the world outside: the network's.
	Egress   []pulumi.Resource
	Endpoint arguments.Endpoint
	// SecretsKeyID is a key that encrypts Secrets before they are stored, or nil for
	// Google's own encryption. Google's service gke must be one of its users. A cluster
	// that was made without one does not begin to use one; it can get another one, and
	// lose it.
	SecretsKeyID   pulumi.StringInput
	ReleaseChannel ReleaseChannel
	// LogTypes are the logs of the control plane to keep: api-server, scheduler,
	// controller-manager. Those of pods and nodes are always kept.
	LogTypes []string
	// Maintenance is when Google may change versions.
	Maintenance Maintenance
	// Admins may do everything in the cluster: user:…, group:… or serviceAccount:….
	// Groups are members of the group gke-security-groups of their domain, which is how
	// Kubernetes learns of them. Whoever runs the program is not one of them by need: the
	// role roles/container.admin lets it in.
	Admins []string
	// Nodes are the nodes of a cluster in mode nodes, and nil in mode auto.
	Nodes   *NodesArgs
	Volumes Volumes
	// Protect refuses every plan that deletes or replaces the cluster, and lets Google
	// refuse it too.
	Protect bool
	Labels  Labels
}

// Cluster is a GKE cluster with all that pods need.
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
	// Kubeconfig holds no secret: gke-gcloud-auth-plugin fetches a token when one is
	// needed.
	Kubeconfig pulumi.StringOutput
	// Provider makes objects in the cluster, once nodes are there.
	Provider *kubernetes.Provider
	// Ready is what pods and objects wait for, and are gone before it goes: nodes, and
	// the right to enter.
	Ready []pulumi.Resource
	// NodeServiceAccount is the e-mail address of whom the nodes act as.
	NodeServiceAccount pulumi.StringOutput
	// WorkloadPool is where the identities of pods live; what waits for it is made after
	// the cluster.
	WorkloadPool pulumi.StringOutput
	// StorageClass is the name of the cluster's default class.
	StorageClass pulumi.StringOutput

	args  *ClusterArgs
	nodes *account
	gke   *container.Cluster
}

// NewCluster registers a cluster, its nodes and who may enter.
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
		return pulumi.Map{
			"name":                 c.Name,
			"endpoint":             c.Endpoint,
			"certificateAuthority": c.CertificateAuthority,
			"kubeconfig":           c.Kubeconfig,
			"nodeServiceAccount":   c.NodeServiceAccount,
			"workloadPool":         c.WorkloadPool,
			"storageClass":         c.StorageClass,
		}, nil
	}, opts...)
}

// name is the cluster's name in its region.
func (a *ClusterArgs) name() string {
	return names.Fit(limits.MaxClusterName, a.Name)
}

// identifier is the cluster's name among all of Google's.
func (a *ClusterArgs) identifier() string {
	return fmt.Sprintf("projects/%s/locations/%s/clusters/%s", a.Project, a.Region, a.name())
}

// newProvider makes the one provider of the cluster's objects.
func (c *Cluster) newProvider(ctx *pulumi.Context, name string) error {
	c.Kubeconfig = c.kubeconfig()
	provider, err := clusters.NewProvider(ctx, name, c.Identifier, c.Kubeconfig, c.Ready, c)
	c.Provider = provider
	return err
}

// inside is how an object of the cluster itself is made.
func (c *Cluster) objectOptions() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(c.Provider)}
}
