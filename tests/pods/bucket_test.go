package pods_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// bucketOnTheCluster is an environment whose backups are in a bucket of a server in the same cluster.
type bucketOnTheCluster struct {
	*e2e.Cluster

	project string
}

const bucketStack = "bucket"

func newBucketOnTheCluster(t *testing.T) bucketOnTheCluster {
	t.Helper()
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to use a server of the S3 protocol, which is too much to compile for every run")
	}
	e := bucketOnTheCluster{Cluster: e2e.StartCluster(t, "blog-bucket/blog-web", "blog-orange", "postgres", "rclone")}
	folder := filepath.Join(e.Root, "tests", "pods", "testdata")
	e.project = e.CopyProject(t, filepath.Join(folder, "Pulumi."+bucketStack+".yaml"))
	e.Kubectl(t, "", "apply", "--server-side", "--filename", filepath.Join(folder, "s3.yaml"))
	return e
}

// key encrypts the key of the bucket in the stack's file.
func (e bucketOnTheCluster) key(t *testing.T, key string) {
	t.Helper()
	command := e.Command("djangostack", "config", "secret", "-s", bucketStack, "--dir", e.project, "database.backups.bucket.secretAccessKey")
	command.Stdin = strings.NewReader(key)
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}

// run runs djangostack and returns its standard output, what else it printed, and whether it succeeded.
func (e bucketOnTheCluster) run(t *testing.T, arguments ...string) (out, log string, ok bool) {
	t.Helper()
	began := time.Now()
	command := e.Command("djangostack", append(arguments, "-s", bucketStack, "--dir", e.project)...)
	var stderr strings.Builder
	command.Stderr = &stderr
	read, err := command.Output()
	t.Logf("djangostack %s: %s", strings.Join(arguments, " "), time.Since(began).Round(time.Second/10))
	return string(read), stderr.String(), err == nil
}

func (e bucketOnTheCluster) must(t *testing.T, result any, arguments ...string) {
	t.Helper()
	out, log, ok := e.run(t, append(arguments, "--json")...)
	require.True(t, ok, "%s\n%s", out, log)
	if result != nil {
		require.NoError(t, json.Unmarshal([]byte(out), result), out)
	}
}

func (e bucketOnTheCluster) sql(t *testing.T, statement string) string {
	t.Helper()
	return strings.TrimSpace(e.Kubectl(t, "blog-bucket", "exec", "statefulset/blog-postgres", "--", "sh", "-c",
		`PGPASSWORD=$POSTGRES_PASSWORD psql -U "$POSTGRES_USER" -d blog -Atqc "$1"`, "sh", statement))
}

// names lists the backups, the newest first.
func (e bucketOnTheCluster) names(t *testing.T) []string {
	t.Helper()
	var list struct {
		Backups []struct {
			Name string `json:"name"`
		} `json:"backups"`
	}
	e.must(t, &list, "backup", "list")
	names := make([]string, 0, len(list.Backups))
	for _, backup := range list.Backups {
		names = append(names, backup.Name)
	}
	return names
}

// objects runs rclone in the server's pod, on its files.
func (e bucketOnTheCluster) objects(t *testing.T, arguments ...string) string {
	t.Helper()
	return strings.TrimSpace(e.Kubectl(t, "storage", append([]string{"exec", "deployment/s3", "--", "rclone", "--config=/notfound"}, arguments...)...))
}

const inBucket = "/data/company-backups/blog/bucket/"

