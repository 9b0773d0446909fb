package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// NewSearchRole registers the service-linked role of a search without its domain.
func NewSearchRole(ctx *pulumi.Context, name string, provider pulumi.ProviderResource) error {
	parent := &Search{}
	if err := ctx.RegisterComponentResource("djangostack:aws:Search", name, parent, pulumi.Providers(provider)); err != nil {
		return err
	}
	_, err := newSearchRole(ctx, name+"-search", Tags{}, parent)
	return err
}
