package app

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/kubernetes"
)

// dump registers the import of the configured dump, which the release waits for. It
// returns nothing if no import is configured.
func (w wiring) dump(d dataServices, account pulumi.StringInput) ([]pulumi.Resource, error) {
	wanted := w.environment.Database.Import
	if wanted == nil {
		return nil, nil
	}
	database := d.database
	if d.direct != nil {
		database = *d.direct
	}
	dump, err := kubernetes.NewDump(w.ctx, w.name, &kubernetes.DumpArgs{
		Namespace:      w.namespace,
		Labels:         w.labels,
		Image:          string(w.environment.Database.Image),
		Database:       database,
		Source:         wanted.From,
		Fetch:          w.platform.Fetch,
		ServiceAccount: account,
		Size:           string(wanted.Size),
		Timeout:        wanted.ActiveDeadlineSeconds,
		Resources:      resources(w.environment.Release.Resources),
	}, w.afterPrerequisites(slices.Concat(d.services, w.platform.DatabaseServer)...)...)
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{dump}, nil
}
