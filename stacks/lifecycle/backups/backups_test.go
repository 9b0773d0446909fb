package backups_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/djangostack/djangostack/stacks/lifecycle/backups"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// cluster answers as an API server with the CronJobs of the backups, one Job and its pod.
type cluster struct {
	// log is what the Job prints, and failed whether it fails.
	log    string
	failed bool
	// absent says that the CronJobs do not exist, and busy that a restore runs.
	absent, busy bool
	// cloud is that of the environment, none if empty, and values are configured besides the backups.
	cloud  spec.Cloud
	values []string
	// command is that of the CronJobs.
	command []string
	// created is the Job that was asked for.
	created batchv1.Job
}

func (c *cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := func(object any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(object)
	}
	job := batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "blog-restore-x", Namespace: "blog-dev"}}
	switch {
	case strings.HasSuffix(r.URL.Path, "/log"):
		_, _ = fmt.Fprint(w, c.log)
	case strings.Contains(r.URL.Path, "/cronjobs/") && !c.absent:
		answer(batchv1.CronJob{
			ObjectMeta: metav1.ObjectMeta{Name: filepath.Base(r.URL.Path)},
			Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
				Containers: []corev1.Container{{Command: c.command, Env: []corev1.EnvVar{{Name: "BACKUP_ACTION", Value: "list"}, {Name: "PGUSER", Value: "blog"}}}},
			}}}}},
		})
	case r.Method == http.MethodPost:
		// The client sends Protobuf.
		body, _ := io.ReadAll(r.Body)
		_, _, _ = scheme.Codecs.UniversalDeserializer().Decode(body, nil, &c.created)
		answer(job)
	case strings.HasSuffix(r.URL.Path, "/pods"):
		answer(corev1.PodList{Items: []corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Name: "pod"}, Status: corev1.PodStatus{Phase: corev1.PodRunning}}}})
	case strings.HasSuffix(r.URL.Path, "/jobs"):
		running := job
		running.Status.Active = 1
		running.Spec.Template.Spec.Containers = []corev1.Container{{Env: []corev1.EnvVar{{Name: "BACKUP_ACTION", Value: "restore"}}}}
		if c.busy {
			answer(batchv1.JobList{Items: []batchv1.Job{running}})
			return
		}
		answer(batchv1.JobList{})
	case strings.Contains(r.URL.Path, "/jobs/"):
		kind := batchv1.JobComplete
		if c.failed {
			kind = batchv1.JobFailed
		}
		job.Status.Conditions = []batchv1.JobCondition{{Type: kind, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded"}}
		answer(job)
	default:
		w.WriteHeader(http.StatusNotFound)
		answer(metav1.Status{Status: metav1.StatusFailure, Reason: metav1.StatusReasonNotFound, Code: http.StatusNotFound})
	}
}

