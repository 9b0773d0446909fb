package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The ports of a node for connections of its pods to one destination. Cloud NAT allocates
// more as needed. Both are powers of two
// (https://cloud.google.com/nat/docs/ports-and-addresses).
const (
	leastPorts = 64
	mostPorts  = 8192
)

// newNAT registers a router with Cloud NAT, which serves every zone of the region.
// Everything in the network without a public address uses it.
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
		// Google refuses it with dynamic port allocation.
		EnableEndpointIndependentMapping: pulumi.Bool(false),
		LogConfig: compute.RouterNatLogConfigArgs{
			Enable: pulumi.Bool(true),
			// Only connections for which no port was free.
			Filter: pulumi.String("ERRORS_ONLY"),
		},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("registering Cloud NAT of %s: %w", name, err)
	}
	n.Egress = append(n.Egress, router, gateway)
	return nil
}
