package gcp

import (
	"errors"
	"fmt"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// AddressArgs describes one global IPv4 address.
type AddressArgs struct {
	Project string
	// Data that is protected refuses every plan that releases the address. Others may have it
	// in their DNS records and firewalls, and Google never assigns the same address again.
	Data   data.Held
	Labels Labels
}

// Address is one IPv4 address for a global load balancer.
type Address struct {
	pulumi.ResourceState

	// IP is the address itself.
	IP pulumi.StringOutput
	// Name of the address, for a Gateway.
	Name pulumi.StringOutput
	// ID of the address, for a forwarding rule.
	ID pulumi.StringOutput
}

// NewAddress registers a global address.
func NewAddress(ctx *pulumi.Context, name string, args *AddressArgs, opts ...pulumi.ResourceOption) (*Address, error) {
	a := &Address{}
	return component.New(ctx, "djangostack:gcp:Address", name+"-address", a, args.check, func() (pulumi.Map, error) {
		address, err := gcpcompute.NewGlobalAddress(ctx, child(name, "address"), &gcpcompute.GlobalAddressArgs{
			Project:     pulumi.String(args.Project),
			AddressType: pulumi.String("EXTERNAL"),
			IpVersion:   pulumi.String("IPV4"),
			Description: pulumi.String("Address of " + name),
			Labels:      args.Labels.All(),
		}, pulumi.Parent(a), component.Protect(args.Data))
		if err != nil {
			return nil, fmt.Errorf("registering the address %s: %w", name, err)
		}
		a.IP, a.Name, a.ID = address.Address, address.Name, address.ID().ToStringOutput()
		return component.DataOr(args.Data, pulumi.Map{"ip": a.IP, "name": a.Name, "id": a.ID}), nil
	}, opts...)
}

func (a *AddressArgs) check() error {
	return errors.Join(
		validate.Check("Address", validate.Required("Project", a.Project != "")),
		checkProject("Address", a.Project),
		a.Labels.check("Address"),
	)
}
