package aws

import (
	"fmt"
	"slices"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// everywhere is every IPv4 address.
const everywhere = "0.0.0.0/0"

// newRoutes registers gateways and routes, and appends them to Egress. Each zone has its
// own private route table in either NAT mode, so that changing the mode changes only
// routes.
func (n *Network) newRoutes(ctx *pulumi.Context, name string, args *NetworkArgs, public, private []*awsec2.Subnet) error {
	internet, err := n.newInternet(ctx, name, args, public)
	if err != nil {
		return err
	}
	tables := pulumi.StringArray{}
	var nat *awsec2.NatGateway
	for i, zone := range args.Zones {
		if nat == nil || args.NAT == NATPerZone {
			nat, err = n.newNAT(ctx, name+"-nat-"+zone, args.Tags, public[i], internet)
			if err != nil {
				return err
			}
		}
		table, err := n.newRouteTable(ctx, name+"-private-"+zone, args.Tags, &awsec2.RouteArgs{NatGatewayId: nat.ID()}, private[i])
		if err != nil {
			return err
		}
		tables = append(tables, table.ID())
	}
	return n.newStorageEndpoint(ctx, name, args, tables)
}

// newInternet registers the internet gateway with its route, and returns what a NAT gateway
// waits for.
func (n *Network) newInternet(ctx *pulumi.Context, name string, args *NetworkArgs, public []*awsec2.Subnet) ([]pulumi.Resource, error) {
	gateway, err := awsec2.NewInternetGateway(ctx, name+"-internet", &awsec2.InternetGatewayArgs{
		VpcId: n.VpcID,
		Tags:  args.Tags.For(name),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("registering the internet gateway of %s: %w", name, err)
	}
	n.Egress = append(n.Egress, gateway)
	if _, err := n.newRouteTable(ctx, name+"-public", args.Tags, &awsec2.RouteArgs{GatewayId: gateway.ID()}, public...); err != nil {
		return nil, err
	}
	return slices.Clone(n.Egress), nil
}

func (n *Network) newNAT(ctx *pulumi.Context, name string, tags Tags, subnet *awsec2.Subnet, internet []pulumi.Resource) (*awsec2.NatGateway, error) {
	// AWS does not detach an internet gateway while Elastic IPs are in use.
	address, err := awsec2.NewEip(ctx, name, &awsec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   tags.For(name),
	}, pulumi.Parent(n), pulumi.DependsOn(internet))
	if err != nil {
		return nil, fmt.Errorf("registering the address of the NAT gateway %s: %w", name, err)
	}
	gateway, err := awsec2.NewNatGateway(ctx, name, &awsec2.NatGatewayArgs{
		AllocationId:     address.AllocationId,
		ConnectivityType: pulumi.String("public"),
		SubnetId:         subnet.ID(),
		Tags:             tags.For(name),
	}, pulumi.Parent(n), pulumi.DependsOn(internet))
	if err != nil {
		return nil, fmt.Errorf("registering the NAT gateway %s: %w", name, err)
	}
	n.Egress = append(n.Egress, gateway)
	return gateway, nil
}

// newRouteTable registers a table with one default route, and associates it with subnets.
func (n *Network) newRouteTable(ctx *pulumi.Context, name string, tags Tags, out *awsec2.RouteArgs, subnets ...*awsec2.Subnet) (*awsec2.RouteTable, error) {
	table, err := awsec2.NewRouteTable(ctx, name, &awsec2.RouteTableArgs{
		VpcId: n.VpcID,
		Tags:  tags.For(name),
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("registering the route table %s: %w", name, err)
	}
	out.RouteTableId = table.ID()
	out.DestinationCidrBlock = pulumi.String(everywhere)
	route, err := awsec2.NewRoute(ctx, name, out, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("registering the route %s: %w", name, err)
	}
	n.Egress = append(n.Egress, route)
	for i, subnet := range subnets {
		association, err := awsec2.NewRouteTableAssociation(ctx, fmt.Sprintf("%s-%d", name, i), &awsec2.RouteTableAssociationArgs{
			RouteTableId: table.ID(),
			SubnetId:     subnet.ID(),
		}, pulumi.Parent(n))
		if err != nil {
			return nil, fmt.Errorf("associating a subnet with the route table %s: %w", name, err)
		}
		n.Egress = append(n.Egress, association)
	}
	return table, nil
}

// newStorageEndpoint routes traffic to S3, such as image layers, around the NAT gateways,
// which cost by the gigabyte. The endpoint is free.
func (n *Network) newStorageEndpoint(ctx *pulumi.Context, name string, args *NetworkArgs, tables pulumi.StringArray) error {
	region, _ := regionOf(args.Zones[0])
	endpoint, err := awsec2.NewVpcEndpoint(ctx, name+"-s3", &awsec2.VpcEndpointArgs{
		VpcId:           n.VpcID,
		ServiceName:     pulumi.Sprintf("com.amazonaws.%s.s3", region),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   tables,
		Tags:            args.Tags.For(name + "-s3"),
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("registering the S3 endpoint of %s: %w", name, err)
	}
	n.Egress = append(n.Egress, endpoint)
	return nil
}
