package app

import (
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
)

// backups registers the backups of the database in the cluster. Nothing waits for them.
func (w wiring) backups(d dataServices) error {
	if !w.environment.BacksUp() {
		return nil
	}
	database := d.database
	if d.direct != nil {
		database = *d.direct
	}
	wanted := w.environment.Database.Backups
	_, err := kubernetes.NewDatabaseBackups(w.ctx, w.name, &kubernetes.DatabaseBackupsArgs{
		Namespace:     w.namespace,
		Labels:        w.labels,
		Image:         string(w.environment.Database.Image),
		Database:      database,
		Schedule:      wanted.Schedule,
		DrillSchedule: wanted.DrillSchedule,
		KeepDays:      wanted.KeepDays,
		Size:          string(wanted.Volume.Size),
		// A drill restores one copy of the database.
		DrillSize:    string(w.environment.Database.Volume.Size),
		StorageClass: wanted.Volume.StorageClassName,
		Timeout:      wanted.ActiveDeadlineSeconds,
		Resources:    resources(wanted.Resources),
		Data:         w.environment.Held(data.Backups),
	}, w.after(d.services...)...)
	return err
}
