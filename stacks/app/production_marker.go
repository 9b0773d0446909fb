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
func (w wiring) markProduction() error {
	if w.environment.Tier != spec.Production {
		return nil
	}
	mark, held := &Production{}, w.environment.HeldByProduction()
	options := component.With(w.options, component.Protect(held))
	if err := w.ctx.RegisterComponentResource("djangostack:index:Production", w.name+"-production", mark, options...); err != nil {
		return fmt.Errorf("registering the mark of production: %w", err)
	}
	if err := w.ctx.RegisterResourceOutputs(mark, component.WithData(held, pulumi.Map{})); err != nil {
		return fmt.Errorf("registering the outputs of the mark of production: %w", err)
	}
	return nil
}
