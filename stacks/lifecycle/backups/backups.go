// Package backups takes and restores backups of an environment's databases in the cluster. It starts Jobs from the
// environment's CronJobs and follows their logs. A Job that has begun goes on when its caller ends.
//
// The package imports the Kubernetes client and no cloud SDK.
package backups

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Latest names the newest backup.
const Latest = "latest"

// Backup is one backup on the environment's volume or in its bucket.
type Backup struct {
	Name string `json:"name"`
	// Bytes is the size of the dumps.
	Bytes int64 `json:"bytes"`
	// Taken is when it was written.
	Taken time.Time `json:"taken"`
	// Tables and Rows are what is in it; -1 for a dump that was taken elsewhere.
	Tables int   `json:"tables"`
	Rows   int64 `json:"rows"`
	// Databases are the parts of a backup; nil for one of an environment with one database.
	Databases []DatabaseDump `json:"databases,omitempty"`
	// Missing are databases of the environment that the backup does not hold: one that was added later, for
	// instance.
	Missing []string `json:"missing,omitempty"`
}

// DatabaseDump is what a backup holds of one database.
type DatabaseDump struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	Tables int    `json:"tables"`
	Rows   int64  `json:"rows"`
}

// Status is when the scheduled Jobs last succeeded; zero for never.
type Status struct {
	LastBackup time.Time `json:"lastBackup,omitzero"`
	LastDrill  time.Time `json:"lastDrill,omitzero"`
}

// Client reaches the backups of one environment.
type Client struct {
	kubernetes clientset.Interface
	config     *rest.Config
	namespace  string
	names      labels.Labels
	// databases of the environment, of which the first is database.name.
	databases []string
	// moving says that the database is being moved to another server.
	moving bool
	// unused says that the app uses another server than that of the backups.
	unused bool
	// progress is called with each line that a Job prints.
	progress func(line string)
	// poll is the time between two looks at a Job.
	poll time.Duration
}

// Options are the inputs of Open.
type Options struct {
	// Environment is the checked configuration of the stack.
	Environment *spec.Environment
	// Kubeconfig is the output kubeconfig of the stack, for a cluster that the stack creates; empty for an existing
	// cluster, whose context the configuration names.
	Kubeconfig string
	// Progress is called with each line that a Job prints; nil for no one.
	Progress func(line string)
}

// NoBackupsError reports an environment without backups.
type NoBackupsError struct{ reason string }

func (e *NoBackupsError) Error() string { return "the environment has no backups: " + e.reason }

// MovingError reports a database that is being moved. A restore would go into the server in the cluster, which is not
// the app's or is about to be another one.
type MovingError struct{}

func (*MovingError) Error() string {
	return "nothing is restored while the configuration has database.move: end the move first, with djangostack database move"
}

// UnusedError reports a backup of a server that the app does not use: the backups are those of the server in the cluster.
type UnusedError struct{}

func (*UnusedError) Error() string {
	return "nothing is backed up: the app uses the managed server, and the backups are those of the server in the cluster, which database.move names. The cloud backs up the managed one"
}

// Open connects to the environment's cluster. The error is a *NoBackupsError if the configuration has no backups.
func Open(options Options) (*Client, error) {
	environment := options.Environment
	if !environment.BacksUp() {
		return nil, &NoBackupsError{reason: fmt.Sprintf("database.kind is %s and database.backups.store is %s; set database.backups.store to %s or %s and run up",
			environment.Database.Kind, environment.Database.Backups.Store, spec.BackupsInVolume, spec.BackupsInBucket)}
	}
	config, err := connect(environment.Cluster, options.Kubeconfig)
	if err != nil {
		return nil, err
	}
	kubernetes, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster at %s: %w", config.Host, err)
	}
	progress := options.Progress
	if progress == nil {
		progress = func(string) {}
	}
	return &Client{
		kubernetes: kubernetes, config: config, namespace: environment.Namespace.Name,
		names:     labels.Labels{labels.NameLabel: environment.App.Name, labels.InstanceLabel: environment.Instance()},
		databases: append([]string{environment.Database.Name}, environment.FurtherDatabases()...),
		moving:    environment.Database.Move != nil,
		unused:    environment.Database.Kind != spec.InCluster, progress: progress, poll: time.Second,
	}, nil
}

func connect(cluster spec.Cluster, kubeconfig string) (*rest.Config, error) {
	if kubeconfig != "" {
		config, err := clientcmd.RESTConfigFromKubeConfig([]byte(kubeconfig))
		if err != nil {
			return nil, fmt.Errorf("reading the stack's kubeconfig: %w", err)
		}
		return config, nil
	}
	if cluster.Source != spec.SourceExisting {
		return nil, errors.New("the stack has no kubeconfig yet: run up first")
	}
	return reach.Config(cluster)
}

// Take takes a backup now. The error is an *UnusedError while a move of the database keeps a server in the cluster that
// the app does not use.
func (c *Client) Take(ctx context.Context) (Backup, error) {
	if c.unused {
		return Backup{}, &UnusedError{}
	}
	found, err := c.run(ctx, labels.Backup, map[string]string{"BACKUP_ACTION": "backup"}, nil)
	if err != nil {
		return Backup{}, fmt.Errorf("taking a backup: %w", err)
	}
	if len(found.backups) == 0 {
		return Backup{}, errors.New("taking a backup: the Job named none")
	}
	return c.comparedTo(found.backups)[0], nil
}

