package aws

import (
	"fmt"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// wiring is what the steps of the wiring share.
type wiring struct {
	ctx  *pulumi.Context
	e    *spec.Environment
	name string
	tags components.Tags
	// options are the options of every room: its parent and its providers.
	options []pulumi.ResourceOption
	// virginia is the provider for us-east-1, where CloudFront looks for certificates.
	virginia *awssdk.Provider
	account  pulumi.StringOutput
	// grants are what the pods of the app may do on AWS.
	grants   []components.Statement
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
	// registry and addresses are nil where none are asked for.
	registry  *components.Registry
	addresses *components.Address
}

func newWiring(ctx *pulumi.Context, e *spec.Environment, root pulumi.Resource) (*wiring, error) {
	w := &wiring{ctx: ctx, e: e, name: e.App.Name, tags: tagsOf(e, ctx.Stack())}
	home, err := w.provider(e.App.Name+"-aws", e.AWS.Region, root)
	if err != nil {
		return nil, err
	}
	if w.virginia, err = w.provider(e.App.Name+"-aws-us-east-1", "us-east-1", root); err != nil {
		return nil, err
	}
	passwords, err := random.NewProvider(ctx, e.App.Name+"-random", &random.ProviderArgs{}, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the random provider: %w", err)
	}
	w.options = []pulumi.ResourceOption{pulumi.Parent(root), pulumi.Providers(home, passwords)}
	caller := awssdk.GetCallerIdentityOutput(ctx, awssdk.GetCallerIdentityOutputArgs{}, pulumi.Parent(root), pulumi.Provider(home))
	w.account = caller.AccountId()
	return w, nil
}

// provider refuses to touch any account but the configured one.
func (w *wiring) provider(name, region string, root pulumi.Resource) (*awssdk.Provider, error) {
	args := &awssdk.ProviderArgs{Region: pulumi.String(region)}
	if w.e.AWS.AccountID != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{w.e.AWS.AccountID})
	}
	provider, err := awssdk.NewProvider(w.ctx, name, args, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the AWS provider for %s: %w", region, err)
	}
	return provider, nil
}

// after returns the options of a room that is made once others are ready, and gone
// before they go.
func (w *wiring) after(others ...pulumi.Resource) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption{}, w.options...), pulumi.DependsOn(others))
}

func (w *wiring) protected() bool {
	return w.e.Protection == spec.Protected
}

// zones are the names of the availability zones: eu-west-1a, eu-west-1b, …
func (w *wiring) zones() []string {
	letters := w.e.ZoneLetters()
	names := make([]string, 0, len(letters))
	for _, letter := range letters {
		names = append(names, w.e.AWS.Region+letter)
	}
	return names
}

func tagsOf(e *spec.Environment, stack string) components.Tags {
	tags := components.Tags{
		"djangostack:app":        e.App.Name,
		environmentTag:           stack,
		"djangostack:managed-by": "pulumi",
	}
	if e.Owner != "" {
		tags["djangostack:owner"] = e.Owner
	}
	if e.Purpose != "" {
		tags["djangostack:purpose"] = e.Purpose
	}
	return tags
}

// environmentTag is also what a budget counts by.
const environmentTag = "djangostack:environment"
