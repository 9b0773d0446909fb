package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// enableAPIs enables the APIs of everything that an environment may have, so that no later
// change of it has to wait until an API is enabled.
func enableAPIs(ctx *pulumi.Context, environment *spec.Environment, options []pulumi.ResourceOption) ([]pulumi.Resource, error) {
	services, err := components.NewServices(ctx, environment.App.Name, &components.ServicesArgs{
		Project: environment.GCP.Project,
		APIs: append(components.PlatformAPIs(),
			"certificatemanager.googleapis.com",
			"redis.googleapis.com",
			"sqladmin.googleapis.com",
			"storage.googleapis.com",
		),
	}, options...)
	if err != nil {
		return nil, err
	}
	return services.Enabled, nil
}
