package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// AddressArgs describes one address that is announced in all of Google's locations.
type AddressArgs struct {
	Project string
	// Protect refuses every plan that gives the address back: others may have written
	// it into their records and firewalls, and it never comes again.
	Protect bool
	Labels  Labels
}

// Address is one IPv4 address for a global load balancer.
type Address struct {
	pulumi.ResourceState

	// IP is the address itself.
	IP pulumi.StringOutput
	// Name is what a Gateway names it by.
	Name pulumi.StringOutput
	// ID is what a forwarding rule names it by.
	ID pulumi.StringOutput
}
