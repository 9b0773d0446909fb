package spec

import (
	"strings"

	"github.com/robfig/cron/v3"
)

// BackupStore is where the backups of the database are stored.
type BackupStore string

// NoBackups takes none. BackupsInVolume stores them on a separate volume.
const (
	NoBackups       BackupStore = "none"
	BackupsInVolume BackupStore = "volume"
)

// Backups are the backups of an in-cluster database. A managed server has its own, see
// database.managed.backupDays.
type Backups struct {
	// none; volume: dumps by pg_dump on a volume that outlives the server's. djangostack backup takes one at any time, and djangostack restore brings one back.
	Store BackupStore `json:"store,omitempty" jsonschema:"enum=none,enum=volume" default:"volume in production with kind in-cluster, otherwise none"`
	// When backups are taken, in UTC: minute, hour, day of the month, month, day of the week, or a word such as @daily.
	Schedule string `json:"schedule,omitempty" jsonschema:"minLength=1"`
	// Days for which a backup is kept. The newest is always kept.
	KeepDays int `json:"keepDays,omitempty" jsonschema:"minimum=1,maximum=3650"`
	// When the newest backup is restored into a server in a separate pod, to show that it can be, in UTC.
	DrillSchedule string `json:"drillSchedule,omitempty" jsonschema:"minLength=1"`
	// The volume of the backups.
	Volume BackupVolume `json:"volume,omitempty"`
	// Seconds that one backup, restore or drill may take.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=60,maximum=86400"`
	// Resources of the pods.
	Resources Resources `json:"resources,omitempty"`
}

// BackupVolume is the disk of the backups.
type BackupVolume struct {
	// Size of the volume, which can grow but not shrink.
	Size Quantity `json:"size,omitempty" default:"database.volume.size"`
	// The storage class.
	StorageClassName string `json:"storageClassName,omitempty" jsonschema:"minLength=1" default:"database.volume.storageClassName"`
}

func defaultBackups() Backups {
	return Backups{
		// Not on the hour, when every other cluster's jobs begin.
		Schedule: "17 2 * * *", KeepDays: 14, DrillSchedule: "47 3 * * 0",
		ActiveDeadlineSeconds: 3600, Resources: resources("25m", "64Mi", "512Mi", "64Mi"),
	}
}

// deriveBackups fills in the defaults that follow from the database.
func (e *Environment) deriveBackups() {
	backups := &e.Database.Backups
	if backups.Store == "" {
		backups.Store = NoBackups
		if e.Tier == Production && e.Database.Kind == InCluster {
			backups.Store = BackupsInVolume
		}
	}
	if backups.Volume.Size == "" {
		backups.Volume.Size = e.Database.Volume.Size
	}
	if backups.Volume.StorageClassName == "" {
		backups.Volume.StorageClassName = e.Database.Volume.StorageClassName
	}
}

// BacksUp reports whether the environment backs its database up.
func (e *Environment) BacksUp() bool {
	return e.Database.Kind == InCluster && e.Database.Backups.Store == BackupsInVolume
}

// immutableBackups are the values that the volume of the backups was created with.
func (e *Environment) immutableBackups() map[string]string {
	values := map[string]string{}
	e.addVolume(values, "database.backups", Volume{StorageClassName: e.Database.Backups.Volume.StorageClassName})
	return values
}

func (e *Environment) checkBackups(problems *Problems) {
	backups := e.Database.Backups
	if e.Database.Kind != InCluster && e.Database.Kind != "" && backups.Store == BackupsInVolume {
		problems.add("database.backups.store", string(backups.Store), "needs database.kind in-cluster; a managed server has database.managed.backupDays, and an external server is backed up where it runs")
	}
	for path, schedule := range map[string]string{"database.backups.schedule": backups.Schedule, "database.backups.drillSchedule": backups.DrillSchedule} {
		if strings.Contains(schedule, "TZ=") {
			problems.add(path, schedule, "may not name a zone; it is in UTC")
		} else if _, err := cron.ParseStandard(schedule); err != nil {
			problems.add(path, schedule, "is not a schedule such as \"0 3 * * *\": %v", err)
		}
	}
	atLeast(problems, "database.backups.volume.size", backups.Volume.Size, "1Mi")
	checkName(problems, "database.backups.volume.storageClassName", backups.Volume.StorageClassName)
	checkContainer(problems, "database.backups.resources", backups.Resources)
}
