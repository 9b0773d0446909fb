package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// enableAPIs enables the APIs of everything that an environment may have, so that no later
// change of it has to wait until an API is enabled. Images are scanned only where the
// environment has a registry: scanning is switched on for the whole project.
func enableAPIs(ctx *pulumi.Context, environment *spec.Environment, options []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	apis := slices.Concat(components.PlatformAPIs(), components.DataAPIs())
	if environment.CreatesRegistry() {
		apis = append(apis, components.ScanningAPIs()...)
	}
	services, err := components.NewServices(ctx, environment.App.Name, &components.ServicesArgs{
		Project: environment.GCP.Project,
		APIs:    apis,
	}, options...)
	if err != nil {
		return nil, err
	}
	return services.Enabled, nil
}
