package gcp

import (
	"fmt"
	"strings"

	gcpsdk "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// wiring is what the steps of the wiring share.
type wiring struct {
	ctx    *pulumi.Context
	e      *spec.Environment
	name   string
	labels components.Labels
	// options are the options of every room: its parent, its providers, and the APIs
	// that it waits for.
	options []pulumi.ResourceOption
	// grants are the buckets that the pods of the app may use.
	grants   []components.BucketGrant
	made     made
	platform app.Platform
	deployed *app.App
}

// made are the rooms that later ones stand on.
type made struct {
	key     *components.Key
	network *components.Network
	cluster *components.Cluster
	zone    *components.DNS
	address *components.Address
	// registry is nil where none is asked for.
	registry *components.Registry
}

func newWiring(ctx *pulumi.Context, e *spec.Environment, root pulumi.Resource) (*wiring, error) {
	w := &wiring{ctx: ctx, e: e, name: e.App.Name, labels: labelsOf(e, ctx.Stack())}
	home, err := gcpsdk.NewProvider(ctx, e.App.Name+"-gcp", &gcpsdk.ProviderArgs{
		Project: pulumi.String(e.GCP.Project),
		Region:  pulumi.String(e.GCP.Region),
		// Budgets are counted against the quota of the project, not of the person
		// (https://cloud.google.com/billing/docs/how-to/budget-api-setup).
		UserProjectOverride: pulumi.Bool(true),
		BillingProject:      pulumi.String(e.GCP.Project),
	}, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the Google Cloud provider: %w", err)
	}
	passwords, err := random.NewProvider(ctx, e.App.Name+"-random", &random.ProviderArgs{}, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the random provider: %w", err)
	}
	w.options = []pulumi.ResourceOption{pulumi.Parent(root), pulumi.Providers(home, passwords)}
	return w, nil
}

// after returns the options of a room that is made once others are ready, and gone
// before they go.
func (w *wiring) after(others ...pulumi.Resource) []pulumi.ResourceOption {
	return with(w.options, pulumi.DependsOn(others))
}

// with returns options and more; the options themselves stay as they are.
func with(options []pulumi.ResourceOption, more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption{}, options...), more...)
}

func (w *wiring) protected() bool {
	return w.e.Protection == spec.Protected
}

// environmentLabel is also what a budget counts by.
const environmentLabel = "djangostack-environment"

func labelsOf(e *spec.Environment, stack string) components.Labels {
	labels := components.Labels{
		"djangostack-app":        e.App.Name,
		environmentLabel:         labelOf(stack),
		"djangostack-managed-by": "pulumi",
	}
	if e.Owner != "" {
		labels["djangostack-owner"] = labelOf(e.Owner)
	}
	if e.Purpose != "" {
		labels["djangostack-purpose"] = labelOf(e.Purpose)
	}
	return labels
}

// labelOf writes a word as Google takes it: without capitals and dots.
func labelOf(word string) string {
	return names.Fit(limits.MaxLabelValue, strings.ToLower(word))
}
