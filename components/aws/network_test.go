package aws_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

// environment are the tags that everything in these tests carries.
var environment = aws.Tags{"djangostack/environment": "dev", "djangostack/owner": "web-team"}

func networkArgs() *aws.NetworkArgs {
	return &aws.NetworkArgs{
		CIDR:     "10.20.0.0/16",
		Zones:    []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"},
		NAT:      aws.NATPerZone,
		FlowLogs: aws.FlowLogs{Mode: arguments.On, RetentionDays: 365, KeyARN: pulumi.String("arn:aws:kms:eu-central-1:123456789012:key/1")},
		Tags:     environment,
	}
}

func withNetwork(args *aws.NetworkArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewNetwork(ctx, "blog", args)
		return err
	}
}

func TestANetworkHasAPublicAndAPrivateSubnetInEachZone(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withNetwork(networkArgs()))
		require.Len(t, ran.OfKind("Subnet"), 6)
		for i, zone := range []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"} {
			private := ran.Find(t, "Subnet", "blog-private-"+zone)
			assert.Equal(t, zone, private.At(t, "availabilityZone"))
			assert.Equal(t, fmt.Sprintf("10.20.%d.0/18", 64*i), private.At(t, "cidrBlock"))
			assert.Equal(t, "1", private.At(t, `tags["kubernetes.io/role/internal-elb"]`))
			assert.Nil(t, private.At(t, `tags["kubernetes.io/role/elb"]`))
			public := ran.Find(t, "Subnet", "blog-public-"+zone)
			assert.Equal(t, fmt.Sprintf("10.20.%d.0/20", 192+16*i), public.At(t, "cidrBlock"))
			assert.Equal(t, "1", public.At(t, `tags["kubernetes.io/role/elb"]`))
			assert.Equal(t, false, public.At(t, "mapPublicIpOnLaunch"), "CKV_AWS_130")
		}
	}
}

func TestSubnetsLieInTheNetworkAndNeverOverlap(t *testing.T) {
	for bits := 16; bits <= 22; bits++ {
		args := networkArgs()
		args.CIDR = fmt.Sprintf("172.16.0.0/%d", bits)
		whole := netip.MustParsePrefix(args.CIDR)
		var taken []netip.Prefix
		for _, r := range mocks.Run(t, mocks.Unknown, withNetwork(args)).OfKind("Subnet") {
			cidr := netip.MustParsePrefix(r.At(t, "cidrBlock").(string))
			assert.Equal(t, cidr, cidr.Masked(), "no host bits")
			assert.True(t, whole.Contains(cidr.Addr()) && cidr.Bits() > whole.Bits(), "%s in %s", cidr, whole)
			assert.LessOrEqual(t, cidr.Bits(), 28, "AWS makes no smaller subnet")
			for _, other := range taken {
				assert.False(t, cidr.Overlaps(other), "%s and %s", cidr, other)
			}
			taken = append(taken, cidr)
		}
	}
}

func TestAThirdZoneMovesNothing(t *testing.T) {
	two := networkArgs()
	two.Zones = two.Zones[:2]
	before := mocks.Run(t, mocks.Unknown, withNetwork(two))
	after := mocks.Run(t, mocks.Unknown, withNetwork(networkArgs()))
	for _, r := range before.OfKind("Subnet") {
		assert.Equal(t, r.Inputs, after.Find(t, "Subnet", r.Name).Inputs, r.Name)
	}
}

