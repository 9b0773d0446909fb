package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/validate"
)

func (a *DatabaseArgs) check() error {
	const lastVersion = 99
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
		validate.RefuseIf(reservedUser(a.User), "Database", fmt.Sprintf("User is %q, which Cloud SQL reserves", a.User)),
		validate.RefuseIf(slices.Contains([]string{"postgres", "template0", "template1", "cloudsqladmin"}, a.Name), "Database",
			fmt.Sprintf("Name is %q, which exists on every server", a.Name)),
		validate.Within("Database", "Version", a.Version, limits.MinDatabaseVersion, lastVersion),
		arguments.CheckStorage("Database", a.StorageGiB, a.MaxStorageGiB, limits.MinDatabaseStorageGiB, limits.MaxDatabaseStorageGiB),
		validate.Within("Database", "BackupDays", a.BackupDays, 1, limits.MaxDatabaseBackups),
		validate.Within("Database", "BackupHour", a.BackupHour, 0, 23),
		validate.Within("Database", "Replicas", a.Replicas, 0, limits.MaxDatabaseReplicas),
		validate.OneOf("Database", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		validate.OneOf("Database", "Insights", a.Insights, arguments.Off, arguments.On),
		a.RestoreFrom.check(),
		a.MaintenanceWindow.check("Database"),
		a.Labels.check("Database"),
	)
}

// reservedUser reports whether PostgreSQL or Cloud SQL reserves a user name.
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
