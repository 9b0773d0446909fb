// Package existing builds an environment on a Kubernetes cluster that is
// already there.
package existing

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/dependencies"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Environment is the root that every resource of the stack descends from.
type Environment struct {
	pulumi.ResourceState
}

// Deploy registers a whole environment.
func Deploy(ctx *pulumi.Context, e *spec.Environment) error {
	root := &Environment{}
	if err := ctx.RegisterComponentResource("djangostack:existing:Environment", e.App.Name, root, dependencies.WaitForChildren()); err != nil {
		return fmt.Errorf("registering the environment: %w", err)
	}
	providers, err := newProviders(ctx, e, root)
	if err != nil {
		return err
	}
	deployed, err := app.Deploy(ctx, e, app.Platform{Options: []pulumi.ResourceOption{pulumi.Parent(root), providers}})
	if err != nil {
		return err
	}
	outputs := deployed.Outputs(ctx, e)
	return app.Export(ctx, root, outputs)
}
