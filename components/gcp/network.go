package gcp

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// NetworkArgs describes a VPC with one subnet for nodes and pods. Networks and subnets have
// no labels.
type NetworkArgs struct {
	Project string
	Region  string
	// CIDR is the private range, from /16 to /20, for instance 10.20.0.0/16. A change
	// replaces the subnets.
	CIDR string
	// FlowLogs turns on the record of connections, one for ten minutes, and of DNS queries.
	// It costs by the gigabyte.
	FlowLogs arguments.Switch
	// Data that is protected refuses every plan that deletes or replaces the network:
	// everything in it would have to move.
	Data data.Held
}

// Network is a VPC with Cloud NAT for nodes without public addresses.
type Network struct {
	pulumi.ResourceState

	// NetworkID and SubnetID identify the VPC and the subnet of nodes and pods, in the form
	// projects/…/global/networks/… and projects/…/regions/…/subnetworks/….
	NetworkID pulumi.StringOutput
	SubnetID  pulumi.StringOutput
	// EndpointSubnetID identifies the subnet of private endpoints: those of the control
	// plane and of data services.
	EndpointSubnetID pulumi.StringOutput
	// PodsRange and ServicesRange are the names of the subnet's secondary ranges.
	PodsRange     pulumi.StringOutput
	ServicesRange pulumi.StringOutput
	// CIDR is the whole range, and PodsCIDR that of the pods.
	CIDR     string
	PodsCIDR string
	// Egress are the resources that nodes need to reach the internet. Resources in the
	// network depend on them.
	Egress []pulumi.Resource
}

// NewNetwork registers a VPC, its subnets, Cloud NAT and a firewall.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	n := &Network{CIDR: args.CIDR}
	return component.New(ctx, "djangostack:gcp:Network", name, n, args.check, func() (pulumi.Map, error) {
		plan, err := planSubnets(args.CIDR)
		if err != nil {
			return nil, err
		}
		n.PodsCIDR = plan.pods.String()
		if err := n.newVPC(ctx, name, args); err != nil {
			return nil, err
		}
		if err := n.newSubnets(ctx, name, args, plan); err != nil {
			return nil, err
		}
		if err := n.newNAT(ctx, name, args); err != nil {
			return nil, err
		}
		if err := n.newDNSLogs(ctx, name, args); err != nil {
			return nil, err
		}
		return component.DataOr(args.Data, pulumi.Map{
			"networkId":        n.NetworkID,
			"subnetId":         n.SubnetID,
			"endpointSubnetId": n.EndpointSubnetID,
			"podsRange":        n.PodsRange,
			"servicesRange":    n.ServicesRange,
			"cidr":             pulumi.String(n.CIDR),
		}), nil
	}, opts...)
}

func (a *NetworkArgs) check() error {
	err := errors.Join(
		validate.Check("Network", validate.Required("Project", a.Project != ""), validate.Required("Region", a.Region != ""), validate.Required("CIDR", a.CIDR != "")),
		checkProject("Network", a.Project),
		checkRegion("Network", a.Region),
		validate.OneOf("Network", "FlowLogs", a.FlowLogs, arguments.Off, arguments.On),
	)
	if a.CIDR == "" {
		return err
	}
	_, wrongCIDR := planSubnets(a.CIDR)
	return errors.Join(err, wrongCIDR)
}

// newVPC registers the network, and a firewall rule that denies all ingress without another
// rule. Google denies it by default too, but does not log it.
func (n *Network) newVPC(ctx *pulumi.Context, name string, args *NetworkArgs) error {
	vpc, err := compute.NewNetwork(ctx, child(name, "network"), &compute.NetworkArgs{
		Project: pulumi.String(args.Project),
		// CIS 3.1: no network with a subnet in every region.
		AutoCreateSubnetworks: pulumi.Bool(false),
		RoutingMode:           pulumi.String("REGIONAL"),
		// Cloud NAT needs the default route.
		DeleteDefaultRoutesOnCreate: pulumi.Bool(false),
	}, pulumi.Parent(n), component.Protect(args.Data))
	if err != nil {
		return fmt.Errorf("registering the network %s: %w", name, err)
	}
	n.NetworkID = vpc.ID().ToStringOutput()
	_, err = compute.NewFirewall(ctx, child(name, "deny-ingress"), &compute.FirewallArgs{
		Project:      pulumi.String(args.Project),
		Network:      n.NetworkID,
		Description:  pulumi.String("Refuses what no other rule allows, and records it"),
		Direction:    pulumi.String("INGRESS"),
		Priority:     pulumi.Int(lastPriority),
		SourceRanges: pulumi.ToStringArray([]string{everywhere}),
		Denies:       compute.FirewallDenyArray{compute.FirewallDenyArgs{Protocol: pulumi.String("all")}},
		LogConfig:    compute.FirewallLogConfigArgs{Metadata: pulumi.String("INCLUDE_ALL_METADATA")},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("registering the firewall of %s: %w", name, err)
	}
	return nil
}

const (
	// everywhere is every IPv4 address.
	everywhere = "0.0.0.0/0"
	// lastPriority comes after all rules except Google's implied ones, with 65535
	// (https://cloud.google.com/firewall/docs/firewalls).
	lastPriority = 65534
)
