package cluster

// These addresses exist only in the cluster's network namespace, so all clusters on a machine can use the same ones.
const (
	// ContextName names the cluster, the user and the context in the administrator's kubeconfig.
	ContextName = "djangostack-local"
	// NodeName is the name of the only node.
	NodeName = "djangostack-local"
	// NodeAddress is the node's internal address.
	NodeAddress = "10.32.0.1"
	// APIAddress is the host and port of the API server inside the namespace.
	APIAddress = NodeAddress + ":6443"
	// EtcdAddress is the host and port of etcd inside the namespace.
	EtcdAddress = "127.0.0.1:2379"
	// ServiceRange is the CIDR range of Service addresses.
	ServiceRange = "10.96.0.0/16"
	// APIService is the address of the Service kubernetes: Kubernetes uses the first address of ServiceRange.
	APIService = "10.96.0.1"
	// DNSService is the address of the Service kube-dns, written to every pod's resolv.conf.
	DNSService = "10.96.0.10"
	// Domain is the cluster's DNS domain.
	Domain = "cluster.local"
	// PodRange is the CIDR range of pod addresses. The only node uses the whole range.
	PodRange = "10.244.0.0/16"
	// MetricsPort is the port of metrics-server on the node's address.
	MetricsPort = 4443
	// PauseImage is the image of the container that holds each pod's namespaces. The node builds it when it starts.
	PauseImage = "djangostack.local/pause:1"
	// RuntimeSocket is containerd's socket inside the namespace.
	RuntimeSocket = "/run/containerd/containerd.sock"
	// VolumeDir is the directory of dynamic volumes inside the namespace. Each volume is a subdirectory.
	VolumeDir = "/var/lib/djangostack/volumes"
	// StorageProvisioner is the provisioner's name in the default StorageClass.
	StorageProvisioner = "djangostack.local/volumes"
)
