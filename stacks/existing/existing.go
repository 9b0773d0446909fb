// Package existing builds an environment on a Kubernetes cluster that is
// already there. Its wiring reads top to bottom.
package existing

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kube"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Environment is the root that every resource of the stack descends from.
type Environment struct {
	pulumi.ResourceState
}

// Deploy registers a whole environment: namespace, data services, settings,
// release, worker and web, and beat last.
func Deploy(ctx *pulumi.Context, e *spec.Environment) error {
	root := &Environment{}
	name := e.App.Name
	if err := ctx.RegisterComponentResource("djangostack:existing:Environment", name, root); err != nil {
		return fmt.Errorf("registering the environment: %w", err)
	}
	providers, err := newProviders(ctx, e, root)
	if err != nil {
		return err
	}
	inside := []pulumi.ResourceOption{pulumi.Parent(root), providers}
	labels := labelsOf(e, ctx.Stack())

	namespace, err := kube.NewNamespace(ctx, name, &kube.NamespaceArgs{
		Name:        e.Namespace.Name,
		Given:       e.Namespace.Source == spec.Given,
		PodSecurity: e.Namespace.PodSecurity,
		Labels:      labels,
	}, inside...)
	if err != nil {
		return err
	}
	w := wiring{ctx: ctx, e: e, name: name, namespace: namespace.Name, labels: labels, inside: inside}

	data, err := w.dataServices()
	if err != nil {
		return err
	}
	runtime, err := w.settings(data)
	if err != nil {
		return err
	}
	static, err := w.static()
	if err != nil {
		return err
	}
	release, err := w.release(runtime, static, data.services)
	if err != nil {
		return err
	}
	web, err := w.web(runtime, static, release)
	if err != nil {
		return err
	}
	workers, err := w.workers(runtime, release)
	if err != nil {
		return err
	}
	if err := w.shell(runtime, release); err != nil {
		return err
	}
	if err := w.beat(runtime, append(workers, web)); err != nil {
		return err
	}
	return w.outputs(root, release)
}

// wiring is what every step of the wiring needs.
type wiring struct {
	ctx       *pulumi.Context
	e         *spec.Environment
	name      string
	namespace pulumi.StringOutput
	labels    map[string]string
	inside    []pulumi.ResourceOption
}

// after returns the options of a component that is made once others are ready.
func (w wiring) after(others ...pulumi.Resource) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption{}, w.inside...), pulumi.DependsOn(others))
}

func (w wiring) outputs(root *Environment, release *django.Release) error {
	outputs := pulumi.Map{
		"url":       pulumi.String(w.e.Address()),
		"namespace": w.namespace,
		"environment": pulumi.StringMap{
			"name":  pulumi.String(w.ctx.Stack()),
			"place": pulumi.String(string(w.e.Place)),
			"shape": pulumi.String(string(w.e.Shape)),
		},
	}
	if superuser := w.e.Release.Superuser; superuser != nil {
		outputs["adminUsername"] = pulumi.String(superuser.Username)
		outputs["adminPassword"] = pulumi.ToSecret(release.AdminPassword)
	}
	for name, value := range outputs {
		w.ctx.Export(name, value)
	}
	if err := w.ctx.RegisterResourceOutputs(root, outputs); err != nil {
		return fmt.Errorf("registering the environment's outputs: %w", err)
	}
	return nil
}
