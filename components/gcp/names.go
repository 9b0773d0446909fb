package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
)

const (
	// autonameLength is what the provider appends to the names it makes: a hyphen and
	// seven digits.
	autonameLength = 8
)

// child is the name of a part of a component, cut so that the name which the provider
// makes of it has room.
func child(parts ...string) string {
	return names.Fit(limits.MaxName-autonameLength, parts...)
}

// after is an output that is known as early as ever, and whoever takes it is made
// after some resources and gone before them.
func after(ctx *pulumi.Context, value pulumi.StringInput, resources ...pulumi.Resource) pulumi.StringOutput {
	return pulumi.OutputWithDependencies(ctx.Context(), value.ToStringOutput(), resources...).(pulumi.StringOutput)
}
