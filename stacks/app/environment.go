package app

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/dependencies"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Environment is the root component: every resource of a stack descends from it.
type Environment struct {
	pulumi.ResourceState

	environment *spec.Environment
	record      *dependencies.Record
}

// NewEnvironment registers the root of a stack, named after the app. The module, which is
// aws, gcp or existing, is part of its type: djangostack:aws:Environment.
func NewEnvironment(ctx *pulumi.Context, environment *spec.Environment, module string) (*Environment, error) {
	root := &Environment{environment: environment, record: dependencies.NewRecord()}
	token := fmt.Sprintf("djangostack:%s:Environment", module)
	if err := ctx.RegisterComponentResource(token, environment.App.Name, root, root.record.WaitForChildren()); err != nil {
		return nil, fmt.Errorf("registering the environment: %w", err)
	}
	return root, nil
}

// NewRandomProvider registers the provider of random values. The project disables default
// providers, so every environment needs one.
func NewRandomProvider(ctx *pulumi.Context, environment *spec.Environment, root pulumi.Resource) (*random.Provider, error) {
	provider, err := random.NewProvider(ctx, environment.App.Name+"-random", &random.ProviderArgs{}, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the random provider: %w", err)
	}
	return provider, nil
}

// Export makes outputs those of the stack and of its root, and marks a production. It is the
// last call of every Deploy.
func Export(ctx *pulumi.Context, root *Environment, outputs pulumi.Map) error {
	if err := root.markProduction(ctx); err != nil {
		return err
	}
	for name, value := range outputs {
		ctx.Export(name, value)
	}
	if err := ctx.RegisterResourceOutputs(root, outputs); err != nil {
		return fmt.Errorf("registering the environment's outputs: %w", err)
	}
	return nil
}
