package gcp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// administrator is the first user of the database server; the app has a role of its
	// own.
	administrator = "djangostack_admin"
	// backupHour is when the daily backup begins, in UTC.
	backupHour = 2
)

func (w *wiring) database() error {
	if w.e.Database.Kind != spec.Managed {
		return nil
	}
	args, err := w.databaseArgs(w.e.Database.Managed)
	if err != nil {
		return err
	}
	database, err := components.NewDatabase(w.ctx, w.name, args, w.options...)
	if err != nil {
		return err
	}
	w.platform.Database = &database.Admin
	return nil
}

func (w *wiring) databaseArgs(wanted spec.ManagedDatabase) (*components.DatabaseArgs, error) {
	tier, err := limits.DatabaseTier(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	storage, err := sizes.GiB(string(wanted.Storage))
	if err != nil {
		return nil, err
	}
	most := sizes.MaxGrowth(storage, limits.MaxDatabaseStorageGiB)
	if wanted.MaxStorage != "" {
		if most, err = sizes.GiB(string(wanted.MaxStorage)); err != nil {
			return nil, err
		}
	}
	version, err := strconv.Atoi(wanted.Version)
	if err != nil {
		return nil, fmt.Errorf("reading database.managed.version: %w", err)
	}
	backup, err := backupOf(wanted.RestoreFrom)
	if err != nil {
		return nil, err
	}
	args := &components.DatabaseArgs{
		Project:        w.e.GCP.Project,
		Region:         w.e.GCP.Region,
		NetworkID:      w.made.network.NetworkID,
		SubnetID:       w.made.network.EndpointSubnetID,
		Edition:        components.Enterprise,
		Tier:           tier,
		Version:        version,
		StorageGiB:     storage,
		MaxStorageGiB:  most,
		Regional:       wanted.Availability == spec.MultiZone,
		BackupDays:     wanted.BackupDays,
		KeyID:          w.made.key.ID,
		Name:           w.e.Database.Name,
		User:           administrator,
		Protect:        w.e.ProtectionOf(spec.DatabaseData),
		DeletionPolicy: deletion.Delete,
		Insights:       arguments.Off,
		Replicas:       wanted.Replicas,
		RestoreFrom:    backup,
		BackupHour:     backupHour,
		Labels:         w.labels,
	}
	if w.e.Tier == spec.Production {
		// The server stays even when the protection was lifted by name: Cloud SQL takes
		// no last snapshot.
		args.DeletionPolicy = deletion.Retain
		args.Insights = arguments.On
	}
	return args, nil
}

// backupOf reads INSTANCE/BACKUP.
func backupOf(name string) (*components.Backup, error) {
	if name == "" {
		return nil, nil
	}
	instance, number, _ := strings.Cut(name, "/")
	run, err := strconv.Atoi(number)
	if err != nil {
		return nil, fmt.Errorf("reading database.managed.restoreFrom: %w", err)
	}
	return &components.Backup{Instance: instance, RunID: run}, nil
}
