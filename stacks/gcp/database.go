package gcp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

// backupHour is the hour in which the daily backup begins, in UTC.
const backupHour = 2

// database registers the server on Cloud SQL; nil if the environment has none.
func (w wiring) database(base foundation) (*components.Database, error) {
	if !w.environment.HasManagedDatabase() {
		return nil, nil
	}
	args, err := w.databaseArgs(base)
	if err != nil {
		return nil, err
	}
	return components.NewDatabase(w.ctx, w.name, args, w.options...)
}

func (w wiring) databaseArgs(base foundation) (*components.DatabaseArgs, error) {
	wanted := w.environment.Database.Managed
	tier, err := limits.DatabaseTier(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	server, err := cloud.NewDatabaseServer(wanted, limits.MaxDatabaseStorageGiB)
	if err != nil {
		return nil, err
	}
	backup, err := backupOf(wanted.RestoreFrom)
	if err != nil {
		return nil, err
	}
	args := &components.DatabaseArgs{
		Project:        w.environment.GCP.Project,
		Region:         w.environment.GCP.Region,
		NetworkID:      base.network.NetworkID,
		SubnetID:       base.network.EndpointSubnetID,
		Edition:        components.Enterprise,
		Tier:           tier,
		Version:        server.Version,
		StorageGiB:     server.StorageGiB,
		MaxStorageGiB:  server.MaxStorageGiB,
		Regional:       wanted.Availability == spec.MultiZone,
		BackupDays:     wanted.BackupDays,
		KeyID:          base.key.ID,
		Name:           w.environment.Database.Name,
		User:           spec.DatabaseAdministrator,
		Data:           w.environment.HeldDatabase(spec.Managed),
		DeletionPolicy: deletion.Delete,
		Insights:       arguments.Off,
		Replicas:       wanted.Replicas,
		RestoreFrom:    backup,
		BackupHour:     backupHour,
		Labels:         w.labels,
	}
	if w.production() {
		// The server is kept even if the protection was lifted by name: Cloud SQL takes no
		// final snapshot.
		args.DeletionPolicy = deletion.Retain
		args.Insights = arguments.On
	}
	return args, nil
}

// backupOf reads INSTANCE/BACKUP; nil for an empty name.
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
