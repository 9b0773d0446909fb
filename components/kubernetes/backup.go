package kubernetes

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// DatabaseBackupsArgs describes the backups of the databases of one PostgreSQL server.
type DatabaseBackupsArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image has sh, awk, psql, pg_dump, pg_restore, initdb and pg_ctl, of the server's
	// version, for instance Docker's official postgres image.
	Image string
	// Database to back up, with the role of the app, and Further databases of the server that are in
	// the same backups. The role owns them.
	Database connection.Database
	Further  []string
	// Schedule of the backups, and DrillSchedule of the restore drills, in cron's notation
	// and UTC.
	Schedule, DrillSchedule string
	// KeepDays is how many days a backup is kept. The newest is always kept.
	KeepDays int
	// Bucket of the backups; nil for a volume.
	Bucket *BackupBucket
	// Size of the volume for the backups, which is empty with a bucket, and DrillSize of the one
	// that a restore drill restores into, in Kubernetes' notation. The latter exists only while
	// a drill runs.
	Size, DrillSize string
	// StorageClass of both volumes; empty for the cluster's default class.
	StorageClass string
	// Timeout of one backup, restore or drill, in seconds.
	Timeout   int
	Resources pod.Resources
	// Data is the backups on the volume. A bucket declares its own.
	Data data.Held
}

// DatabaseBackups backs databases up on a schedule, to a volume that outlives the server's or
// to a bucket, and restores the newest backup on another schedule into a server in the pod of the drill.
// A backup has one dump for each database, and exists once all of them are whole.
//
// Three CronJobs do the work; the one that restores is suspended, and a restore is a Job from
// its template with the variables BACKUP_ACTION=restore and BACKUP_NAME, and BACKUP_DATABASE for one
// database alone. When a CronJob last succeeded is in its status, which kube-state-metrics
// exports as kube_cronjob_status_last_successful_time.
type DatabaseBackups struct {
	pulumi.ResourceState
}

const (
	backupFolder = "/backups"
	drillFolder  = "/drill"
	// backupHopeless is the exit code of backup.sh for what would fail again.
	backupHopeless = 65
)

// BackupStartSeconds is how late a backup may start, for instance after an outage of the cluster.
const BackupStartSeconds = 3600

// backupScript backs up, lists, restores and drills. It calls the functions of one of the
// two scripts before it for all that is about where the backups are.
//
//go:embed backup.sh
var backupScript string

//go:embed backup_volume.sh
var volumeScript string

//go:embed backup_bucket.sh
var bucketScript string

// NewDatabaseBackups registers the CronJobs, and the volume or the rights on the bucket.
func NewDatabaseBackups(ctx *pulumi.Context, name string, args *DatabaseBackupsArgs, opts ...pulumi.ResourceOption) (*DatabaseBackups, error) {
	b := &DatabaseBackups{}
	return component.New(ctx, "djangostack:kubernetes:DatabaseBackups", name+"-backups", b, args.check, func() (pulumi.Map, error) {
		return b.register(ctx, name, args)
	}, opts...)
}

