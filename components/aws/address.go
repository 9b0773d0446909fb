package aws

import (
	"fmt"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// AddressArgs describes a set of Elastic IP addresses.
type AddressArgs struct {
	// Count of addresses: one for each zone of a network load balancer.
	Count int
	// Data that is protected refuses every plan that releases an address. Others may have it
	// in their firewalls, and AWS never assigns the same address again.
	Data data.Held
	Tags Tags
}

// Address is a set of Elastic IP addresses that are not associated with anything.
type Address struct {
	pulumi.ResourceState

	// AllocationIDs and PublicIPs have Count entries, in a stable order.
	AllocationIDs pulumi.StringArray
	PublicIPs     pulumi.StringArray
}

// NewAddress registers Elastic IP addresses.
func NewAddress(ctx *pulumi.Context, name string, args *AddressArgs, opts ...pulumi.ResourceOption) (*Address, error) {
	a := &Address{}
	return component.New(ctx, "djangostack:aws:Address", name+"-address", a, args.check, func() (pulumi.Map, error) {
		for i := range args.Count {
			part := fmt.Sprintf("%s-address-%d", name, i)
			ip, err := awsec2.NewEip(ctx, part, &awsec2.EipArgs{
				Domain: pulumi.String("vpc"),
				Tags:   args.Tags.For(part),
			}, pulumi.Parent(a), component.Protect(args.Data))
			if err != nil {
				return nil, fmt.Errorf("registering the address %s: %w", part, err)
			}
			a.AllocationIDs = append(a.AllocationIDs, ip.AllocationId)
			a.PublicIPs = append(a.PublicIPs, ip.PublicIp)
		}
		return component.DataOr(args.Data, pulumi.Map{"allocationIds": a.AllocationIDs, "publicIps": a.PublicIPs}), nil
	}, opts...)
}

func (a *AddressArgs) check() error {
	return validate.Within("Address", "Count", a.Count, 1, limits.MaxElasticIPs)
}
