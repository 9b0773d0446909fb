package spec

// Cluster is the Kubernetes cluster of the environment.
type Cluster struct {
	Origin
	// The context of the kubeconfig; required with source existing, since the current context is never used.
	Context string `json:"context,omitempty" jsonschema:"minLength=1"`
	// Path of the kubeconfig file; with source existing.
	Kubeconfig string `json:"kubeconfig,omitempty" jsonschema:"minLength=1" default:"the KUBECONFIG variable, then ~/.kube/config"`
	// Version of Kubernetes; with source create.
	Version string `json:"version,omitempty" jsonschema:"pattern=^1\\.[0-9]{2}$"`
	// auto: the cloud adds nodes as pods need them; nodes: cluster.nodes configures a group of nodes; with source create. A cluster on AWS can change from nodes to auto, but not back; on Google Cloud a change replaces the cluster.
	Mode ClusterMode `json:"mode,omitempty" jsonschema:"enum=auto,enum=nodes"`
	// Processor architecture of the nodes, and so of the app's images: arm64 nodes are Graviton on AWS, and Tau T2A on Google Cloud, which has them in asia-southeast1, europe-west4 and us-central1. Every pod of the environment runs on such nodes; on Autopilot those of the app do, with at least 250m of CPU and 1Gi of memory each. A PostgreSQL in the cluster keeps the architecture that its volume was created with; with source create.
	Architecture Architecture `json:"architecture,omitempty" jsonschema:"enum=amd64,enum=arm64"`
	// Access to the Kubernetes API; with source create.
	Endpoint Endpoint `json:"endpoint,omitempty"`
	// The nodes; with mode nodes.
	Nodes Nodes `json:"nodes,omitempty"`
	// Further groups of nodes, for the processes that name one of them in nodePool. No other pod of the environment runs there; with source create, and on Google Cloud with mode nodes.
	NodePools []NodePool `json:"nodePools,omitempty"`
	// Whether the logs of all containers, in every namespace, are sent to the cloud: on AWS to CloudWatch Logs, by two pods on each node, and kept for a year in production; on Google Cloud to Cloud Logging. They cost by the gigabyte, on Google Cloud above 50 GiB a month; with source create.
	WorkloadLogs Switch `json:"workloadLogs,omitempty" jsonschema:"enum=on,enum=off"`
	// What the stack installs in the cluster, before what uses it, and removes after it; nothing when left out. The cluster has metrics-server already, and on Google Cloud a Gateway controller; with source create.
	Charts Charts `json:"charts,omitempty"`
}

// ClusterMode says who manages the nodes.
type ClusterMode string

// With AutoMode the cloud adds nodes as pods need them. With NodesMode the environment
// configures a group of nodes.
const (
	AutoMode  ClusterMode = "auto"
	NodesMode ClusterMode = "nodes"
)

// Endpoint is how the Kubernetes API can be reached.
type Endpoint struct {
	// private: from the network only; public: also from allowedCIDRs.
	Access string `json:"access,omitempty" jsonschema:"enum=private,enum=public"`
	// Address ranges that may reach a public API.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true" default:"everyone in staging; required in production"`
}

// Nodes are the nodes of a cluster in mode nodes.
type Nodes struct {
	// vCPUs of one node.
	CPU int `json:"cpu,omitempty" jsonschema:"enum=2,enum=4,enum=8,enum=16"`
	// Memory of one node.
	Memory Quantity `json:"memory,omitempty"`
	// Lowest number of nodes.
	Min int `json:"min,omitempty" jsonschema:"minimum=1,maximum=100"`
	// Highest number of nodes.
	Max int `json:"max,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// spot nodes are cheaper, but the cloud can reclaim them at any time.
	Capacity string `json:"capacity,omitempty" jsonschema:"enum=on-demand,enum=spot"`
	// Disk of one node.
	Disk Quantity `json:"disk,omitempty"`
}
