package gcp

import (
	"fmt"
	"maps"
	"strings"

	gcpsdk "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// wiring holds what every step reads. No step changes it: what a step registers, it
// returns to Deploy.
type wiring struct {
	ctx         *pulumi.Context
	environment *spec.Environment
	// name of the app, which the names of all components begin with.
	name   string
	labels components.Labels
	// options of every component: its parent, its providers, and the APIs that it needs.
	options []pulumi.ResourceOption
}

func newWiring(ctx *pulumi.Context, environment *spec.Environment, root pulumi.Resource) (wiring, error) {
	name := environment.App.Name
	args := &gcpsdk.ProviderArgs{
		Project: pulumi.String(environment.GCP.Project),
		Region:  pulumi.String(environment.GCP.Region),
		// Requests to the budget API count against the quota of the project, not of the
		// person (https://cloud.google.com/billing/docs/how-to/budget-api-setup).
		UserProjectOverride: pulumi.Bool(true),
		BillingProject:      pulumi.String(environment.GCP.Project),
	}
	if account := environment.GCP.ImpersonateServiceAccount; account != "" {
		args.ImpersonateServiceAccount = pulumi.String(account)
	}
	home, err := gcpsdk.NewProvider(ctx, name+"-gcp", args, pulumi.Parent(root))
	if err != nil {
		return wiring{}, fmt.Errorf("registering the Google Cloud provider: %w", err)
	}
	random, err := app.NewRandomProvider(ctx, environment, root)
	if err != nil {
		return wiring{}, err
	}
	options := []pulumi.ResourceOption{pulumi.Parent(root), pulumi.Providers(home, random)}
	enabled, err := enableAPIs(ctx, environment, options)
	if err != nil {
		return wiring{}, err
	}
	return wiring{
		ctx:         ctx,
		environment: environment,
		name:        name,
		labels:      labelsOf(environment, ctx.Stack()),
		options:     component.With(options, pulumi.DependsOn(enabled)),
	}, nil
}

func (w wiring) production() bool {
	return w.environment.Tier == spec.Production
}

// environmentLabel is the label that a budget filters by.
const environmentLabel = "djangostack-environment"

func labelsOf(environment *spec.Environment, stack string) components.Labels {
	labels := components.Labels{}
	maps.Copy(labels, environment.GCP.Labels)
	labels["djangostack-app"] = environment.App.Name
	labels[environmentLabel] = labelOf(stack)
	labels["djangostack-managed-by"] = "pulumi"
	if environment.Owner != "" {
		labels["djangostack-owner"] = labelOf(environment.Owner)
	}
	if environment.Purpose != "" {
		labels["djangostack-purpose"] = labelOf(environment.Purpose)
	}
	return labels
}

// labelOf returns a word as a label's value, which has neither capitals nor dots.
func labelOf(word string) string {
	return names.Fit(limits.MaxLabelValue, strings.ToLower(word))
}
