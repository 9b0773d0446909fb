package aws

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/stacks/app"
)

// platform returns the platform services that the app uses.
func (w wiring) platform(base foundation, data dataServices, files fileServices, dump dumpAccess, identity *components.Identity) app.Platform {
	platform := app.Platform{
		Options:       component.With(w.options, pulumi.Providers(base.cluster.Provider)),
		Static:        files.static,
		Media:         files.media,
		Fetch:         dump.fetch,
		Prerequisites: base.cluster.Ready,
		DataServices:  data.resources(),
	}
	if data.database != nil {
		platform.Database = &data.database.Admin
		platform.DatabaseReplicas = data.database.ReplicaHosts
		platform.DatabaseServer = []pulumi.Resource{data.database}
	}
	if data.cache != nil {
		platform.Cache = &data.cache.Server
	}
	if data.broker != nil {
		platform.Broker = &data.broker.Server
	}
	if data.rabbitMQ != nil {
		platform.Queue = &data.rabbitMQ.Server
	}
	if data.search != nil {
		platform.SearchURL = data.search.URL()
	}
	if identity != nil {
		platform.ServiceAccount = w.environment.Instance()
		platform.Credentials = credentials()
		platform.Prerequisites = slices.Concat(base.cluster.Ready, []pulumi.Resource{identity})
	}
	return platform
}
