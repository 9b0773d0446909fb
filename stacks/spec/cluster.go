package spec

// Cluster is the Kubernetes cluster of the environment.
type Cluster struct {
	Origin
	// The context of the kubeconfig; required with source existing, since the current context is never used.
	Context string `json:"context,omitempty" jsonschema:"minLength=1"`
	// Path of the kubeconfig file; with source existing.
	Kubeconfig string `json:"kubeconfig,omitempty" jsonschema:"minLength=1" default:"the KUBECONFIG variable, then ~/.kube/config"`
	// Version of Kubernetes; on a cloud.
	Version string `json:"version,omitempty" jsonschema:"pattern=^1\\.[0-9]{2}$"`
	// auto: the cloud brings nodes as pods need them; nodes: groups that nodes describes; on a cloud. A cluster on AWS can go from nodes to auto, and not back; on Google Cloud another mode is another cluster.
	Mode ClusterMode `json:"mode,omitempty" jsonschema:"enum=auto,enum=nodes"`
	// From where the cluster's API is reached; on a cloud.
	Endpoint Endpoint `json:"endpoint,omitempty"`
	// The nodes; with mode nodes.
	Nodes Nodes `json:"nodes,omitempty"`
}

// ClusterMode says who looks after the nodes.
type ClusterMode string

// Auto clusters bring nodes as pods need them; the nodes of Nodes clusters are
// groups that the environment describes.
const (
	AutoMode  ClusterMode = "auto"
	NodesMode ClusterMode = "nodes"
)

// Endpoint says from where the cluster's API is reached.
type Endpoint struct {
	// private: from inside the network only; public: also from the allowed addresses.
	Access string `json:"access,omitempty" jsonschema:"enum=private,enum=public"`
	// Addresses that may reach a public API.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true" default:"everyone in staging; required in production"`
}

// Nodes are the nodes of a cluster in mode nodes.
type Nodes struct {
	// CPUs of one node.
	CPU int `json:"cpu,omitempty" jsonschema:"enum=2,enum=4,enum=8,enum=16"`
	// Memory of one node.
	Memory Quantity `json:"memory,omitempty"`
	// Nodes at least.
	Min int `json:"min,omitempty" jsonschema:"minimum=1,maximum=100"`
	// Nodes at most.
	Max int `json:"max,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// spot nodes are cheap and can be taken away at any time.
	Capacity string `json:"capacity,omitempty" jsonschema:"enum=on-demand,enum=spot"`
	// Disk of one node.
	Disk Quantity `json:"disk,omitempty"`
}