// List returns the backups, the newest first.
func (c *Client) List(ctx context.Context) ([]Backup, error) {
	found, err := c.run(ctx, labels.Restore, map[string]string{"BACKUP_ACTION": "list"}, nil)
	if err != nil {
		return nil, fmt.Errorf("listing the backups: %w", err)
	}
	return c.comparedTo(found.backups), nil
}

// comparedTo adds to each backup which databases of the environment it does not hold. Without a list it holds the first,
// but for a dump that was taken elsewhere, which says nothing.
func (c *Client) comparedTo(all []Backup) []Backup {
	for i := range all {
		held := c.databases[:1]
		if all[i].Databases != nil {
			held = nil
			for _, database := range all[i].Databases {
				held = append(held, database.Name)
			}
		}
		for _, database := range c.databases {
			if !slices.Contains(held, database) {
				all[i].Missing = append(all[i].Missing, database)
			}
		}
	}
	return all
}

// Databases lists the databases of the environment, of which the first is database.name.
func (c *Client) Databases() []string { return slices.Clone(c.databases) }

// Drill restores the newest backup into a server in a separate pod now, and compares the rows. It returns the name of
// the backup.
func (c *Client) Drill(ctx context.Context) (string, error) {
	found, err := c.run(ctx, labels.RestoreDrill, map[string]string{"BACKUP_ACTION": "drill"}, nil)
	if err != nil {
		return "", fmt.Errorf("drilling a restore: %w", err)
	}
	return found.restored, nil
}

// RestoreOptions say what to restore.
type RestoreOptions struct {
	// Name of the backup, or Latest. With File, the name that it gets.
	Name string
	// Database that is restored; empty for all that the backup holds. With File, the one that the dump goes into; empty
	// for database.name.
	Database string
	// File is the path of a dump that was taken elsewhere, in the custom format of pg_dump or as plain SQL; empty for a
	// backup of the environment. It becomes one of the environment's backups.
	File string
	// SkipBackup restores without a backup of the present state, which is otherwise taken first.
	SkipBackup bool
}

// DatabaseError reports a database that the environment does not have.
type DatabaseError struct {
	Database string
	// Databases are those that it has.
	Databases []string
}

func (e *DatabaseError) Error() string {
	return fmt.Sprintf("the environment has no database %s; it has: %s", e.Database, strings.Join(e.Databases, ", "))
}

// Restored is the result of a restore.
type Restored struct {
	// Name of the backup that was restored.
	Name string `json:"name"`
	// Before is the backup of the state before; nil with SkipBackup.
	Before *Backup `json:"before,omitempty"`
}

// Restore replaces all that the app's role has in the living databases by a backup, each in one transaction, of which none
// ends before all of them can. The app's queries wait while it runs. On an error the databases are as they were, or it
// says which are restored. The error is a *MovingError during a move of the database, and a *DatabaseError if the
// environment has no such database.
func (c *Client) Restore(ctx context.Context, options RestoreOptions) (Restored, error) {
	if c.moving {
		return Restored{}, &MovingError{}
	}
	variables := map[string]string{"BACKUP_ACTION": "restore", "BACKUP_NAME": options.Name}
	if options.Database != "" {
		if !slices.Contains(c.databases, options.Database) {
			return Restored{}, &DatabaseError{Database: options.Database, Databases: c.Databases()}
		}
		variables[databaseVariable] = options.Database
	}
	if options.SkipBackup {
		variables["BACKUP_FIRST"] = "false"
	}
	var ready func(context.Context, string) error
	if options.File != "" {
		upload, err := newUpload(options.File, options.Name)
		if err != nil {
			return Restored{}, err
		}
		variables["BACKUP_NAME"], variables["BACKUP_RECEIVE"], variables["BACKUP_BYTES"] = upload.name, "true", strconv.FormatInt(upload.size, 10)
		ready = func(ctx context.Context, pod string) error { return c.upload(ctx, pod, upload) }
	}
	found, err := c.run(ctx, labels.Restore, variables, ready)
	if err != nil {
		return Restored{}, fmt.Errorf("restoring %s: %w", cmp.Or(options.Database, strings.Join(c.databases, " and ")), err)
	}
	restored := Restored{Name: found.restored}
	if len(found.backups) > 0 {
		restored.Before = &c.comparedTo(found.backups)[0]
	}
	return restored, nil
}

// Status returns when the scheduled backups and drills last succeeded.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var status Status
	for part, at := range map[string]*time.Time{labels.Backup: &status.LastBackup, labels.RestoreDrill: &status.LastDrill} {
		job, err := c.cronJob(ctx, part)
		if err != nil {
			return Status{}, err
		}
		if last := job.Status.LastSuccessfulTime; last != nil {
			*at = last.Time
		}
	}
	return status, nil
}

func (c *Client) cronJob(ctx context.Context, part string) (*batchv1.CronJob, error) {
	name := c.names.CronJobName(part)
	job, err := c.kubernetes.BatchV1().CronJobs(c.namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, &NoBackupsError{reason: fmt.Sprintf("the namespace %s has no CronJob %s; run up first", c.namespace, name)}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the CronJob %s in the namespace %s: %w", name, c.namespace, err)
	}
	return job, nil
}
