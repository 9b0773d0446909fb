package gcp

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ClusterMode says who looks after the nodes.
type ClusterMode string

// In Autopilot Google adds and removes nodes, and pods are what is paid for. With nodes
// of its own a cluster takes pods that Autopilot refuses, such as privileged ones. The
// mode is for life: a change replaces the cluster.
const (
	ModeAuto  ClusterMode = "auto"
	ModeNodes ClusterMode = "nodes"
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
	// Zones are where nodes stand in mode nodes; empty in mode auto.
	Zones []string
	// Version of Kubernetes to start with, for instance 1.33; the release channel then
	// moves it on.
	Version string
	Mode    ClusterMode
	// NetworkID, SubnetID, PodsRange and ServicesRange are the network's.
	NetworkID     pulumi.StringInput
	SubnetID      pulumi.StringInput
	PodsRange     pulumi.StringInput
	ServicesRange pulumi.StringInput
	// EndpointSubnetID is where the control plane's private endpoint stands.
	EndpointSubnetID pulumi.StringInput
	// Egress is what nodes need to reach the world outside: the network's.
	Egress   []pulumi.Resource
	Endpoint Endpoint
	// SecretsKeyID is a key that encrypts Secrets before they are stored, or nil for
	// Google's own encryption. Google's service gke must be one of its users.
	SecretsKeyID   pulumi.StringInput
	ReleaseChannel ReleaseChannel
	// Maintenance is when Google may change versions.
	Maintenance Maintenance
	// Admins may do everything in the cluster: user:…, group:… or serviceAccount:….
	// Whoever runs the program is one of them.
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
	// WorkloadPool is where the identities of pods live.
	WorkloadPool string
	// StorageClass is the name of the cluster's default class.
	StorageClass pulumi.StringOutput
}
