package aws

import (
	"fmt"
	"net/netip"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/cidr"
)

// maxZones is the number of zones that the address plan covers.
const maxZones = 3

const (
	// A private subnet of a /22 has 251 addresses for pods, and a public one 59: a load
	// balancer wants a /27 with 8 free addresses.
	narrowestVPC = 22
)

// subnetPlan divides the range of a VPC. Three quarters are private subnets, one for each
// of three zones: on EKS every pod has an address of its subnet. The last quarter is
// divided again into public subnets. Adding a third zone later changes no range. A zone
// cannot be removed, because the cluster has network interfaces in it.
type subnetPlan struct {
	private [maxZones]netip.Prefix
	public  [maxZones]netip.Prefix
}

// planSubnets returns an error for a range that is not private or has the wrong size.
func planSubnets(text string) (subnetPlan, error) {
	whole, err := cidr.Private(text)
	if err != nil {
		return subnetPlan{}, fmt.Errorf("Network: CIDR: %w", err)
	}
	if whole.Bits() < limits.MinVPCPrefix || whole.Bits() > narrowestVPC {
		return subnetPlan{}, fmt.Errorf("Network: CIDR is /%d; allowed is /%d to /%d", whole.Bits(), limits.MinVPCPrefix, narrowestVPC)
	}
	var plan subnetPlan
	last := cidr.Subnet(whole, 2, maxZones)
	for zone := range maxZones {
		plan.private[zone] = cidr.Subnet(whole, 2, zone)
		plan.public[zone] = cidr.Subnet(last, 2, zone)
	}
	return plan, nil
}

func (n *Network) newSubnets(ctx *pulumi.Context, name string, args *NetworkArgs, plan subnetPlan) (public, private []*awsec2.Subnet, err error) {
	for i, zone := range args.Zones {
		// Controllers in the cluster find the subnets for load balancers by these tags
		// (https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html).
		outer, err := n.newSubnet(ctx, name+"-public-"+zone, zone, plan.public[i], args.Tags.With("kubernetes.io/role/elb", "1"), false)
		if err != nil {
			return nil, nil, err
		}
		inner, err := n.newSubnet(ctx, name+"-private-"+zone, zone, plan.private[i], args.Tags.With("kubernetes.io/role/internal-elb", "1"), args.Data.Protected)
		if err != nil {
			return nil, nil, err
		}
		public, private = append(public, outer), append(private, inner)
	}
	return public, private, nil
}

func (n *Network) newSubnet(ctx *pulumi.Context, name, zone string, block netip.Prefix, tags Tags, protect bool) (*awsec2.Subnet, error) {
	subnet, err := awsec2.NewSubnet(ctx, name, &awsec2.SubnetArgs{
		VpcId:            n.VpcID,
		AvailabilityZone: pulumi.String(zone),
		CidrBlock:        pulumi.String(block.String()),
		// CKV_AWS_130: load balancers and NAT gateways have their own addresses.
		MapPublicIpOnLaunch: pulumi.Bool(false),
		Tags:                tags.For(name),
	}, pulumi.Parent(n), pulumi.Protect(protect))
	if err != nil {
		return nil, fmt.Errorf("registering the subnet %s: %w", name, err)
	}
	return subnet, nil
}