func TestNATGatewaysAreInPublicSubnets(t *testing.T) {
	for mode, want := range map[aws.NATMode]int{aws.NATSingle: 1, aws.NATPerZone: 3} {
		args := networkArgs()
		args.NAT = mode
		ran := mocks.Run(t, mocks.Known, withNetwork(args))
		assert.Len(t, ran.OfKind("NatGateway"), want, mode)
		assert.Len(t, ran.OfKind("Eip"), want, mode)
		for _, gateway := range ran.OfKind("NatGateway") {
			assert.Contains(t, gateway.At(t, "subnetId"), "blog-public-")
		}
		for i, zone := range args.Zones {
			nearest := zone
			if mode == aws.NATSingle {
				nearest = args.Zones[0]
			}
			route := ran.Find(t, "Route", "blog-private-"+zone)
			assert.Equal(t, "blog-nat-"+nearest+"-id", route.At(t, "natGatewayId"), "zone %d", i)
			assert.Equal(t, "0.0.0.0/0", route.At(t, "destinationCidrBlock"))
		}
	}
}

func TestAnotherNATModeKeepsTheRouteTables(t *testing.T) {
	single := networkArgs()
	single.NAT = aws.NATSingle
	tables := mocks.Run(t, mocks.Unknown, withNetwork(single)).OfKind("RouteTable")
	assert.Len(t, tables, 4, "one for each zone, and the public one")
	assert.Len(t, mocks.Run(t, mocks.Unknown, withNetwork(networkArgs())).OfKind("RouteTable"), 4)
}

func TestWhatUsesTheInternetGatewayGoesBeforeIt(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withNetwork(networkArgs()))
		internet := ran.Find(t, "InternetGateway", "blog-internet")
		public := ran.Find(t, "Route", "blog-public")
		for _, kind := range []string{"NatGateway", "Eip"} {
			for _, r := range ran.OfKind(kind) {
				assert.True(t, ran.Waits(r, internet), "%s %s", kind, r.Name)
				assert.True(t, ran.Waits(r, public), "%s %s", kind, r.Name)
			}
		}
	}
}

func TestEgressIsEveryGatewayAndRoute(t *testing.T) {
	var egress int
	ran := mocks.Run(t, mocks.Unknown, func(ctx *pulumi.Context) error {
		network, err := aws.NewNetwork(ctx, "blog", networkArgs())
		if err == nil {
			egress = len(network.Egress)
		}
		return err
	})
	want := 0
	for _, kind := range []string{"InternetGateway", "NatGateway", "Route", "RouteTableAssociation", "VpcEndpoint"} {
		want += len(ran.OfKind(kind))
	}
	assert.Equal(t, want, egress)
}

func TestTrafficToS3BypassesTheNATGateways(t *testing.T) {
	endpoint := mocks.Run(t, mocks.Known, withNetwork(networkArgs())).Find(t, "VpcEndpoint", "blog-s3")
	assert.Equal(t, "com.amazonaws.eu-central-1.s3", endpoint.At(t, "serviceName"))
	assert.Equal(t, "Gateway", endpoint.At(t, "vpcEndpointType"))
	assert.Len(t, endpoint.At(t, "routeTableIds"), 3)
}

func TestTheDefaultSecurityGroupLetsNothingThrough(t *testing.T) {
	group := mocks.Run(t, mocks.Known, withNetwork(networkArgs())).Find(t, "DefaultSecurityGroup", "blog-default")
	assert.Empty(t, group.At(t, "ingress"), "CKV2_AWS_12")
	assert.Empty(t, group.At(t, "egress"))
	assert.Equal(t, "blog-vpc-id", group.At(t, "vpcId"))
}

func TestFlowLogsRecordEverything(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withNetwork(networkArgs()))
		log := ran.Find(t, "FlowLog", "blog-flow-logs")
		assert.Equal(t, "ALL", log.At(t, "trafficType"))
		group := ran.Find(t, "LogGroup", "blog-flow-logs")
		assert.EqualValues(t, 365, group.At(t, "retentionInDays"), "CKV_AWS_338")
		assert.NotNil(t, group.At(t, "kmsKeyId"), "CKV_AWS_158")
		assert.True(t, ran.Waits(log, ran.Find(t, "RolePolicy", "blog-flow-logs-policy")), "a role without its policy writes nothing")
	}
	ran := mocks.Run(t, mocks.Known, withNetwork(networkArgs()))
	trust := document(t, ran.Find(t, "Role", "blog-flow-logs").At(t, "assumeRolePolicy"))
	assert.Equal(t, "vpc-flow-logs.amazonaws.com", trust.only(t)["Principal"].(map[string]any)["Service"].([]any)[0])
	assert.Equal(t, map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": []any{mocks.Account}}}, trust.only(t)["Condition"])
}

