package spec

import (
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// BackupStore is where the backups of the database are stored.
type BackupStore string

// NoBackups takes none. BackupsInVolume stores them on a separate volume, BackupsInBucket in
// object storage.
const (
	NoBackups       BackupStore = "none"
	BackupsInVolume BackupStore = "volume"
	BackupsInBucket BackupStore = "bucket"
)

// Backups are the backups of an in-cluster server. A managed server has its own, see
// database.managed.backupDays.
type Backups struct {
	// none; volume: dumps by pg_dump on a volume that outlives the server's; bucket: dumps in object storage, outside of the cluster: on AWS and Google Cloud in a private bucket of the environment, with cloud none in the bucket that database.backups.bucket names. djangostack backup takes one at any time, and djangostack restore brings one back. Each has one dump for each database of the environment, and exists once all of them are whole. After a change of the store, the earlier backups are not listed.
	Store BackupStore `json:"store,omitempty" jsonschema:"enum=none,enum=volume,enum=bucket" default:"volume in production with kind in-cluster, otherwise none"`
	// When backups are taken, in UTC: minute, hour, day of the month, month, day of the week, or a word such as @daily.
	Schedule string `json:"schedule,omitempty" jsonschema:"minLength=1"`
	// Days for which a backup is kept. The newest is always kept.
	KeepDays int `json:"keepDays,omitempty" jsonschema:"minimum=1,maximum=3650"`
	// When the newest backup is restored into a server in a separate pod, to show that it can be, in UTC.
	DrillSchedule string `json:"drillSchedule,omitempty" jsonschema:"minLength=1"`
	// The volume of the backups; with store volume.
	Volume BackupVolume `json:"volume,omitempty"`
	// The bucket of the backups; with store bucket.
	Bucket BackupBucket `json:"bucket,omitempty"`
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

// BackupBucket is where backups are stored as objects, below APP/STACK/.
type BackupBucket struct {
	// Name of a bucket that exists. The stack never creates or deletes it. Only with cloud none, and required there, as endpoint and the keys are.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z0-9][a-z0-9.-]{1\\,61}[a-z0-9]$"`
	// URL of the server of the bucket, which speaks the S3 protocol with the bucket's name in the path. Production needs https.
	Endpoint string `json:"endpoint,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9.-]+(:[0-9]+)?$"`
	// Region of the bucket, as its server names it.
	Region string `json:"region,omitempty" jsonschema:"pattern=^[A-Za-z0-9._-]+$"`
	// ID of the access key, which needs to list, read, write and delete objects below APP/STACK/.
	AccessKeyID string `json:"accessKeyID,omitempty" jsonschema:"pattern=^[!-~]{2\\,94}$"`
	// The key of accessKeyID; set it with djangostack config secret.
	SecretAccessKey string `json:"secretAccessKey,omitempty" jsonschema:"minLength=1" secret:"true"`
	// Image of rclone, which has it at /usr/local/bin/rclone as a program without shared libraries. It runs in the pods of the backups.
	Image ImageName `json:"image,omitempty"`
}

func defaultBackups() Backups {
	return Backups{
		// Not on the hour, when every other cluster's jobs begin.
		Schedule: "17 2 * * *", KeepDays: 14, DrillSchedule: "47 3 * * 0",
		ActiveDeadlineSeconds: 3600, Resources: resources("25m", "64Mi", "512Mi", "64Mi"),
		Bucket: BackupBucket{Region: "us-east-1", Image: "docker.io/rclone/rclone:1.75.1"},
	}
}

// deriveBackups fills in the defaults that follow from the database.
func (e *Environment) deriveBackups() {
	backups := &e.Database.Backups
	if backups.Store == "" {
		backups.Store = NoBackups
		if e.Tier == Production && e.RunsPostgres() {
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
	return e.RunsPostgres() && e.Database.Backups.Store != NoBackups
}

// BacksUpToVolume reports whether the environment has a volume for its backups.
func (e *Environment) BacksUpToVolume() bool {
	return e.BacksUp() && e.Database.Backups.Store == BackupsInVolume
}

// BacksUpToBucket reports whether the backups are objects in a bucket.
func (e *Environment) BacksUpToBucket() bool {
	return e.BacksUp() && e.Database.Backups.Store == BackupsInBucket
}

// CreatesBackupBucket reports whether that bucket is the environment's.
func (e *Environment) CreatesBackupBucket() bool { return e.BacksUpToBucket() && e.HasCloud() }

// BackupPrefix is where the environment's backups are in a bucket, which others may use too.
func (e *Environment) BackupPrefix() string { return e.App.Name + "/" + e.stack + "/" }

// BackupAccount is the name of the service account of the backups' pods on a cloud.
func (e *Environment) BackupAccount() string {
	return names.Fit(names.MaxDNSLabel, e.Instance(), "backups")
}

// immutableBackups are the values that the volume of the backups was created with.
func (e *Environment) immutableBackups() map[string]string {
	if !e.BacksUpToVolume() {
		return nil
	}
	values := map[string]string{}
	e.addVolume(values, "database.backups", Volume{StorageClassName: e.Database.Backups.Volume.StorageClassName})
	return values
}

// settingsOfBackups are the paths of the configuration that decide whether the backups exist,
// and those whose change replaces them.
func (e *Environment) settingsOfBackups() []string {
	settings := []string{"database.kind", "database.backups.store"}
	if e.BacksUpToVolume() {
		settings = append(settings, "database.backups.volume.storageClassName", "database.volume.storageClassName", "namespace.source", "namespace.name", "cluster.source", "cluster.context")
	}
	return e.withSurroundings(settings...)
}

func (e *Environment) checkBackups(problems *Problems) {
	backups := e.Database.Backups
	if !e.RunsPostgres() && e.Database.Kind != "" && backups.Store != NoBackups {
		problems.add("database.backups.store", string(backups.Store), "needs database.kind in-cluster; a managed server has database.managed.backupDays, and an external server is backed up where it runs")
	}
	for path, schedule := range map[string]string{"database.backups.schedule": backups.Schedule, "database.backups.drillSchedule": backups.DrillSchedule} {
		if strings.Contains(schedule, "TZ=") {
			problems.add(path, schedule, "may not name a zone; it is in UTC")
		} else if why := wrongSchedule(schedule); why != "" {
			problems.add(path, schedule, "%s", why)
		} else if neverComes(schedule) {
			problems.add(path, schedule, "never comes: no such month has such a day")
		}
	}
	atLeast(problems, "database.backups.volume.size", backups.Volume.Size, "1Mi")
	checkName(problems, "database.backups.volume.storageClassName", backups.Volume.StorageClassName)
	checkContainer(problems, "database.backups.resources", backups.Resources)
	if e.BacksUpToBucket() {
		e.checkBackupBucket(problems)
	}
}

// leastBackupDisk is enough for the program that uploads, beside the lists of rows.
const leastBackupDisk = "256Mi"

func (e *Environment) checkBackupBucket(problems *Problems) {
	bucket := e.Database.Backups.Bucket
	atLeast(problems, "database.backups.resources.ephemeralStorageLimit", e.Database.Backups.Resources.DiskLimit(), leastBackupDisk)
	if e.HasCloud() {
		return
	}
	for _, field := range []struct{ name, value, what string }{
		{"name", bucket.Name, "the bucket, which exists already"},
		{"endpoint", bucket.Endpoint, "the URL of its server, for instance https://s3.eu-central-1.amazonaws.com"},
		{"accessKeyID", bucket.AccessKeyID, "the ID of an access key"},
		{"secretAccessKey", bucket.SecretAccessKey, "its key, by djangostack config secret"},
	} {
		if field.value == "" {
			problems.add("database.backups.bucket."+field.name, nil, "is required with database.backups.store bucket and cloud none: %s", field.what)
		}
	}
	checkURL(problems, "database.backups.bucket.endpoint", bucket.Endpoint)
	if strings.Contains(bucket.Name, "..") || isAddress(bucket.Name) {
		problems.add("database.backups.bucket.name", bucket.Name, "is no name of a bucket: none has two dots in a row, or is an address")
	}
	if e.Tier == Production && strings.HasPrefix(bucket.Endpoint, "http://") {
		problems.add("database.backups.bucket.endpoint", bucket.Endpoint, "must begin with https:// in production: the backups have every row")
	}
}
