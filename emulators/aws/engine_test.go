package aws_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
)

func text(value string) pulumi.String { return pulumi.String(value) }

// net is a VPC with subnets in three zones.
type net struct {
	vpc     *testResource
	subnets []*testResource
}

func (n net) ids() pulumi.StringArray {
	var ids pulumi.StringArray
	for _, subnet := range n.subnets {
		ids = append(ids, subnet.ID())
	}
	return ids
}

func (r *registrar) net(cidr, ranges string) net {
	n := net{vpc: r.add("ec2/vpc", "net", pulumi.Map{"cidrBlock": text(cidr), "enableDnsHostnames": pulumi.Bool(true)})}
	for i, zone := range []string{"a", "b", "c"} {
		n.subnets = append(n.subnets, r.add("ec2/subnet", "net-"+zone, pulumi.Map{
			"vpcId": n.vpc.ID(), "cidrBlock": text(ranges + "." + string(rune('0'+i)) + ".0/24"), "availabilityZone": text(region + zone),
		}))
	}
	return n
}

func simpleNet(r *registrar) error {
	r.net("10.0.0.0/16", "10.0")
	return nil
}

func TestNetworkIsCreatedUpdatedAndDestroyed(t *testing.T) {
	e := newEngine(t)
	e.register = simpleNet
	plan, err := e.Plan()
	require.NoError(t, err, e.Output.String())
	assert.Equal(t, 7, plan[apitype.OpCreate], "stack, two providers, VPC, three subnets")
	require.Empty(t, e.Account.Left(), "a preview makes nothing")

	e.mustUp(simpleNet)
	e.NoChanges(t)
	vpc := e.Resources()["net"]
	assert.Regexp(t, `^vpc-[0-9a-f]{17}$`, vpc.ID)
	assert.Equal(t, "arn:aws:ec2:eu-central-1:123456789012:vpc/"+string(vpc.ID), vpc.Outputs["arn"])
	assert.Equal(t, map[string]any{"owner": "tests"}, vpc.Outputs["tagsAll"], "the provider's tags")
	assert.Equal(t, "default", vpc.Inputs["instanceTenancy"], "defaults are part of the arguments")
	assert.Equal(t, []any{"enableDnsSupport", "instanceTenancy"}, vpc.Inputs["__defaults"])

	changes := e.mustUp(func(r *registrar) error {
		r.net("10.1.0.0/16", "10.1")
		return nil
	})
	assert.Equal(t, 4, changes["replace"], "the range of a VPC is for life: %v", changes)
	require.NoError(t, e.Destroy(), e.Output.String())
	assert.Empty(t, e.Account.Left())
}

func TestWrongArgumentsAreNamedAtPreview(t *testing.T) {
	e := newEngine(t)
	for says, inputs := range map[string]pulumi.Map{
		"Invalid or unknown key. Examine values at 'net.cidr'":         {"cidr": text("10.0.0.0/16"), "cidrBlock": text("10.0.0.0/16")},
		"expected bool type, got \"yes\" of type string":               {"cidrBlock": text("10.0.0.0/16"), "enableDnsSupport": text("yes")},
		"between 16 and 28 significant bits, got: 8":                   {"cidrBlock": text("10.0.0.0/8")},
		"did you mean \"10.0.0.0/16\"":                                 {"cidrBlock": text("10.0.1.0/16")},
		"expected instanceTenancy to be one of":                        {"cidrBlock": text("10.0.0.0/16"), "instanceTenancy": text("shared")},
		"at least one of `cidrBlock,ipv4IpamPoolId` must be specified": {},
		"expected string type, got 1 of type number":                   {"cidrBlock": text("10.0.0.0/16"), "tags": pulumi.Map{"a": pulumi.Int(1)}},
	} {
		e.register = func(r *registrar) error {
			r.add("ec2/vpc", "net", inputs)
			return nil
		}
		err := e.Preview()
		require.Error(t, err, says)
		assert.Contains(t, err.Error(), says)
	}
	e.register = func(r *registrar) error {
		r.add("ec2/subnet", "net", pulumi.Map{"cidrBlock": text("10.0.0.0/24")})
		return nil
	}
	err := e.Preview()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "Missing required argument. The argument \"vpcId\" is required")
	e.register = func(r *registrar) error {
		r.add("ec2/instance", "machine", pulumi.Map{})
		return nil
	}
	err = e.Preview()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "does not know aws:ec2/instance:Instance")
}

func TestRefusalsOfAWSDuringAnUpdate(t *testing.T) {
	e := newEngine(t)
	e.mustUp(simpleNet)
	subnet := func(inputs pulumi.Map) func(*registrar) error {
		return func(r *registrar) error {
			n := r.net("10.0.0.0/16", "10.0")
			if inputs["vpcId"] == nil {
				inputs["vpcId"] = n.vpc.ID()
			}
			r.add("ec2/subnet", "more", inputs)
			return nil
		}
	}
	assert.Contains(t, e.refused(subnet(pulumi.Map{"cidrBlock": text("10.0.1.0/25")})), "InvalidSubnet.Conflict: The CIDR '10.0.1.0/25'")
	assert.Contains(t, e.refused(subnet(pulumi.Map{"cidrBlock": text("10.9.0.0/24")})), "InvalidSubnet.Range")
	assert.Contains(t, e.refused(subnet(pulumi.Map{"cidrBlock": text("10.0.9.0/24"), "availabilityZone": text("eu-west-1a")})), "InvalidParameterValue")
	assert.Contains(t, e.refused(subnet(pulumi.Map{"cidrBlock": text("10.0.9.0/24"), "vpcId": text("vpc-0")})), "InvalidVpcID.NotFound")
}

