package spec

import (
	"net/netip"
	"strings"

	"github.com/djangostack/djangostack/components/aws/limits"
)

// checkAWS reports values that AWS refuses.
func (e *Environment) checkAWS(problems *Problems) {
	if e.Cloud != AWSCloud || e.AWS == nil {
		return
	}
	if region := e.AWS.Region; strings.HasPrefix(region, "cn-") || strings.HasPrefix(region, "us-gov-") {
		problems.add("aws.region", region, "belongs to a partition of AWS without us-east-1, where CloudFront looks for certificates")
	}
	letters := zoneLetters(e.AWS.Region)
	if len(e.AWS.Zones) == 0 && e.Network.Zones > len(letters) {
		problems.add("network.zones", e.Network.Zones, "may be at most %d in %s, unless aws.zones names the zones of your account", len(letters), e.AWS.Region)
	}
	e.checkTags(problems)
	e.checkAssumeRole(problems)
	e.checkEKSEndpoint(problems)
	if e.Cluster.Mode == NodesMode {
		e.checkEKSNodes(problems)
	}
}

// checkEKSEndpoint reports reserved addresses, which EKS does not accept for its public endpoint
// (https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html).
func (e *Environment) checkEKSEndpoint(problems *Problems) {
	allowed := e.Cluster.Endpoint.AllowedCIDRs
	if len(allowed) > limits.MaxEndpointCIDRs {
		problems.add("cluster.endpoint.allowedCIDRs", len(allowed), "may be at most %d blocks on AWS", limits.MaxEndpointCIDRs)
	}
	for i, block := range allowed {
		if parsed, err := netip.ParsePrefix(block); err == nil && parsed.Addr().IsPrivate() {
			problems.add(indexed("cluster.endpoint.allowedCIDRs", i), block, "is of private addresses, which AWS refuses here: they reach the API by its private side")
		}
	}
}

func (e *Environment) checkEKSNodes(problems *Problems) {
	nodes := e.Cluster.Nodes
	if nodes.Max > limits.MaxNodes {
		problems.add("cluster.nodes.max", nodes.Max, "may be at most %d on AWS", limits.MaxNodes)
	}
	if _, err := limits.InstanceType(e.Cluster.Architecture, nodes.CPU, string(nodes.Memory)); err != nil {
		problems.add("cluster.nodes.memory", string(nodes.Memory), "%v", err)
	}
	if disk := gibibytes(nodes.Disk); disk < limits.MinNodeDiskGiB || disk > limits.MaxNodeDiskGiB {
		problems.add("cluster.nodes.disk", string(nodes.Disk), "must be from %dGi to %dGi on AWS", limits.MinNodeDiskGiB, limits.MaxNodeDiskGiB)
	}
}

// ZoneLetters returns the last letters of the availability zones on AWS: aws.zones, or the
// first zones of the region, as many as network.zones.
func (e *Environment) ZoneLetters() []string {
	if len(e.AWS.Zones) > 0 {
		return e.AWS.Zones
	}
	letters := strings.Split(zoneLetters(e.AWS.Region), "")
	return letters[:min(e.Network.Zones, len(letters))]
}

// zoneLetters are the first zones of a region that a new account may use: they are a, b
// and c, but for these regions
// (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
func zoneLetters(region string) string {
	switch region {
	case "ap-northeast-1":
		return "acd"
	case "ca-central-1":
		return "abd"
	case "us-west-1":
		return "ac"
	default:
		return "abc"
	}
}
