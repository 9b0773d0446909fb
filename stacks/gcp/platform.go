package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/app"
)

// platform returns the platform services that the app uses. Pods wait for the database
// alone: its address exists before the server, while the address of a cache is an output of
// its server.
func (w wiring) platform(base foundation, data dataServices, files fileServices, dump dumpAccess, identity *components.Identity) app.Platform {
	platform := app.Platform{
		Options:       component.With(w.options, pulumi.Providers(base.cluster.Provider)),
		Static:        files.static,
		Media:         files.media,
		Fetch:         dump.fetch,
		Prerequisites: base.cluster.Ready,
	}
	if data.database != nil {
		platform.Database = &data.database.Admin
		platform.DatabaseReplicas = data.database.ReplicaHosts
		platform.DatabaseServer, platform.DataServices = data.database.Ready, data.database.Ready
	}
	if data.cache != nil {
		platform.Cache = &data.cache.Server
	}
	if data.broker != nil {
		platform.Broker = &data.broker.Server
	}
	if identity != nil {
		platform.ServiceAccount = w.environment.Instance()
		platform.Credentials = credentials()
		platform.AccountAnnotations = identity.Annotations
		platform.Prerequisites = slices.Concat(base.cluster.Ready, identity.Bindings)
		platform.MediaKeys = mediaKeys(identity)
	}
	return platform
}