func TestFlowLogsCanBeOff(t *testing.T) {
	args := networkArgs()
	args.FlowLogs.Mode = arguments.Off
	ran := mocks.Run(t, mocks.Known, withNetwork(args))
	for _, kind := range []string{"FlowLog", "LogGroup", "Role"} {
		assert.Empty(t, ran.OfKind(kind))
	}
}

func TestAProtectedNetworkAndItsPrivateSubnetsAreNeverReplaced(t *testing.T) {
	for _, protect := range []bool{true, false} {
		args := networkArgs()
		args.Data.Protected = protect
		ran := mocks.Run(t, mocks.Known, withNetwork(args))
		assert.Equal(t, protect, ran.Find(t, "Vpc", "blog-vpc").Protect)
		for _, subnet := range ran.OfKind("Subnet") {
			assert.Equal(t, protect && strings.Contains(subnet.Name, "-private-"), subnet.Protect, subnet.Name)
		}
	}
}

func TestWrongNetworksAreNamed(t *testing.T) {
	for want, change := range map[string]func(*aws.NetworkArgs){
		"Network: CIDR is required":                           func(a *aws.NetworkArgs) { a.CIDR = "" },
		`Network: CIDR: "10.20.1.0/16" is not an IPv4 range`:  func(a *aws.NetworkArgs) { a.CIDR = "10.20.1.0/16" },
		`Network: CIDR: "8.8.0.0/16" is not private`:          func(a *aws.NetworkArgs) { a.CIDR = "8.8.0.0/16" },
		`Network: CIDR: "fd00::/16" is not an IPv4 range`:     func(a *aws.NetworkArgs) { a.CIDR = "fd00::/16" },
		"Network: CIDR is /8; allowed is /16 to /22":          func(a *aws.NetworkArgs) { a.CIDR = "10.0.0.0/8" },
		"Network: CIDR is /24; allowed is /16 to /22":         func(a *aws.NetworkArgs) { a.CIDR = "10.0.0.0/24" },
		"Network: Zones is required":                          func(a *aws.NetworkArgs) { a.Zones = nil },
		"Network: Zones are 1; allowed are 2 or 3":            func(a *aws.NetworkArgs) { a.Zones = a.Zones[:1] },
		"Network: Zones has eu-central-1a twice":              func(a *aws.NetworkArgs) { a.Zones[1] = a.Zones[0] },
		`Network: Zones has "eu-west-1a"; allowed are avail`:  func(a *aws.NetworkArgs) { a.Zones[1] = "eu-west-1a" },
		`Network: Zones has "eu-central-1"; allowed are`:      func(a *aws.NetworkArgs) { a.Zones[1] = "eu-central-1" },
		`Network: Zones has "us-west-2-lax-1a"; allowed are`:  func(a *aws.NetworkArgs) { a.Zones[0] = "us-west-2-lax-1a" },
		`Network: NAT is "none"`:                              func(a *aws.NetworkArgs) { a.NAT = "none" },
		`Network: FlowLogs.Mode is ""`:                        func(a *aws.NetworkArgs) { a.FlowLogs = aws.FlowLogs{} },
		"Network: FlowLogs.RetentionDays is 100; allowed are": func(a *aws.NetworkArgs) { a.FlowLogs.RetentionDays = 100 },
	} {
		args := networkArgs()
		change(args)
		refusedWith(t, withNetwork(args), want)
	}
	refusedWith(t, withNetwork(&aws.NetworkArgs{}), "Network: CIDR is required", "Network: Zones is required", "Network: NAT is", "Network: FlowLogs.Mode is")
}
