package random

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
)

// NewImmutable registers the values that a component's data was created with as the keepers
// of a resource without any effect. Most of these values change only objects that hold no
// data, such as a Deployment's variable, so Pulumi would update them. A change of the
// keepers replaces this resource, which Pulumi refuses while the data is protected, and the
// plan names the configuration path with the old and the new value.
//
// The component's other children depend on the resource, so that none of them changes
// before Pulumi has refused. NewImmutable returns no resource if there are no values.
func NewImmutable(ctx *pulumi.Context, name string, held data.Held, parent pulumi.Resource) ([]pulumi.Resource, error) {
	if len(held.Immutable) == 0 {
		return nil, nil
	}
	values, err := random.NewRandomId(ctx, name+"-immutable", &random.RandomIdArgs{
		ByteLength: pulumi.Int(1),
		Keepers:    pulumi.ToStringMap(held.Immutable),
	}, pulumi.Parent(parent), component.Protect(held))
	if err != nil {
		return nil, fmt.Errorf("registering the immutable values of %s: %w", name, err)
	}
	return []pulumi.Resource{values}, nil
}

// NewImmutablePassword registers NewImmutable's resource and a password that depends on it, which is protected as the
// data is. It returns the password and what the component's other children depend on.
func NewImmutablePassword(ctx *pulumi.Context, name string, held data.Held, parent pulumi.Resource) (*random.RandomPassword, []pulumi.Resource, error) {
	values, err := NewImmutable(ctx, name, held, parent)
	if err != nil {
		return nil, nil, err
	}
	password, err := NewPassword(ctx, name+"-password", held.Protected, parent, pulumi.DependsOn(values))
	return password, values, err
}
