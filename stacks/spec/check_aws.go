package spec

import (
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/stacks/aws/size"
)

// Limits of EKS that AWS sets at first, or for good
// (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).
const (
	eksMostEndpointBlocks = 40
	eksMostNodes          = 450
)

// The disks that a node's image fits on and that EBS makes of type gp3
// (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html).
const (
	awsSmallestNodeDisk = "20Gi"
	awsLargestNodeDisk  = "16Ti"
)

// checkAWS finds what AWS refuses.
func (e *Environment) checkAWS(problems *Problems) {
	if e.Cloud != AWSCloud || e.AWS == nil {
		return
	}
	if region := e.AWS.Region; strings.HasPrefix(region, "cn-") || strings.HasPrefix(region, "us-gov-") {
		problems.add("aws.region", region, "is of a part of AWS whose accounts do not reach us-east-1, where CloudFront looks for certificates")
	}
	letters := zoneLetters(e.AWS.Region)
	if len(e.AWS.Zones) == 0 && e.Network.Zones > len(letters) {
		problems.add("network.zones", e.Network.Zones, "may be at most %d in %s, unless aws.zones names the zones of your account", len(letters), e.AWS.Region)
	}
	e.checkEKSEndpoint(problems)
	if e.Cluster.Mode == NodesMode {
		e.checkEKSNodes(problems)
	}
}

// checkEKSEndpoint: EKS takes no reserved addresses for its public endpoint
// (https://docs.aws.amazon.com/eks/latest/userguide/config-cluster-endpoint.html).
func (e *Environment) checkEKSEndpoint(problems *Problems) {
	allowed := e.Cluster.Endpoint.AllowedCIDRs
	if len(allowed) > eksMostEndpointBlocks {
		problems.add("cluster.endpoint.allowedCIDRs", len(allowed), "may be at most %d blocks on AWS", eksMostEndpointBlocks)
	}
	for i, block := range allowed {
		if parsed, err := netip.ParsePrefix(block); err == nil && parsed.Addr().IsPrivate() {
			problems.add(indexed("cluster.endpoint.allowedCIDRs", i), block, "is of private addresses, which AWS refuses here: they reach the API by its private side")
		}
	}
}

func (e *Environment) checkEKSNodes(problems *Problems) {
	nodes := e.Cluster.Nodes
	if nodes.Max > eksMostNodes {
		problems.add("cluster.nodes.max", nodes.Max, "may be at most %d on AWS", eksMostNodes)
	}
	if _, err := size.Node(nodes.CPU, string(nodes.Memory)); err != nil {
		problems.add("cluster.nodes.memory", string(nodes.Memory), "%v", err)
	}
	disk, err := resource.ParseQuantity(string(nodes.Disk))
	if err != nil || disk.Cmp(resource.MustParse(awsSmallestNodeDisk)) < 0 || disk.Cmp(resource.MustParse(awsLargestNodeDisk)) > 0 {
		problems.add("cluster.nodes.disk", string(nodes.Disk), "must be from %s to %s on AWS", awsSmallestNodeDisk, awsLargestNodeDisk)
	}
}

// ZoneLetters are the last letters of the availability zones on AWS: those that are
// asked for, or the first of the region's, as many as network.zones.
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
