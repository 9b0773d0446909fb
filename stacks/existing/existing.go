// Package existing wires an environment on a Kubernetes cluster that already exists: it
// registers the providers, and the app with its data services in the cluster.
//
// The package imports no cloud's SDK.
package existing

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Deploy registers a whole environment.
func Deploy(ctx *pulumi.Context, environment *spec.Environment) error {
	root, err := app.NewEnvironment(ctx, environment, "existing")
	if err != nil {
		return err
	}
	cluster, err := newClusterProvider(ctx, environment, root)
	if err != nil {
		return err
	}
	random, err := app.NewRandomProvider(ctx, environment, root)
	if err != nil {
		return err
	}
	platform := app.Platform{Options: []pulumi.ResourceOption{pulumi.Parent(root), pulumi.Providers(cluster, random)}}
	deployed, err := app.Deploy(ctx, environment, platform)
	if err != nil {
		return err
	}
	return app.Export(ctx, root, deployed.Outputs(ctx, environment))
}
