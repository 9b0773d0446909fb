package app

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// egress lists what the app's pods may connect to: what the configuration allows, the data
// services outside of the cluster, the object storage of the environment's buckets, the Kubernetes API if pods have a
// token for it, and the addresses of the cloud's credentials if the pods have rights on the cloud.
func egress(environment *spec.Environment, platform Platform) []kubernetes.EgressRule {
	var rules []kubernetes.EgressRule
	for _, rule := range environment.Namespace.Egress {
		rules = append(rules, kubernetes.EgressRule{CIDRs: rule.CIDRs, Ports: rule.Ports})
	}
	if ports := platform.ports(); len(ports) > 0 {
		rules = append(rules, kubernetes.EgressRule{CIDRs: cidr.PrivateRanges(), Ports: ports})
	}
	rules = append(rules, externalServices(environment)...)
	if platform.Static.inBucket() || platform.Media.inBucket() || environment.Database.Import != nil {
		// The addresses of object storage change.
		rules = append(rules, kubernetes.EgressRule{CIDRs: everywhere(), Ports: []int{443}})
	}
	if environment.UsesKubernetesAPI() {
		rules = append(rules, kubernetes.EgressRule{CIDRs: everywhere(), Ports: apiServer()})
	}
	if platform.ServiceAccount != "" {
		rules = append(rules, platform.Credentials...)
	}
	return rules
}

// apiServer are the ports of the Kubernetes API: that of its Service, and that of most servers behind it, which many
// networks hold their policies against.
func apiServer() []int { return []int{443, 6443} }

func everywhere() []string { return []string{"0.0.0.0/0", "::/0"} }

func (f *Files) inBucket() bool { return f != nil && f.Bucket != nil }

// ports lists the ports of the managed servers. Their addresses are private and known only
// once they exist, and change when they fail over.
func (p Platform) ports() []int {
	var ports []int
	if p.Database != nil {
		ports = append(ports, p.Database.Port)
	}
	if p.Cache != nil {
		ports = append(ports, p.Cache.Port)
	}
	if p.Broker != nil && (p.Cache == nil || p.Broker.Port != p.Cache.Port) {
		ports = append(ports, p.Broker.Port)
	}
	if p.Queue != nil {
		ports = append(ports, p.Queue.Port)
	}
	if p.SearchURL != nil {
		ports = append(ports, 443)
	}
	return ports
}

// externalServices lists the servers that the configuration names.
func externalServices(environment *spec.Environment) []kubernetes.EgressRule {
	var rules []kubernetes.EgressRule
	for _, server := range environment.ExternalServers() {
		rules = append(rules, toServers(server.Port, append([]string{server.Host}, server.Replicas...)...)...)
	}
	return rules
}

// toServers allows the connections to a port of servers. A NetworkPolicy knows addresses only,
// so a server with a host name opens its port to every address, and that of a Service to every
// pod.
func toServers(port int, hosts ...string) []kubernetes.EgressRule {
	var rules []kubernetes.EgressRule
	for _, host := range hosts {
		address, err := netip.ParseAddr(host)
		if err != nil {
			return append(rules, kubernetes.EgressRule{CIDRs: everywhere(), Pods: slices.ContainsFunc(hosts, isService), Ports: []int{port}})
		}
		only := netip.PrefixFrom(address, address.BitLen())
		rules = append(rules, kubernetes.EgressRule{CIDRs: []string{only.String()}, Ports: []int{port}})
	}
	return rules
}

// isService reports whether a host is the name of a Service in the cluster: db, db.data.svc or
// db.data.svc.cluster.local.
func isService(host string) bool {
	labels := strings.Split(host, ".")
	return len(labels) == 1 || slices.Contains(labels[1:], "svc")
}
