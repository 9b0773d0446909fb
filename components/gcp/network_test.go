package gcp_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func networkArgs() *gcp.NetworkArgs {
	return &gcp.NetworkArgs{Project: mocks.Project, Region: region, CIDR: "10.20.0.0/16", FlowLogs: arguments.On}
}

func withNetwork(args *gcp.NetworkArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewNetwork(ctx, "blog", args)
		return err
	}
}

func TestPodsHaveHalfOfTheNetwork(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withNetwork(networkArgs()))
		require.Len(t, ran.OfKind("Subnetwork"), 2)
		nodes := ran.Find(t, "Subnetwork", "blog-nodes")
		assert.Equal(t, "10.20.128.0/18", nodes.At(t, "ipCidrRange"))
		assert.Equal(t, []any{
			map[string]any{"rangeName": "pods", "ipCidrRange": "10.20.0.0/17"},
			map[string]any{"rangeName": "services", "ipCidrRange": "10.20.192.0/19"},
		}, nodes.At(t, "secondaryIpRanges"))
		assert.Equal(t, "10.20.224.0/20", ran.Find(t, "Subnetwork", "blog-endpoints").At(t, "ipCidrRange"))
		descendsFrom(t, ran, "Network", "blog")
	}
}

func TestRangesLieInTheNetworkAndNeverOverlap(t *testing.T) {
	for bits := 16; bits <= 20; bits++ {
		args := networkArgs()
		args.CIDR = fmt.Sprintf("172.16.0.0/%d", bits)
		whole := netip.MustParsePrefix(args.CIDR)
		var texts []string
		for _, subnet := range mocks.Run(t, mocks.Unknown, withNetwork(args)).OfKind("Subnetwork") {
			texts = append(texts, subnet.At(t, "ipCidrRange").(string))
			if subnet.Name == "blog-nodes" {
				texts = append(texts, subnet.At(t, "secondaryIpRanges[0].ipCidrRange").(string), subnet.At(t, "secondaryIpRanges[1].ipCidrRange").(string))
				pods := netip.MustParsePrefix(subnet.At(t, "secondaryIpRanges[0].ipCidrRange").(string))
				assert.LessOrEqual(t, pods.Bits(), 21, "GKE takes no smaller range for pods")
			}
		}
		require.Len(t, texts, 4)
		var taken []netip.Prefix
		for _, text := range texts {
			block := netip.MustParsePrefix(text)
			assert.Equal(t, block, block.Masked(), "no host bits")
			assert.True(t, whole.Contains(block.Addr()) && block.Bits() > whole.Bits(), "%s in %s", block, whole)
			for _, other := range taken {
				assert.False(t, block.Overlaps(other), "%s and %s", block, other)
			}
			taken = append(taken, block)
		}
	}
}

func TestSubnetsReachGooglesAPIsWithoutTheGateway(t *testing.T) {
	for _, subnet := range mocks.Run(t, mocks.Known, withNetwork(networkArgs())).OfKind("Subnetwork") {
		assert.Equal(t, true, subnet.At(t, "privateIpGoogleAccess"), "CKV_GCP_74")
		assert.Equal(t, "blog-network-id", subnet.At(t, "network"))
		assert.Equal(t, region, subnet.At(t, "region"))
	}
}

func TestFlowLogsRecordEverything(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withNetwork(networkArgs()))
		for _, subnet := range ran.OfKind("Subnetwork") {
			assert.Equal(t, map[string]any{
				"aggregationInterval": "INTERVAL_10_MIN", "flowSampling": 1.0, "metadata": "INCLUDE_ALL_METADATA", "filterExpr": "true",
			}, subnet.At(t, "logConfig"), "CIS 3.8, CKV_GCP_26")
		}
		assert.Equal(t, true, ran.Find(t, "Policy", "blog-names").At(t, "enableLogging"), "CIS 2.12")
	}
}

func TestFlowLogsCanBeOff(t *testing.T) {
	args := networkArgs()
	args.FlowLogs = arguments.Off
	ran := mocks.Run(t, mocks.Known, withNetwork(args))
	assert.Empty(t, ran.OfKind("Policy"))
	for _, subnet := range ran.OfKind("Subnetwork") {
		assert.Nil(t, subnet.At(t, "logConfig"))
	}
}

func TestANetworkMakesNoSubnetsByItself(t *testing.T) {
	network := mocks.Run(t, mocks.Known, withNetwork(networkArgs())).Find(t, "Network", "blog-network")
	assert.Equal(t, false, network.At(t, "autoCreateSubnetworks"), "CIS 3.1")
	assert.Equal(t, "REGIONAL", network.At(t, "routingMode"))
}