func TestAResourceInUseIsNotDeleted(t *testing.T) {
	e := newEngine(t)
	e.mustUp(simpleNet)
	vpc := string(e.Resources()["net"].ID)
	e.Account.AddExisting(aws.Token("ec2/subnet"), region, "subnet-foreign", cloud.Values{"vpcId": vpc})
	err := e.Destroy()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "deleting EC2 VPC ("+vpc+"): api error DependencyViolation: The vpc '"+vpc+"' has dependencies")
	assert.Contains(t, err.Error(), "vpcId of EC2 Subnet subnet-foreign")
	require.NoError(t, e.Account.Remove(aws.Token("ec2/subnet"), "subnet-foreign"))
	require.NoError(t, e.Destroy(), e.Output.String())
	assert.Empty(t, e.Account.Left())
}

func TestTheNextUpdateContinuesAfterAFault(t *testing.T) {
	e := newEngine(t)
	e.Account.Fail(cloud.Fault{Operation: "create", Type: aws.Token("ec2/subnet"), Name: "net-b", Err: errors.New("api error Throttling: Rate exceeded")})
	e.Account.Fail(cloud.Fault{Operation: "create", Type: aws.Token("ec2/subnet"), Name: "net-c", Late: true, Err: errors.New("timeout while waiting")})
	// The engine may end the first update before it reaches the second fault.
	e.register = simpleNet
	var failures []string
	for err := e.Up(); err != nil; err = e.Up() {
		failures = append(failures, err.Error())
		require.LessOrEqual(t, len(failures), 2, "each fault happens once")
	}
	assert.Contains(t, strings.Join(failures, "\n"), "creating EC2 Subnet: api error Throttling: Rate exceeded")
	assert.Contains(t, strings.Join(failures, "\n"), "timeout while waiting")
	e.NoChanges(t)
	assert.Len(t, e.Account.Objects(aws.Token("ec2/subnet")), 3)

	e.Account.Fail(cloud.Fault{Operation: "delete", Type: aws.Token("ec2/vpc"), Err: errors.New("api error InternalError: try again")})
	require.ErrorContains(t, e.Destroy(), "InternalError")
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Left())
}

func TestDriftIsFoundAndRepaired(t *testing.T) {
	e := newEngine(t)
	e.mustUp(simpleNet)
	id := string(e.Resources()["net"].ID)
	require.NoError(t, e.Account.Drift(aws.Token("ec2/vpc"), id, func(v cloud.Values) { v["enableDnsHostnames"] = false }))
	require.Error(t, e.Refresh(optrefresh.ExpectNoChanges()), "the drift is a change")
	changes := e.mustUp(simpleNet)
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.True(t, e.Account.Objects(aws.Token("ec2/vpc"))[0].Values.True("enableDnsHostnames"))

	subnet := string(e.Resources()["net-c"].ID)
	require.NoError(t, e.Account.Remove(aws.Token("ec2/subnet"), subnet))
	require.NoError(t, e.Refresh())
	changes = e.mustUp(simpleNet)
	assert.Equal(t, 1, changes["create"], "a missing resource is created again: %v", changes)
	require.NoError(t, e.Destroy())
}

func TestImport(t *testing.T) {
	e := newEngine(t)
	e.mustUp(simpleNet)
	id := string(e.Resources()["net-c"].ID)
	other := newEngineIn(t, e.Account)
	other.mustUp(func(r *registrar) error {
		r.add("ec2/subnet", "mine", pulumi.Map{
			"vpcId": text(string(e.Resources()["net"].ID)), "cidrBlock": text("10.0.2.0/24"), "availabilityZone": text(region + "c"),
		}, pulumi.Import(pulumi.ID(id)))
		return nil
	})
	other.NoChanges(t)
	assert.Equal(t, id, string(other.Resources()["mine"].ID))
}

func TestAutomaticNamesAreKept(t *testing.T) {
	e := newEngine(t)
	group := func(description string) func(*registrar) error {
		return func(r *registrar) error {
			n := r.net("10.0.0.0/16", "10.0")
			r.add("ec2/securityGroup", "web", pulumi.Map{"vpcId": n.vpc.ID(), "description": text(description)})
			return nil
		}
	}
	e.mustUp(group("one"))
	first := e.Resources()["web"]
	assert.Regexp(t, `^web-[0-9a-f]{7}$`, first.Inputs["name"])
	assert.Equal(t, []any{"name", "revokeRulesOnDelete"}, first.Inputs["__defaults"])
	changes := e.mustUp(group("two"))
	assert.Equal(t, 1, changes["replace"], "%v", changes)
	assert.NotEqual(t, first.Inputs["name"], e.Resources()["web"].Inputs["name"], "both live for a while")
	require.NoError(t, e.Destroy())
}