func (c *cluster) open(t *testing.T, said *[]string) *backups.Client {
	t.Helper()
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	client, err := backups.Open(backups.Options{
		Environment: environments.Small(cmp.Or(c.cloud, spec.NoCloud)).Set(t, append(c.values, "database.backups.store=volume")...).Parse(t),
		Kubeconfig: fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: shop,
clusters: [{name: c, cluster: {server: %q}}], users: [{name: u, user: {}}], contexts: [{name: shop, context: {cluster: c, user: u}}]}`, server.URL),
		Progress: func(line string) {
			if said != nil {
				*said = append(*said, line)
			}
		},
	})
	require.NoError(t, err)
	return client
}

const record = "@backup\tblog-20260131T021700Z\t4096\t2026-01-31T02:17:04Z\t15\t100\n"

func TestABackupIsTakenByAJobOfTheCronJob(t *testing.T) {
	c := &cluster{log: "Backing up the database blog\n" + record + "The backup is done after 3 s\n"}
	var said []string

	taken, err := c.open(t, &said).Take(context.Background())

	require.NoError(t, err)
	assert.Equal(t, "blog-20260131T021700Z", taken.Name)
	assert.Equal(t, int64(4096), taken.Bytes)
	assert.Equal(t, int64(100), taken.Rows)
	assert.Contains(t, said, "Backing up the database blog")
	assert.NotContains(t, strings.Join(said, "\n"), "@backup", "records are for programs")
	assert.Equal(t, "blog-backup-", c.created.GenerateName)
	assert.Equal(t, []corev1.EnvVar{{Name: "PGUSER", Value: "blog"}, {Name: "BACKUP_ACTION", Value: "backup"}}, c.created.Spec.Template.Spec.Containers[0].Env)
}

func TestARestoreSaysWhatUndoesIt(t *testing.T) {
	c := &cluster{log: record + "@restored\tblog-20260130T021700Z\t12\n"}

	restored, err := c.open(t, nil).Restore(context.Background(), backups.RestoreOptions{Name: backups.Latest})

	require.NoError(t, err)
	assert.Equal(t, "blog-20260130T021700Z", restored.Name)
	assert.Equal(t, "blog-20260131T021700Z", restored.Before.Name)
}

const records = "@backup\tblog-20260131T021700Z\t4096\t2026-01-31T02:17:04Z\t15\t100\n" +
	"@database\tblog-20260131T021700Z\tblog\t4000\t13\t90\n@database\tblog-20260131T021700Z\tarchive\t96\t2\t10\n" +
	"@backup\tolder\t96\t2026-01-30T02:17:04Z\t2\t10\n"

// twoDatabases is an environment with a second database.
func twoDatabases() *cluster {
	return &cluster{values: []string{"database.further=[{name: archive}]"}, log: records, command: []string{"sh", "-c", "use $BACKUP_DATABASE"}}
}

func TestABackupSaysWhichDatabasesItHolds(t *testing.T) {
	list, err := twoDatabases().open(t, nil).List(context.Background())

	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, []backups.DatabaseDump{{Name: "blog", Bytes: 4000, Tables: 13, Rows: 90}, {Name: "archive", Bytes: 96, Tables: 2, Rows: 10}}, list[0].Databases)
	assert.Equal(t, int64(100), list[0].Rows)
	assert.Empty(t, list[0].Missing)
	assert.Equal(t, []string{"archive"}, list[1].Missing, "a backup of an earlier release holds the first database")
}

func TestOneDatabaseIsRestoredByItsName(t *testing.T) {
	c := twoDatabases()
	c.log += "@restored\tolder\t12\n"
	_, err := c.open(t, nil).Restore(context.Background(), backups.RestoreOptions{Name: "older", Database: "archive"})
	require.NoError(t, err)
	assert.Contains(t, c.created.Spec.Template.Spec.Containers[0].Env, corev1.EnvVar{Name: "BACKUP_DATABASE", Value: "archive"})

	c = twoDatabases()
	_, err = c.open(t, nil).Restore(context.Background(), backups.RestoreOptions{Name: "older", Database: "reports"})
	var unknown *backups.DatabaseError
	require.ErrorAs(t, err, &unknown)
	assert.ErrorContains(t, err, "the environment has no database reports; it has: blog, archive")

	// It would restore the first database.
	c.command = []string{"sh", "-c", "the script of an earlier release"}
	_, err = c.open(t, nil).Restore(context.Background(), backups.RestoreOptions{Name: "older", Database: "archive"})
	assert.ErrorContains(t, err, "is of an earlier release, which knows one database only: run up first")
	assert.Empty(t, c.created.GenerateName, "no Job was asked for")
}

func TestAFailedRestoreSaysWhatTheJobSaid(t *testing.T) {
	c := &cluster{log: "Restoring\nThe restore failed; the database is as it was before\n", failed: true}

	_, err := c.open(t, nil).Restore(context.Background(), backups.RestoreOptions{Name: "old"})

	var failed *backups.JobError
	require.ErrorAs(t, err, &failed)
	assert.ErrorContains(t, err, "the database is as it was before")
	assert.Equal(t, "BackoffLimitExceeded", failed.Reason)
}

func TestOnlyOneRestoreRuns(t *testing.T) {
	c := &cluster{busy: true}

	_, err := c.open(t, nil).Restore(context.Background(), backups.RestoreOptions{Name: "old"})

	var busy *backups.BusyError
	require.ErrorAs(t, err, &busy)
	assert.Empty(t, c.created.GenerateName)
}

// The rows of a restore would be on one server, and the app's on the other one.
func TestNothingIsRestoredDuringAMove(t *testing.T) {
	for _, database := range []string{
		"database={kind: in-cluster, move: {other: managed, step: prepare}}",
		"database={kind: in-cluster, move: {other: managed, step: copy}}",
		"database={kind: managed, move: {other: in-cluster, step: keep}}",
		"database={kind: managed, move: {other: in-cluster, step: discard}}",
	} {
		c := &cluster{cloud: spec.AWSCloud, values: []string{database}}
		dump := filepath.Join(t.TempDir(), "shop.sql")
		require.NoError(t, os.WriteFile(dump, []byte("SELECT 1;"), 0o600))

		for _, options := range []backups.RestoreOptions{{Name: backups.Latest}, {Name: "shop", File: dump}} {
			_, err := c.open(t, nil).Restore(context.Background(), options)
			require.ErrorAs(t, err, new(*backups.MovingError), database)
			assert.ErrorContains(t, err, "end the move first, with djangostack database move")
		}
		assert.Empty(t, c.created.GenerateName, "no Job was asked for")
	}
}

// A backup that a person asks for is one of what the app has written.
func TestNoServerIsBackedUpThatTheAppDoesNotUse(t *testing.T) {
	for database, used := range map[string]bool{
		"database={kind: in-cluster, move: {other: managed, step: prepare}}": true,
		"database={kind: managed, move: {other: in-cluster, step: prepare}}": false,
		"database={kind: managed, move: {other: in-cluster, step: keep}}":    false,
	} {
		c := &cluster{cloud: spec.AWSCloud, values: []string{database}, log: record}
		_, err := c.open(t, nil).Take(context.Background())
		if used {
			assert.NoError(t, err, database)
			continue
		}
		require.ErrorAs(t, err, new(*backups.UnusedError), database)
		assert.Empty(t, c.created.GenerateName, "no Job was asked for")
	}
}

func TestAnEnvironmentWithoutBackupsIsNamed(t *testing.T) {
	_, err := backups.Open(backups.Options{Environment: environments.Small("none").Parse(t)})
	var none *backups.NoBackupsError
	require.ErrorAs(t, err, &none)
	assert.ErrorContains(t, err, "set database.backups.store to volume or bucket")

	_, err = (&cluster{absent: true}).open(t, nil).Take(context.Background())
	require.ErrorAs(t, err, &none)
	assert.ErrorContains(t, err, "run up first")
}

func TestAnEmptyDumpIsNotUploaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.sql")
	require.NoError(t, os.WriteFile(path, nil, 0o600))

	_, err := (&cluster{}).open(t, nil).Restore(context.Background(), backups.RestoreOptions{File: path})

	assert.ErrorContains(t, err, "is not a file with a dump in it")
	_, err = (&cluster{}).open(t, nil).Restore(context.Background(), backups.RestoreOptions{File: filepath.Join(t.TempDir(), "none")})
	assert.True(t, errors.Is(err, os.ErrNotExist))
}
