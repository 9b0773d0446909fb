package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/arguments"

	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

func (a *DatabaseArgs) check() error {
	// The least and the most that Cloud SQL takes, the most backups that it keeps, and the
	// most replicas of one server (https://cloud.google.com/sql/docs/postgres/quotas).
	const leastStorage, mostStorage, mostBackups, mostReplicas = 10, 65536, 365, 10
	const leastVersion, mostVersion = 13, 99
	most := a.MaxStorageGiB
	if most == 0 {
		most = a.StorageGiB
	}
	return errors.Join(
		validate.Check("Database",
			validate.Required("Project", a.Project != ""),
			validate.Required("Region", a.Region != ""),
			validate.Required("NetworkID", a.NetworkID != nil),
			validate.Required("SubnetID", a.SubnetID != nil),
			validate.Required("Name", a.Name != ""),
			validate.Required("User", a.User != ""),
		),
		checkProject("Database", a.Project),
		checkRegion("Database", a.Region),
		checkTier(a.Edition, a.Tier),
		validate.RefuseIf(reservedUser(a.User), "Database", fmt.Sprintf("User is %q, which Cloud SQL keeps for itself", a.User)),
		validate.RefuseIf(slices.Contains([]string{"postgres", "template0", "template1", "cloudsqladmin"}, a.Name), "Database",
			fmt.Sprintf("Name is %q, which every server has already", a.Name)),
		validate.Within("Database", "Version", a.Version, leastVersion, mostVersion),
		validate.Within("Database", "StorageGiB", a.StorageGiB, leastStorage, mostStorage),
		validate.Within("Database", "MaxStorageGiB", most, a.StorageGiB, mostStorage),
		validate.Within("Database", "BackupDays", a.BackupDays, 1, mostBackups),
		validate.Within("Database", "BackupHour", a.BackupHour, 0, 23),
		validate.Within("Database", "Replicas", a.Replicas, 0, mostReplicas),
		validate.OneOf("Database", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		validate.OneOf("Database", "Insights", a.Insights, arguments.Off, arguments.On),
		a.RestoreFrom.check(),
		a.MaintenanceWindow.check("Database"),
		a.Labels.check("Database"),
	)
}

// reservedUser tells whether a name is PostgreSQL's or Cloud SQL's own.
func reservedUser(user string) bool {
	return strings.HasPrefix(user, "cloudsql") || strings.HasPrefix(user, "pg_")
}

func (b *Backup) check() error {
	if b == nil {
		return nil
	}
	return errors.Join(
		validate.Check("Database",
			validate.Required("RestoreFrom.Instance", b.Instance != ""),
			validate.Required("RestoreFrom.RunID", b.RunID > 0),
		),
		checkProject("Database", b.Project),
	)
}
