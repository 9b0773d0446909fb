package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A node has so many ports for the connections of its pods to one address outside, as
// its pods need them. Both are powers of two
// (https://cloud.google.com/nat/docs/ports-and-addresses).
const (
	leastPorts = 64
	mostPorts  = 8192
)

// newWayOut registers a gateway, which is one in every zone of the region. Whatever
// stands in the network and has no address outside uses it.
func (n *Network) newNAT(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	router, err := compute.NewRouter(ctx, child(name, "router"), &compute.RouterArgs{
		Project: pulumi.String(args.Project),
		Region:  pulumi.String(args.Region),
		Network: n.NetworkID,
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("registering the router of %s: %w", name, err)
	}
	gateway, err := compute.NewRouterNat(ctx, child(name, "nat"), &compute.RouterNatArgs{
		Project:                       pulumi.String(args.Project),
		Region:                        pulumi.String(args.Region),
		Router:                        router.Name,
		NatIpAllocateOption:           pulumi.String("AUTO_ONLY"),
		SourceSubnetworkIpRangesToNat: pulumi.String("ALL_SUBNETWORKS_ALL_IP_RANGES"),
		EnableDynamicPortAllocation:   pulumi.Bool(true),
		MinPortsPerVm:                 pulumi.Int(leastPorts),
		MaxPortsPerVm:                 pulumi.Int(mostPorts),
		// Google refuses it beside ports that are given as they are needed.
		EnableEndpointIndependentMapping: pulumi.Bool(false),
		LogConfig: compute.RouterNatLogConfigArgs{
			Enable: pulumi.Bool(true),
			// A connection that found no port, and nothing else.
			Filter: pulumi.String("ERRORS_ONLY"),
		},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("registering the gateway of %s: %w", name, err)
	}
	n.Egress = append(n.Egress, router, gateway)
	return nil
}
