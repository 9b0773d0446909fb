package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// FlowLogsMode says whether a network's connections are recorded.
type FlowLogsMode string

// Recording costs by the gigabyte.
const (
	FlowLogsOff FlowLogsMode = "off"
	FlowLogsOn  FlowLogsMode = "on"
)

// NetworkArgs describes a VPC with one subnet for nodes and pods. Google knows no
// labels on networks and subnets.
type NetworkArgs struct {
	Project string
	Region  string
	// CIDR is the range of private addresses, from /16 to /20, for instance 10.20.0.0/16.
	// It is for life: a change replaces the subnets.
	CIDR string
	// FlowLogs is on or off.
	FlowLogs FlowLogsMode
	// Protect refuses every plan that deletes or replaces the network: all that stands
	// in it would have to move.
	Protect bool
}

// Network is a VPC, with a way out for what has no address of its own outside.
type Network struct {
	pulumi.ResourceState

	// NetworkID and SubnetID identify the VPC and the subnet of nodes and pods, in the
	// form projects/…/global/networks/… and projects/…/regions/…/subnetworks/….
	NetworkID pulumi.StringOutput
	SubnetID  pulumi.StringOutput
	// EndpointSubnetID identifies the subnet of private endpoints: the control plane's,
	// and those of data services.
	EndpointSubnetID pulumi.StringOutput
	// PodsRange and ServicesRange are the names of the subnet's secondary ranges.
	PodsRange     pulumi.StringOutput
	ServicesRange pulumi.StringOutput
	// CIDR is the whole range, PodsCIDR that of the pods.
	CIDR     string
	PodsCIDR string
	// Egress is what a node needs to reach the world outside. Whatever runs in the
	// network waits for it, and goes before it goes.
	Egress []pulumi.Resource
}