func TestDeniedConnectionsAreLogged(t *testing.T) {
	for _, outputs := range mocks.Both() {
		rule := mocks.Run(t, outputs, withNetwork(networkArgs())).Find(t, "Firewall", "blog-deny-ingress")
		assert.Equal(t, "INGRESS", rule.At(t, "direction"))
		assert.Equal(t, []any{map[string]any{"protocol": "all"}}, rule.At(t, "denies"))
		assert.Equal(t, []any{"0.0.0.0/0"}, rule.At(t, "sourceRanges"))
		assert.EqualValues(t, 65534, rule.At(t, "priority"), "behind every other rule")
		assert.Equal(t, "INCLUDE_ALL_METADATA", rule.At(t, "logConfig.metadata"))
		assert.Nil(t, rule.At(t, "allows"))
	}
}

func TestEverySubnetUsesCloudNAT(t *testing.T) {
	for _, outputs := range mocks.Both() {
		gateway := mocks.Run(t, outputs, withNetwork(networkArgs())).Find(t, "RouterNat", "blog-nat")
		assert.Equal(t, "ALL_SUBNETWORKS_ALL_IP_RANGES", gateway.At(t, "sourceSubnetworkIpRangesToNat"), "pods too")
		assert.Equal(t, "AUTO_ONLY", gateway.At(t, "natIpAllocateOption"))
		assert.Equal(t, map[string]any{"enable": true, "filter": "ERRORS_ONLY"}, gateway.At(t, "logConfig"))
		assert.Equal(t, true, gateway.At(t, "enableDynamicPortAllocation"))
		assert.Equal(t, false, gateway.At(t, "enableEndpointIndependentMapping"), "Google refuses both")
	}
}

func TestEgressIsTheSubnetAndCloudNAT(t *testing.T) {
	ran := mocks.Run(t, mocks.Unknown, func(ctx *pulumi.Context) error {
		network, err := gcp.NewNetwork(ctx, "blog", networkArgs())
		if err != nil {
			return err
		}
		waiting := &pulumi.ResourceState{}
		return ctx.RegisterComponentResource("test:index:Waiting", "waiting", waiting, pulumi.DependsOn(network.Egress))
	})
	waiting := ran.Find(t, "Waiting", "waiting")
	for kind, name := range map[string]string{"Subnetwork": "blog-nodes", "Router": "blog-router", "RouterNat": "blog-nat"} {
		assert.True(t, ran.Waits(waiting, ran.Find(t, kind, name)), name)
	}
}

func TestRangesAreKnownAtPreviewAndWaitForTheirSubnet(t *testing.T) {
	ran := mocks.Run(t, mocks.Unknown, withClusterOnNetwork(clusterArgs(arguments.ModeAuto)))
	cluster := ran.Find(t, "Cluster", "blog-cluster")
	assert.Equal(t, "pods", cluster.At(t, "ipAllocationPolicy.clusterSecondaryRangeName"))
	assert.Equal(t, "services", cluster.At(t, "ipAllocationPolicy.servicesSecondaryRangeName"))
}

func TestAProtectedNetworkIsNeverReplaced(t *testing.T) {
	args := networkArgs()
	assert.False(t, mocks.Run(t, mocks.Known, withNetwork(args)).Find(t, "Network", "blog-network").Protect)
	args.Data.Protected = true
	ran := mocks.Run(t, mocks.Known, withNetwork(args))
	assert.True(t, ran.Find(t, "Network", "blog-network").Protect)
	assert.True(t, ran.Find(t, "Subnetwork", "blog-nodes").Protect)
}

func TestWrongNetworksAreNamed(t *testing.T) {
	for want, change := range map[string]func(*gcp.NetworkArgs){
		`Network: CIDR: "10.20.1.0/16" is not an IPv4 range`:    func(a *gcp.NetworkArgs) { a.CIDR = "10.20.1.0/16" },
		`Network: CIDR: "8.8.0.0/16" is not private`:            func(a *gcp.NetworkArgs) { a.CIDR = "8.8.0.0/16" },
		"Network: the size of CIDR is 8; allowed is 16 to 20":   func(a *gcp.NetworkArgs) { a.CIDR = "10.0.0.0/8" },
		"Network: the size of CIDR is 22; allowed is 16 to 20":  func(a *gcp.NetworkArgs) { a.CIDR = "10.0.0.0/22" },
		`Network: Region is "europe-west3-a", which is no regi`: func(a *gcp.NetworkArgs) { a.Region = "europe-west3-a" },
		`Network: Region is "eu-central-1", which is no region`: func(a *gcp.NetworkArgs) { a.Region = "eu-central-1" },
		`Network: Project is "1234"`:                            func(a *gcp.NetworkArgs) { a.Project = "1234" },
		`Network: FlowLogs is ""`:                               func(a *gcp.NetworkArgs) { a.FlowLogs = "" },
	} {
		args := networkArgs()
		change(args)
		refusedWith(t, withNetwork(args), want)
	}
	refusedWith(t, withNetwork(&gcp.NetworkArgs{}), "Network: Project is required", "Network: Region is required", "Network: CIDR is required", "Network: FlowLogs is")
}
