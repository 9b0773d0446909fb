// Package aws builds an environment on a network and a cluster of its own on
// AWS. Its wiring reads top to bottom.
package aws

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

// Deploy registers a whole environment: keys, network, cluster, data services,
// buckets, names and certificates, the app, and last the way in.
func Deploy(ctx *pulumi.Context, e *spec.Environment) error {
	root := &Environment{}
	if err := ctx.RegisterComponentResource("djangostack:aws:Environment", e.App.Name, root, dependencies.WaitForChildren()); err != nil {
		return fmt.Errorf("registering the environment: %w", err)
	}
	w, err := newWiring(ctx, e, root)
	if err != nil {
		return err
	}
	if err := app.Build(
		w.keys,
		w.network,
		w.cluster,
		w.database,
		w.redis,
		w.queue,
		w.search,
		w.zone,
		w.buckets,
		w.registry,
		w.dump,
		w.identity,
		w.app,
		w.loadBalancer,
		w.budget,
	); err != nil {
		return err
	}
	return w.outputs(root)
}

func (w *wiring) app() error {
	deployed, err := app.Deploy(w.ctx, w.e, w.platform)
	if err != nil {
		return err
	}
	w.deployed = deployed
	return nil
}

func (w *wiring) outputs(root *Environment) error {
	outputs := w.deployed.Outputs(w.ctx, w.e)
	outputs["clusterName"] = w.made.cluster.Name
	outputs["kubeconfig"] = w.made.cluster.Kubeconfig
	outputs["nameServers"] = w.made.zone.NameServers
	if w.made.registry != nil {
		outputs["registry"] = w.made.registry.URL
	}
	if w.made.addresses != nil {
		outputs["addresses"] = w.made.addresses.PublicIPs
	}
	return app.Export(w.ctx, root, outputs)
}
