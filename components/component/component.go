// Package component registers component resources. Every constructor of this program goes
// through New, so that all components check their arguments, register their outputs and
// report errors in the same way.
//
// The package imports the Pulumi SDK and components/data.
package component

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// New registers self as the component with the given type token and name. It calls check
// first and registers nothing if check fails. It then calls build, which registers the
// children with self as their parent and returns the component's outputs, or nil for none.
// New registers the outputs last, once, and does not wait for what the component depends on. The
// check may be nil.
//
// Errors of the registration name the component; errors of check and build are returned
// as they are.
func New[T pulumi.ComponentResource](ctx *pulumi.Context, token, name string, self T, check func() error, build func() (pulumi.Map, error), opts ...pulumi.ResourceOption) (T, error) {
	var none T
	if check != nil {
		if err := check(); err != nil {
			return none, err
		}
	}
	if err := ctx.RegisterComponentResource(token, name, self, opts...); err != nil {
		return none, fmt.Errorf("registering the component %s of type %s: %w", name, token, err)
	}
	outputs, err := build()
	if err != nil {
		return none, err
	}
	if outputs == nil {
		// RegisterResourceOutputs panics on a nil map (Pulumi SDK v3.276).
		outputs = pulumi.Map{}
	}
	registerOutputs(ctx, token, name, self, outputs)
	return self, nil
}

// registerOutputs registers the outputs once the component is registered. The SDK waits for that in
// RegisterResourceOutputs (v3.276), and so for everything that the component depends on: the program
// would stop there, and not register what could begin meanwhile.
func registerOutputs(ctx *pulumi.Context, token, name string, self pulumi.ComponentResource, outputs pulumi.Map) {
	self.URN().ApplyT(func(urn pulumi.URN) pulumi.URN {
		if err := ctx.RegisterResourceOutputs(self, outputs); err != nil {
			// An error that is logged fails the update. That of Log itself means that the engine has ended.
			_ = ctx.Log.Error(fmt.Sprintf("registering the outputs of the component %s of type %s: %v", name, token, err), nil)
		}
		return urn
	})
}

// With returns a new slice with the options and some more. Unlike append, it never writes
// to the array of the first slice, so that several components can share their options.
func With(options []pulumi.ResourceOption, more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return slices.Concat(options, more)
}
