package app

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Production stands in the state of a production environment, and for nothing else.
type Production struct {
	pulumi.ResourceState
}

// markProduction refuses the plan that makes a protected production something else by
// one word. Pulumi asks the old state whether something may be deleted, but the new
// program whether it may be replaced: a smaller shape would lift its own protection.
func (w wiring) markProduction() error {
	if w.e.Tier != spec.Production {
		return nil
	}
	mark := &Production{}
	options := append(append([]pulumi.ResourceOption{}, w.options...), pulumi.Protect(w.e.Protection == spec.Protected))
	if err := w.ctx.RegisterComponentResource("djangostack:index:Production", w.name+"-production", mark, options...); err != nil {
		return fmt.Errorf("registering the mark of production: %w", err)
	}
	if err := w.ctx.RegisterResourceOutputs(mark, pulumi.Map{}); err != nil {
		return fmt.Errorf("registering the outputs of the mark of production: %w", err)
	}
	return nil
}
