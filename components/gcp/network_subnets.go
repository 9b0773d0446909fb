package gcp

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

const (
	// A node takes a /25 for its pods: a /16 is enough for 256 nodes.
	widestNetwork = 16
	// A /20 is enough for 16 nodes; GKE requires a /21 for pods.
	narrowestNetwork = 20
	// The names of the secondary ranges, unique within their subnet.
	podsRange     = "pods"
	servicesRange = "services"
)

// subnetPlan divides the range of a network: pods get the lower half, nodes a quarter,
// Services an eighth, and private endpoints a sixteenth. The last sixteenth is free.
type subnetPlan struct {
	pods, nodes, services, endpoints netip.Prefix
}

// planSubnets returns an error for a range that is not private or has the wrong size.
func planSubnets(text string) (subnetPlan, error) {
	whole, err := cidr.Private(text)
	if err != nil {
		return subnetPlan{}, fmt.Errorf("Network: CIDR: %w", err)
	}
	if err := validate.Within("Network", "the size of CIDR", whole.Bits(), widestNetwork, narrowestNetwork); err != nil {
		return subnetPlan{}, err
	}
	return subnetPlan{
		pods:      cidr.Subnet(whole, 1, 0),
		nodes:     cidr.Subnet(whole, 2, 2),
		services:  cidr.Subnet(whole, 3, 6),
		endpoints: cidr.Subnet(whole, 4, 14),
	}, nil
}

func (n *Network) newSubnets(ctx *pulumi.Context, name string, args *NetworkArgs, plan subnetPlan) error {
	nodes, err := n.newSubnet(ctx, child(name, "nodes"), args, plan.nodes, compute.SubnetworkSecondaryIpRangeArray{
		compute.SubnetworkSecondaryIpRangeArgs{RangeName: pulumi.String(podsRange), IpCidrRange: pulumi.String(plan.pods.String())},
		compute.SubnetworkSecondaryIpRangeArgs{RangeName: pulumi.String(servicesRange), IpCidrRange: pulumi.String(plan.services.String())},
	})
	if err != nil {
		return err
	}
	endpoints, err := n.newSubnet(ctx, child(name, "endpoints"), args, plan.endpoints, nil)
	if err != nil {
		return err
	}
	n.SubnetID, n.EndpointSubnetID = nodes.ID().ToStringOutput(), endpoints.ID().ToStringOutput()
	n.PodsRange, n.ServicesRange = after(ctx, pulumi.String(podsRange), nodes), after(ctx, pulumi.String(servicesRange), nodes)
	n.Egress = append(n.Egress, nodes)
	return nil
}

func (n *Network) newSubnet(ctx *pulumi.Context, name string, args *NetworkArgs, block netip.Prefix, secondary compute.SubnetworkSecondaryIpRangeArrayInput) (*compute.Subnetwork, error) {
	wanted := &compute.SubnetworkArgs{
		Project:           pulumi.String(args.Project),
		Region:            pulumi.String(args.Region),
		Network:           n.NetworkID,
		IpCidrRange:       pulumi.String(block.String()),
		SecondaryIpRanges: secondary,
		StackType:         pulumi.String("IPV4_ONLY"),
		// CKV_GCP_74: without it nodes reach Google's APIs through Cloud NAT.
		PrivateIpGoogleAccess: pulumi.Bool(true),
	}
	if args.FlowLogs == arguments.On {
		wanted.LogConfig = flowLogs()
	}
	subnet, err := compute.NewSubnetwork(ctx, name, wanted, pulumi.Parent(n), component.Protect(args.Data))
	if err != nil {
		return nil, fmt.Errorf("registering the subnet %s: %w", name, err)
	}
	return subnet, nil
}