func (b *DatabaseBackups) register(ctx *pulumi.Context, name string, args *DatabaseBackupsArgs) (pulumi.Map, error) {
	values := pulumi.StringMap{"password": args.Database.Password}
	if args.Bucket != nil {
		maps.Copy(values, args.Bucket.Remote.secrets)
	}
	secret, err := newSecret(ctx, name+"-backups", labels.Backup, args.Namespace, args.Labels, values, b)
	if err != nil {
		return nil, err
	}
	volumes, err := trusted(ctx, name+"-backups", labels.Backup, args.Namespace, args.Labels, args.Database, b)
	if err != nil {
		return nil, err
	}
	store, outputs, err := args.store(ctx, name, secret, b)
	if err != nil {
		return nil, err
	}
	store.volumes = append(volumes, store.volumes...)
	for _, run := range args.runs() {
		if err := args.cronJob(ctx, name, run, secret, store, b); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}

// backupStore is what the pods need for the volume or the bucket.
type backupStore struct {
	// script has the functions for it.
	script         string
	environment    corev1.EnvVarArray
	volumes        []pod.Volume
	initContainers []corev1.ContainerArgs
	serviceAccount pulumi.StringInput
}

func (a *DatabaseBackupsArgs) store(ctx *pulumi.Context, name string, secret *corev1.Secret, parent pulumi.Resource) (backupStore, pulumi.Map, error) {
	if a.Bucket != nil {
		store, err := a.bucket(ctx, name, secret, parent)
		return store, nil, err
	}
	claim, err := NewClaim(ctx, name+"-backups", &ClaimArgs{
		Component:    labels.Backup,
		Namespace:    a.Namespace,
		Labels:       a.Labels,
		Size:         a.Size,
		StorageClass: a.StorageClass,
		AccessMode:   "ReadWriteOnce",
		Data:         a.Data,
	}, pulumi.Parent(parent))
	if err != nil {
		return backupStore{}, nil, err
	}
	return backupStore{
		script:      volumeScript,
		environment: corev1.EnvVarArray{pod.Env("BACKUP_FOLDER", pulumi.String(backupFolder))},
		volumes:     []pod.Volume{{Name: "backups", Path: backupFolder, Claim: claim.Metadata.Name().Elem()}},
	}, component.DataOr(a.Data, pulumi.Map{"claim": claim.Metadata.Name()}), nil
}

// backupRun is one of the CronJobs.
type backupRun struct {
	part, action, schedule string
	suspended              bool
	retries                int
	volumes                []pod.Volume
}

func (a *DatabaseBackupsArgs) runs() []backupRun {
	return []backupRun{
		{part: labels.Backup, action: "backup", schedule: a.Schedule, retries: jobRetries},
		// A restore is not tried again by itself: who started it decides.
		{part: labels.Restore, action: "list", schedule: a.Schedule, suspended: true},
		{
			part: labels.RestoreDrill, action: "drill", schedule: a.DrillSchedule, retries: 1,
			volumes: []pod.Volume{{Name: "drill", Path: drillFolder, Scratch: a.DrillSize, ScratchClass: a.StorageClass}},
		},
	}
}

func (a *DatabaseBackupsArgs) check() error {
	problem := validate.RefuseIf(a.Size != "" && a.Bucket != nil, "DatabaseBackups", "Size goes without Bucket")
	return errors.Join(problem, a.Bucket.check(), checkFurther("DatabaseBackups", a.Database.Name, a.Further), validate.Check("DatabaseBackups",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Image", a.Image != ""),
		validate.Required("Database.Host", a.Database.Host != nil),
		validate.Required("Database.Name", a.Database.Name != ""),
		validate.Required("Database.User", a.Database.User != ""),
		validate.Required("Database.Password", a.Database.Password != nil),
		validate.Required("Schedule", a.Schedule != ""),
		validate.Required("DrillSchedule", a.DrillSchedule != ""),
		validate.Required("KeepDays", a.KeepDays > 0),
		validate.Required("Size", a.Size != "" || a.Bucket != nil),
		validate.Required("DrillSize", a.DrillSize != ""),
		validate.Required("Timeout", a.Timeout > 0),
	))
}

func (a *DatabaseBackupsArgs) cronJob(ctx *pulumi.Context, name string, run backupRun, secret *corev1.Secret, store backupStore, parent pulumi.Resource) error {
	work := job{
		component:      run.part,
		labels:         a.Labels,
		serviceAccount: store.serviceAccount,
		initContainers: store.initContainers,
		container:      a.container(run.action, secret, store),
		volumes:        slices.Concat(store.volumes, run.volumes),
		finalExitCodes: []int{backupHopeless},
	}
	_, err := batchv1.NewCronJob(ctx, name+"-"+run.part, &batchv1.CronJobArgs{
		Metadata: pod.WorkloadMetadata(metav1.ObjectMetaArgs{
			Name:      pulumi.String(a.Labels.CronJobName(run.part)),
			Namespace: a.Namespace,
			Labels:    a.Labels.For(run.part),
		}),
		Spec: batchv1.CronJobSpecArgs{
			Schedule:                   pulumi.String(run.schedule),
			TimeZone:                   pulumi.String("Etc/UTC"),
			Suspend:                    pulumi.Bool(run.suspended),
			ConcurrencyPolicy:          pulumi.String("Forbid"),
			StartingDeadlineSeconds:    pulumi.Int(BackupStartSeconds),
			SuccessfulJobsHistoryLimit: pulumi.Int(1),
			FailedJobsHistoryLimit:     pulumi.Int(1),
			JobTemplate: batchv1.JobTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: a.Labels.For(run.part)},
				Spec: batchv1.JobSpecArgs{
					BackoffLimit:          pulumi.Int(run.retries),
					ActiveDeadlineSeconds: pulumi.Int(a.Timeout),
					PodFailurePolicy:      work.failurePolicy(),
					Template:              work.template(),
				},
			},
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the CronJob %s: %w", run.part, err)
	}
	return nil
}

func (a *DatabaseBackupsArgs) container(action string, secret *corev1.Secret, store backupStore) corev1.ContainerArgs {
	environment := slices.Concat(psqlEnvironment(a.Database, secret, "password"), store.environment, corev1.EnvVarArray{
		pod.Env("BACKUP_ACTION", pulumi.String(action)),
		pod.Env("BACKUP_KEEP_DAYS", pulumi.String(strconv.Itoa(a.KeepDays))),
		pod.Env("DRILL_FOLDER", pulumi.String(drillFolder)),
	})
	if len(a.Further) > 0 {
		environment = append(environment, pod.Env("BACKUP_FURTHER", pulumi.String(strings.Join(a.Further, " "))))
	}
	return corev1.ContainerArgs{
		Image:     pulumi.String(a.Image),
		Command:   pulumi.ToStringArray([]string{"sh", "-c", dumpFormat + store.script + backupScript, labels.Backup, dumpFilter}),
		Env:       environment,
		Resources: a.Resources.Requirements(),
	}
}
