package pki

import (
	"crypto/x509"

	certutil "k8s.io/client-go/util/cert"

	"github.com/djangostack/djangostack/local/cluster"
)

// certificate describes one leaf certificate. A server certificate lists the server's host names and IP addresses.
type certificate struct {
	name       string
	authority  string
	commonName string
	groups     []string
	dnsNames   []string
	addresses  []string
	server     bool
}

func (c certificate) config() certutil.Config {
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if c.server {
		usages = append(usages, x509.ExtKeyUsageServerAuth)
	}
	return certutil.Config{
		CommonName:   c.commonName,
		Organization: c.groups,
		AltNames:     certutil.AltNames{DNSNames: c.dnsNames, IPs: addresses(c.addresses...)},
		Usages:       usages,
	}
}

// users returns the client certificates of the components that get a kubeconfig. Kubernetes binds built-in roles to the
// common names of its components. The manifests in package node bind roles to the others.
func users() []certificate {
	user := func(component, commonName string, groups ...string) certificate {
		return certificate{name: component, authority: clusterAuthority, commonName: commonName, groups: groups}
	}
	return []certificate{
		user("admin", "djangostack:admin", "system:masters"),
		user("kube-controller-manager", "system:kube-controller-manager"),
		user("kube-scheduler", "system:kube-scheduler"),
		user("kube-proxy", "system:kube-proxy"),
		user("kubelet", "system:node:"+cluster.NodeName, "system:nodes"),
		user("coredns", "djangostack:coredns"),
		user("metrics-server", "djangostack:metrics-server"),
		user("storage", "djangostack:storage"),
		user("network-policies", "djangostack:network-policies"),
	}
}

func certificates() []certificate {
	server := func(name string, dnsNames, addresses []string) certificate {
		return certificate{name: name, authority: clusterAuthority, commonName: name, server: true, dnsNames: dnsNames, addresses: addresses}
	}
	return append(users(),
		server("kube-apiserver", []string{
			"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + cluster.Domain,
		}, []string{"127.0.0.1", cluster.NodeAddress, cluster.APIService}),
		server("etcd", []string{"localhost"}, []string{"127.0.0.1"}),
		server("kubelet-server", []string{cluster.NodeName}, []string{cluster.NodeAddress, "127.0.0.1"}),
		server("metrics-server-server", []string{"metrics-server.kube-system.svc"}, []string{cluster.NodeAddress}),
		certificate{name: "apiserver-kubelet-client", authority: clusterAuthority, commonName: "kube-apiserver-kubelet-client", groups: []string{"system:masters"}},
		certificate{name: "apiserver-etcd-client", authority: clusterAuthority, commonName: "kube-apiserver-etcd-client"},
		certificate{name: "front-proxy-client", authority: frontProxyAuthority, commonName: "front-proxy-client"},
	)
}
