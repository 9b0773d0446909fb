package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/kubernetes"
)

// dump begins the database with the configured dump, before the release migrates it.
func (w wiring) dump(d *data, account pulumi.StringInput) error {
	wanted := w.e.Database.Import
	if wanted == nil {
		return nil
	}
	database := d.database
	if d.direct != nil {
		database = *d.direct
	}
	dump, err := kubernetes.NewDump(w.ctx, w.name, &kubernetes.DumpArgs{
		Namespace:      w.namespace,
		Labels:         w.labels,
		Image:          w.e.Database.Image,
		Database:       database,
		Source:         wanted.From,
		Fetch:          w.platform.Fetch,
		ServiceAccount: account,
		Size:           string(wanted.Size),
		Timeout:        wanted.ActiveDeadlineSeconds,
		Resources:      resources(w.e.Release.Resources),
	}, w.after(append(append([]pulumi.Resource{}, d.services...), w.platform.Prerequisites...)...)...)
	if err != nil {
		return err
	}
	d.services = append(d.services, dump)
	return nil
}