func TestBackupsInABucketOnARealCluster(t *testing.T) {
	e := newBucketOnTheCluster(t)
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		out, _ := e.Command("djangostack-local", "kubectl", "-n", "blog-bucket", "get", "pods,jobs").CombinedOutput()
		logs, _ := e.Command("djangostack-local", "kubectl", "-n", "storage", "logs", "deployment/s3", "--tail=40").CombinedOutput()
		t.Logf("%s\n%s", out, logs)
	})
	e.key(t, "the-key-of-the-bucket")
	out, log, ok := e.run(t, "up", "--providers", "embedded")
	require.True(t, ok, "%s\n%s", out, log)
	e.Kubectl(t, "storage", "rollout", "status", "deployment/s3", "--timeout=1m")

	var taken struct {
		Name string `json:"name"`
		Rows int    `json:"rows"`
	}
	e2e.Step(t, "a dropped table is back by one command", func(t *testing.T) {
		// More than one part of an upload.
		e.sql(t, "SET ROLE blog; CREATE TABLE kept AS SELECT i, md5(i::text) || md5((i + 1)::text) AS text FROM generate_series(1, 1000000) i")
		sum := e.sql(t, "SELECT count(*), md5(string_agg(text, '' ORDER BY i)) FROM kept")
		e.must(t, &taken, "backup")
		assert.Greater(t, taken.Rows, 1000000)
		e.sql(t, "DROP TABLE kept; SET ROLE blog; CREATE TABLE later (i int)")
		began := time.Now()
		e.must(t, nil, "restore", "--yes", "--skip-backup", taken.Name)
		t.Logf("the rows are back after %s", time.Since(began).Round(time.Second/10))
		assert.Equal(t, sum, e.sql(t, "SELECT count(*), md5(string_agg(text, '' ORDER BY i)) FROM kept"))
		assert.Equal(t, "t", e.sql(t, "SELECT to_regclass('later') IS NULL"), "what came after the backup is not in it")
	})
	e2e.Step(t, "the newest backup is drilled", func(t *testing.T) { e.must(t, nil, "backup", "drill") })
	e2e.Step(t, "a backup comes and goes as a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "blog.dump")
		e.must(t, nil, "backup", "download", taken.Name, "--output", file)
		e.sql(t, "SET ROLE blog; DROP TABLE kept")
		e.must(t, nil, "restore", "--yes", "--skip-backup", "--file", file, "elsewhere")
		assert.Equal(t, "1000000", e.sql(t, "SELECT count(*) FROM kept"))
		assert.Equal(t, []string{"elsewhere", taken.Name}, e.names(t))
	})
	e2e.Step(t, "an upload that was cut is no backup", func(t *testing.T) { e.cut(t, taken.Name) })
	e2e.Step(t, "retention deletes the oldest", func(t *testing.T) {
		for _, object := range []string{"elsewhere.dump", "elsewhere.foreign"} {
			e.objects(t, "touch", "--timestamp=2026-01-01T00:00:00", inBucket+object)
		}
		e.objects(t, "touch", "--timestamp=2026-01-01T00:00:00", "/data/company-backups/blog/other/elsewhere.dump")
		var last struct {
			Name string `json:"name"`
		}
		e.must(t, &last, "backup")
		assert.Equal(t, []string{last.Name, taken.Name}, e.names(t))
		assert.Equal(t, "elsewhere.dump", e.objects(t, "lsf", "/data/company-backups/blog/other/"), "another environment's backups stay")
	})
	e2e.Step(t, "a wrong key takes no backup and says why", func(t *testing.T) {
		e.key(t, "another-key")
		out, log, ok := e.run(t, "up", "--providers", "embedded")
		require.True(t, ok, "%s\n%s", out, log)
		_, log, ok = e.run(t, "backup")
		assert.False(t, ok)
		assert.Contains(t, log, "SignatureDoesNotMatch")
		assert.NotContains(t, log, "another-key")
	})
}

// cut kills the pod of a backup while it uploads, and then one whose dump ended too early.
func (e bucketOnTheCluster) cut(t *testing.T, newest string) {
	t.Helper()
	before := e.names(t)
	done := make(chan bool, 1)
	command := e.Command("djangostack", "backup", "-s", bucketStack, "--dir", e.project)
	require.NoError(t, command.Start())
	go func() { done <- command.Wait() == nil }()
	e2e.Eventually(t, time.Minute, "a backup dumps", func() error {
		return e.Command("djangostack-local", "kubectl", "-n", "blog-bucket", "exec", "statefulset/blog-postgres", "--", "sh", "-c",
			`[ "$(PGPASSWORD=$POSTGRES_PASSWORD psql -U "$POSTGRES_USER" -d blog -Atqc "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'pg_dump'")" = t ]`).Run()
	})
	e.sql(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pg_dump'")
	assert.False(t, <-done, "the dump was cut")
	assert.Equal(t, before, e.names(t))

	// What a killed pod leaves: a dump without the object that is written last.
	e.objects(t, "copyto", inBucket+newest+".dump", inBucket+"killed.dump")
	assert.Equal(t, before, e.names(t))
	_, log, ok := e.run(t, "restore", "--yes", "--skip-backup", "killed")
	assert.False(t, ok)
	assert.Contains(t, log, "There is no backup killed")
}
