package app

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Build runs the steps of a platform's wiring in their order, to the first error.
func Build(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// Export makes outputs those of the stack and of its root.
func Export(ctx *pulumi.Context, root pulumi.ComponentResource, outputs pulumi.Map) error {
	for name, value := range outputs {
		ctx.Export(name, value)
	}
	if err := ctx.RegisterResourceOutputs(root, outputs); err != nil {
		return fmt.Errorf("registering the environment's outputs: %w", err)
	}
	return nil
}
