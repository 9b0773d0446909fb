package app

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Production is a component without children. Its presence in the state marks the stack as a
// production.
type Production struct {
	pulumi.ResourceState
}

// markProduction registers the mark of a protected production, so that Pulumi refuses a plan
// that changes its tier. Pulumi reads from the old state whether a resource may be deleted,
// but from the new program whether it may be replaced: another tier would lift the
// protection of everything that it replaces.
//
// The mark depends on every resource. A destroy begins with the resources that nothing
// depends on, so it reaches the mark first, is refused, and has deleted nothing.
func (e *Environment) markProduction(ctx *pulumi.Context) error {
	if e.environment.Tier != spec.Production {
		return nil
	}
	mark, held := &Production{}, e.environment.HeldByProduction()
	name := e.environment.App.Name + "-production"
	err := ctx.RegisterComponentResource("djangostack:index:Production", name, mark,
		pulumi.Parent(e), component.Protect(held), pulumi.DependsOn(e.record.Below(e)))
	if err != nil {
		return fmt.Errorf("registering the mark of production: %w", err)
	}
	if err := ctx.RegisterResourceOutputs(mark, component.DataOr(held, pulumi.Map{})); err != nil {
		return fmt.Errorf("registering the outputs of the mark of production: %w", err)
	}
	return nil
}
