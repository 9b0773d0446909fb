package node

import (
	"strconv"

	"github.com/djangostack/djangostack/local/cluster"
	"github.com/djangostack/djangostack/local/pki"
)

const home = cluster.NodeHome

func containerd() service {
	return service{name: "containerd", command: []string{"containerd", "--config", home.Path("config", "containerd.toml"), "--log-level", "warn"}}
}

func etcd() service {
	return component("etcd",
		"--name="+cluster.NodeName,
		"--data-dir="+home.Path("etcd"),
		"--listen-client-urls=https://"+cluster.EtcdAddress,
		"--advertise-client-urls=https://"+cluster.EtcdAddress,
		"--listen-peer-urls=http://127.0.0.1:2380",
		"--initial-advertise-peer-urls=http://127.0.0.1:2380",
		"--initial-cluster="+cluster.NodeName+"=http://127.0.0.1:2380",
		"--cert-file="+home.Cert("etcd"),
		"--key-file="+home.Key("etcd"),
		"--client-cert-auth",
		"--trusted-ca-file="+home.Cert("ca"),
		"--log-level=warn",
		// Only a power failure of the machine can lose data, not a killed process. A development cluster can be recreated, and
		// it starts several seconds faster on slow disks.
		"--unsafe-no-fsync",
	)
}

func apiServer() service {
	return component("kube-apiserver",
		"--advertise-address="+cluster.NodeAddress,
		"--allow-privileged",
		"--authorization-mode=Node,RBAC",
		"--client-ca-file="+home.Cert("ca"),
		"--enable-admission-plugins=NodeRestriction",
		// The endpoint of metrics-server is the node's address, because it is a process of the node and not a pod.
		"--enable-aggregator-routing",
		"--etcd-servers=https://"+cluster.EtcdAddress,
		"--etcd-cafile="+home.Cert("ca"),
		"--etcd-certfile="+home.Cert("apiserver-etcd-client"),
		"--etcd-keyfile="+home.Key("apiserver-etcd-client"),
		"--kubelet-certificate-authority="+home.Cert("ca"),
		"--kubelet-client-certificate="+home.Cert("apiserver-kubelet-client"),
		"--kubelet-client-key="+home.Key("apiserver-kubelet-client"),
		"--kubelet-preferred-address-types=InternalIP",
		"--proxy-client-cert-file="+home.Cert("front-proxy-client"),
		"--proxy-client-key-file="+home.Key("front-proxy-client"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-client-ca-file="+home.Cert("front-proxy-ca"),
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
		"--secure-port=6443",
		"--service-account-issuer=https://kubernetes.default.svc."+cluster.Domain,
		"--service-account-key-file="+home.Key(pki.ServiceAccountKey),
		"--service-account-signing-key-file="+home.Key(pki.ServiceAccountKey),
		"--service-cluster-ip-range="+cluster.ServiceRange,
		"--tls-cert-file="+home.Cert("kube-apiserver"),
		"--tls-private-key-file="+home.Key("kube-apiserver"),
		"--profiling=false",
	)
}

func controllerManager() service {
	const name = "kube-controller-manager"
	return component(name, append(controlPlaneFlags(name),
		"--cluster-cidr="+cluster.PodRange,
		"--cluster-signing-cert-file="+home.Cert("ca"),
		"--cluster-signing-key-file="+home.Key("ca"),
		"--root-ca-file="+home.Cert("ca"),
		"--service-account-private-key-file="+home.Key(pki.ServiceAccountKey),
		"--use-service-account-credentials",
		"--kube-api-qps=100",
		"--kube-api-burst=200",
	)...)
}

func scheduler() service {
	const name = "kube-scheduler"
	return component(name, controlPlaneFlags(name)...)
}

// controlPlaneFlags returns the flags that the controller manager and the scheduler share. Only one instance of each runs, so they
// need no leader election.
func controlPlaneFlags(name string) []string {
	config := home.ClientConfig(name)
	return []string{
		"--kubeconfig=" + config,
		"--authentication-kubeconfig=" + config,
		"--authorization-kubeconfig=" + config,
		"--bind-address=127.0.0.1",
		"--leader-elect=false",
		"--profiling=false",
	}
}

func kubelet() service {
	return component("kubelet",
		"--config="+home.Path("config", "kubelet.yaml"),
		"--kubeconfig="+home.ClientConfig("kubelet"),
		"--hostname-override="+cluster.NodeName,
		"--node-ip="+cluster.NodeAddress,
	)
}

func proxy() service {
	return component("kube-proxy", "--config="+home.Path("config", "kube-proxy.yaml"))
}

func dns() service {
	return component("coredns", home.Path("config", "Corefile"))
}

func storage() service {
	return component("storage", home.ClientConfig("storage"))
}

func networkPolicies() service {
	return component("network-policies", home.ClientConfig("network-policies"))
}

func metrics() service {
	const name = "metrics-server"
	config := home.ClientConfig(name)
	return component(name,
		"--kubeconfig="+config,
		"--authentication-kubeconfig="+config,
		"--authorization-kubeconfig="+config,
		"--bind-address="+cluster.NodeAddress,
		"--secure-port="+strconv.Itoa(cluster.MetricsPort),
		"--kubelet-preferred-address-types=InternalIP",
		// metrics-server requires at least 10 s, and the kubelet collects metrics every 10 to 15 s.
		"--metric-resolution=15s",
		"--tls-cert-file="+home.Cert("metrics-server-server"),
		"--tls-private-key-file="+home.Key("metrics-server-server"),
	)
}
