package spec

import (
	"net/netip"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/aws/limits"
)

var principalARN = regexp.MustCompile(limits.PrincipalARN)

func (e *Environment) checkCloud(problems *Problems) {
	e.checkSources(problems)
	if e.Cluster.Source == SourceExisting && e.Cluster.Context == "" {
		problems.add("cluster.context", nil, "is required with cluster.source existing: a context of your kubeconfig")
	}
	if e.Cloud == AWSCloud && e.AWS == nil {
		problems.add("aws", nil, "is required with cloud aws: at least aws.region and aws.admins")
	}
	if e.Cloud == GCPCloud && e.GCP == nil {
		problems.add("gcp", nil, "is required with cloud gcp: at least gcp.project and gcp.region")
	}
	e.checkAdmins(problems)
	e.checkGCP(problems)
	e.checkAWS(problems)
	if e.HasCloud() {
		e.checkNetwork(problems)
		e.checkCluster(problems)
		e.checkOwnCluster(problems)
		e.checkDNS(problems)
		return
	}
	for path, kind := range map[string]Kind{"database.kind": e.Database.Kind, "cache.kind": e.Cache.Kind, "broker.kind": e.Broker.Kind} {
		if kind == Managed {
			problems.add(path, string(kind), "needs a cloud; with cloud none: in-cluster or external")
		}
	}
	if e.Static.Store == StaticInBucket {
		problems.add("static.store", string(StaticInBucket), "needs a cloud; with cloud none: pod, volume or image")
	}
	if e.Media.Store == "bucket" {
		problems.add("media.store", "bucket", "needs a cloud")
	}
}

func (e *Environment) checkNetwork(problems *Problems) {
	network, err := netip.ParsePrefix(e.Network.CIDR)
	if err != nil {
		problems.add("network.cidr", e.Network.CIDR, "is not a block of addresses such as 10.0.0.0/16")
		return
	}
	checkBegin(problems, "network.cidr", network)
	if !network.Addr().IsPrivate() {
		problems.add("network.cidr", e.Network.CIDR, "must be of private addresses: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
	}
	if e.AWS != nil && len(e.AWS.Zones) > 0 && len(e.AWS.Zones) != e.Network.Zones {
		problems.add("aws.zones", strings.Join(e.AWS.Zones, ", "), "names %d zones, but network.zones is %d", len(e.AWS.Zones), e.Network.Zones)
	}
}

// oldestCluster is the oldest minor version that EKS or GKE still runs, with extended support
// (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
const oldestCluster = 31

func (e *Environment) checkCluster(problems *Problems) {
	if e.CreatesCluster() && strings.HasPrefix(e.Cluster.Version, "1.") && e.minor() < oldestCluster {
		problems.add("cluster.version", e.Cluster.Version, "must be 1.%d or later: no cloud creates a cluster of an older version", oldestCluster)
	}
	endpoint := e.Cluster.Endpoint
	if endpoint.Access == "public" && len(endpoint.AllowedCIDRs) == 0 && e.Tier == Production {
		problems.add("cluster.endpoint.allowedCIDRs", nil, "is required in production: who may reach the cluster's API; or set cluster.endpoint.access to private")
	}
	for i, block := range endpoint.AllowedCIDRs {
		path := indexed("cluster.endpoint.allowedCIDRs", i)
		parsed, err := netip.ParsePrefix(block)
		if err != nil {
			problems.add(path, block, "is not a block of addresses such as 203.0.113.0/24")
			continue
		}
		checkBegin(problems, path, parsed)
		if parsed.Bits() == 0 && e.Tier == Production {
			problems.add(path, block, "lets anyone reach the cluster's API, which production may not")
		}
	}
	for i, block := range e.LoadBalancer.AllowedCIDRs {
		path := indexed("loadBalancer.allowedCIDRs", i)
		parsed, err := netip.ParsePrefix(block)
		if err != nil {
			problems.add(path, block, "is not a block of addresses such as 203.0.113.0/24")
			continue
		}
		checkBegin(problems, path, parsed)
	}
	if e.Cluster.Nodes.Min > e.Cluster.Nodes.Max {
		problems.add("cluster.nodes.min", e.Cluster.Nodes.Min, "may not be above cluster.nodes.max, which is %d", e.Cluster.Nodes.Max)
	}
	managed := e.Database.Managed
	if managed.MaxStorage == "" {
		return
	}
	least, err := resource.ParseQuantity(string(managed.Storage))
	most, errMost := resource.ParseQuantity(string(managed.MaxStorage))
	if err == nil && errMost == nil && most.Cmp(least) < 0 {
		problems.add("database.managed.maxStorage", string(managed.MaxStorage), "may not be below database.managed.storage, which is %s", managed.Storage)
	}
}

// checkOwnCluster reports a namespace that a new cluster cannot have, and a second load
// balancer.
func (e *Environment) checkOwnCluster(problems *Problems) {
	if e.Namespace.Source == SourceExisting && e.Namespace.Name != "default" {
		problems.add("namespace.source", string(SourceExisting), "must be create, because a cluster that the stack creates has no namespace %s yet", e.Namespace.Name)
	}
	e.checkCharts(problems)
	if e.Web.Service.Type == "LoadBalancer" {
		problems.add("web.service.type", e.Web.Service.Type, "must be ClusterIP or NodePort, because the environment already has a load balancer")
	}
}

// checkBegin requires the first address of a block, as the providers of both clouds do.
func checkBegin(problems *Problems, path string, block netip.Prefix) {
	if block.Masked() != block {
		problems.add(path, block.String(), "begins inside its block; the block is %s", block.Masked())
	}
}

// checkAdmins requires the roles and users themselves. The usual mistake is the name of a
// session, as aws sts get-caller-identity prints it.
func (e *Environment) checkAdmins(problems *Problems) {
	if e.AWS == nil {
		return
	}
	for i, admin := range e.AWS.Admins {
		if !principalARN.MatchString(admin) {
			problems.add(indexed("aws.admins", i), admin, "must be the ARN of an IAM role or user, for instance arn:aws:iam::123456789012:role/deployer")
		}
	}
}
