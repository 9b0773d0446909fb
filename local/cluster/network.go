package cluster

// The addresses below exist in the cluster's own network namespace only. They can be the same for every cluster on a machine.
const (
	// ContextName names the cluster, the user and the context in the administrator's kubeconfig.
	ContextName = "djangostack-local"
	// NodeName is the name of the only node.
	NodeName = "djangostack-local"
	// NodeAddress is the node's internal address.
	NodeAddress = "10.32.0.1"
	// APIAddress is where the API server listens inside the namespace.
	APIAddress = NodeAddress + ":6443"
	// EtcdAddress is where etcd listens inside the namespace.
	EtcdAddress = "127.0.0.1:2379"
	// ServiceRange holds the addresses of Services.
	ServiceRange = "10.96.0.0/16"
	// APIService is the first address of ServiceRange, which Kubernetes gives to the Service kubernetes.
	APIService = "10.96.0.1"
	// DNSService is the address of the Service kube-dns, written to every pod's resolv.conf.
	DNSService = "10.96.0.10"
	// Domain is the cluster's DNS domain.
	Domain = "cluster.local"
	// PodRange holds the addresses of pods; the only node uses all of it.
	PodRange = "10.244.0.0/16"
	// MetricsPort is where metrics-server listens on the node's address.
	MetricsPort = 4443
	// PauseImage holds each pod's namespaces. It is built on this machine.
	PauseImage = "djangostack.local/pause:1"
	// RuntimeSocket is containerd's socket inside the namespace.
	RuntimeSocket = "/run/containerd/containerd.sock"
	// VolumeDir holds dynamic volumes, one directory each, as seen inside the namespace.
	VolumeDir = "/var/lib/djangostack/volumes"
	// StorageProvisioner is the provisioner's name in the default StorageClass.
	StorageProvisioner = "djangostack.local/volumes"
)
