package aws

import (
	"errors"
	"fmt"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// NATMode says how many NAT gateways a VPC has.
type NATMode string

// One gateway costs a third of three. With a gateway per zone, the other zones keep working
// when one fails.
const (
	NATSingle  NATMode = "single"
	NATPerZone NATMode = "per-zone"
)

// NetworkArgs describes a VPC.
type NetworkArgs struct {
	// CIDR is the private range of the VPC, from /16 to /22, for instance 10.20.0.0/16. A
	// change replaces the VPC.
	CIDR string
	// Zones are two or three availability zones of one region. Their order decides the
	// range of each zone, so append new zones.
	Zones []string
	// NAT is single or per-zone.
	NAT NATMode
	// FlowLogs records the connections of the VPC.
	FlowLogs FlowLogs
	// Data that is protected refuses every plan that deletes or replaces the VPC or a private
	// subnet: everything in it would have to move, and EKS does not support removing a zone.
	Data data.Held
	Tags Tags
}

// Network is a VPC with a public and a private subnet in each zone. Pods run in the private
// subnets. Only load balancers and NAT gateways are in the public ones.
type Network struct {
	pulumi.ResourceState

	// VpcID is the VPC's id.
	VpcID pulumi.StringOutput
	// CIDR is the VPC's range.
	CIDR string
	// PublicSubnetIDs and PrivateSubnetIDs are in the order of the zones.
	PublicSubnetIDs  pulumi.StringArrayOutput
	PrivateSubnetIDs pulumi.StringArrayOutput
	// Egress are the gateways and routes that pods need to reach the internet. Resources in
	// the private subnets depend on them.
	Egress []pulumi.Resource
}

// NewNetwork registers a VPC, its subnets, its gateways and its routes.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	n := &Network{CIDR: args.CIDR}
	return component.New(ctx, "djangostack:aws:Network", name, n, args.check, func() (pulumi.Map, error) {
		plan, err := planSubnets(args.CIDR)
		if err != nil {
			return nil, err
		}
		vpc, err := n.newVPC(ctx, name, args)
		if err != nil {
			return nil, err
		}
		n.VpcID = vpc.ID().ToStringOutput()
		public, private, err := n.newSubnets(ctx, name, args, plan)
		if err != nil {
			return nil, err
		}
		n.PublicSubnetIDs, n.PrivateSubnetIDs = idsOf(public), idsOf(private)
		if err := n.newRoutes(ctx, name, args, public, private); err != nil {
			return nil, err
		}
		if args.FlowLogs.Mode == arguments.On {
			if err := n.newFlowLogs(ctx, name, args, vpc); err != nil {
				return nil, err
			}
		}
		return component.DataOr(args.Data, pulumi.Map{
			"vpcId":            n.VpcID,
			"cidr":             pulumi.String(n.CIDR),
			"publicSubnetIds":  n.PublicSubnetIDs,
			"privateSubnetIds": n.PrivateSubnetIDs,
		}), nil
	}, opts...)
}

func (a *NetworkArgs) check() error {
	err := errors.Join(
		validate.Check("Network", validate.Required("CIDR", a.CIDR != ""), validate.Required("Zones", len(a.Zones) > 0)),
		validate.OneOf("Network", "NAT", a.NAT, NATSingle, NATPerZone),
		a.checkZones(),
		a.FlowLogs.check(),
	)
	if a.CIDR == "" {
		return err
	}
	_, wrongCIDR := planSubnets(a.CIDR)
	return errors.Join(err, wrongCIDR)
}

// checkZones requires two or three zones: EKS and load balancers need two, and the address
// plan covers three.
func (a *NetworkArgs) checkZones() error {
	if len(a.Zones) == 0 {
		return nil
	}
	if len(a.Zones) < 2 || len(a.Zones) > maxZones {
		return fmt.Errorf("Network: Zones are %d; allowed are 2 or %d", len(a.Zones), maxZones)
	}
	seen := map[string]bool{}
	first, _ := regionOf(a.Zones[0])
	for _, zone := range a.Zones {
		region, ok := regionOf(zone)
		if !ok || region != first {
			return fmt.Errorf("Network: Zones has %q; allowed are availability zones of one region, for instance eu-central-1a", zone)
		}
		if seen[zone] {
			return fmt.Errorf("Network: Zones has %s twice", zone)
		}
		seen[zone] = true
	}
	return nil
}

func (n *Network) newVPC(ctx *pulumi.Context, name string, args *NetworkArgs) (*awsec2.Vpc, error) {
	vpc, err := awsec2.NewVpc(ctx, name+"-vpc", &awsec2.VpcArgs{
		CidrBlock:        pulumi.String(args.CIDR),
		EnableDnsSupport: pulumi.Bool(true),
		// The private endpoint of EKS resolves only with DNS host names.
		EnableDnsHostnames: pulumi.Bool(true),
		InstanceTenancy:    pulumi.String("default"),
		Tags:               args.Tags.For(name),
	}, pulumi.Parent(n), component.Protect(args.Data))
	if err != nil {
		return nil, fmt.Errorf("registering the VPC %s: %w", name, err)
	}
	// CKV2_AWS_12: every VPC has a default security group, which by default allows all
	// traffic between its members and to the internet.
	_, err = awsec2.NewDefaultSecurityGroup(ctx, name+"-default", &awsec2.DefaultSecurityGroupArgs{
		VpcId:   vpc.ID(),
		Ingress: awsec2.DefaultSecurityGroupIngressArray{},
		Egress:  awsec2.DefaultSecurityGroupEgressArray{},
		Tags:    args.Tags.For(name + "-default-unused"),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("closing the default security group of %s: %w", name, err)
	}
	return vpc, nil
}

func idsOf(subnets []*awsec2.Subnet) pulumi.StringArrayOutput {
	ids := pulumi.StringArray{}
	for _, subnet := range subnets {
		ids = append(ids, subnet.ID())
	}
	return ids.ToStringArrayOutput()
}
