package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

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
			required("Project", a.Project != ""),
			required("Region", a.Region != ""),
			required("NetworkID", a.NetworkID != nil),
			required("SubnetID", a.SubnetID != nil),
			required("Name", a.Name != ""),
			required("User", a.User != ""),
		),
		checkProject("Database", a.Project),
		checkRegion("Database", a.Region),
		checkTier(a.Edition, a.Tier),
		refused(reservedUser(a.User), "Database", fmt.Sprintf("User is %q, which Cloud SQL keeps for itself", a.User)),
		refused(slices.Contains([]string{"postgres", "template0", "template1", "cloudsqladmin"}, a.Name), "Database",
			fmt.Sprintf("Name is %q, which every server has already", a.Name)),
		within("Database", "Version", a.Version, leastVersion, mostVersion),
		within("Database", "StorageGiB", a.StorageGiB, leastStorage, mostStorage),
		within("Database", "MaxStorageGiB", most, a.StorageGiB, mostStorage),
		within("Database", "BackupDays", a.BackupDays, 1, mostBackups),
		within("Database", "BackupHour", a.BackupHour, 0, 23),
		within("Database", "Replicas", a.Replicas, 0, mostReplicas),
		oneOf("Database", "DeletionPolicy", a.DeletionPolicy, deletion.Retain, deletion.Delete),
		oneOf("Database", "Insights", a.Insights, InsightsOff, InsightsOn),
		a.RestoreFrom.check(),
		a.Window.check("Database"),
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
			required("RestoreFrom.Instance", b.Instance != ""),
			required("RestoreFrom.RunID", b.RunID > 0),
		),
		checkProject("Database", b.Project),
	)
}
