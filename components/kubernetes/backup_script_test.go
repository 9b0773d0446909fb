package kubernetes_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// bucketPod runs the script of the backups' pods with programs of the test in place of PostgreSQL's and rclone.
type bucketPod struct {
	script string
	// home is the pod's /tmp, and bucket has the objects of the environment.
	home, bucket string
}

func newBucketPod(t *testing.T) bucketPod {
	t.Helper()
	job := mocks.Run(t, mocks.Known, withBackups(bucketArgs())).OfKind("CronJob")[0]
	command := job.At(t, "spec.jobTemplate.spec.template.spec.containers[0].command").([]any)
	home := t.TempDir()
	p := bucketPod{script: strings.ReplaceAll(command[2].(string), "/tmp/", home+"/"), home: home, bucket: filepath.Join(home, "bucket", "blog", "dev")}
	require.NoError(t, os.MkdirAll(p.bucket, 0o755))
	programs, err := filepath.Glob("testdata/backup/*")
	require.NoError(t, err)
	folder := filepath.Join(home, "tools", "usr", "local", "bin")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for _, program := range programs {
		text, err := os.ReadFile(program)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(program)), text, 0o755))
	}
	return p
}

// run runs an action and returns what it printed, and whether it succeeded.
func (p bucketPod) run(t *testing.T, action string, variables ...string) (string, bool) {
	t.Helper()
	command := exec.Command("sh", "-c", p.script, "backup", "{ print }")
	tools := filepath.Join(p.home, "tools")
	command.Env = append(variables, "PATH="+filepath.Join(tools, "usr/local/bin")+":"+os.Getenv("PATH"), "HOME_OF_TEST="+p.home,
		"BACKUP_ACTION="+action, "BACKUP_TOOLS="+tools, "BACKUP_REMOTE=store:blog/dev/", "BACKUP_KEEP_DAYS=14", "PGDATABASE=blog", "DUMP_OF_TEST=PGDMP whole")
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

// object writes an object that is some days old.
func (p bucketPod) object(t *testing.T, name string, days int) {
	t.Helper()
	path := filepath.Join(p.bucket, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("posts\t3\n"), 0o644))
	at := time.Now().Add(-time.Duration(days)*24*time.Hour - time.Minute)
	require.NoError(t, os.Chtimes(path, at, at))
}

func (p bucketPod) backup(t *testing.T, name string, days int) {
	t.Helper()
	p.object(t, name+".dump", days)
	p.object(t, name+".rows", days)
}

func (p bucketPod) objects(t *testing.T) []string {
	t.Helper()
	var names []string
	require.NoError(t, filepath.WalkDir(filepath.Dir(filepath.Dir(p.bucket)), func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(filepath.Dir(filepath.Dir(p.bucket)), path)
			names = append(names, name)
		}
		return err
	}))
	return names
}

func TestABackupInABucketIsListedOnceItIsWhole(t *testing.T) {
	p := newBucketPod(t)

	out, ok := p.run(t, "backup", "BACKUP_NAME=one")
	require.True(t, ok, out)
	assert.Regexp(t, `@backup\tone\t11\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\t2\t5\n`, out)
	assert.Equal(t, []string{"blog/dev/one.dump", "blog/dev/one.rows"}, p.objects(t))
	listed, ok := p.run(t, "list")
	require.True(t, ok, listed)
	assert.Contains(t, listed, "@backup\tone\t11\t")

	for what, variable := range map[string]string{
		"pg_dump fails in the middle":   "FAIL_OF_TEST=pg_dump",
		"the upload fails":              "FAIL_OF_TEST=rcat two.dump",
		"the list of rows is not there": "FAIL_OF_TEST=rcat two.rows",
		"psql fails":                    "FAIL_OF_TEST=psql",
	} {
		out, ok = p.run(t, "backup", "BACKUP_NAME=two", variable)
		assert.False(t, ok, "%s: %s", what, out)
		assert.NotContains(t, out, "@backup", what)
		assert.Equal(t, []string{"blog/dev/one.dump", "blog/dev/one.rows"}, p.objects(t), what)
	}
}

// What a pod that was killed left is a dump without the object that is written last.
func TestHalfABackupInABucketIsNone(t *testing.T) {
	p := newBucketPod(t)
	p.backup(t, "old", 2)
	p.object(t, "killed.dump", 0)
	p.object(t, "long-killed.dump", 3)

	out, ok := p.run(t, "list")
	require.True(t, ok, out)
	assert.Contains(t, out, "@backup\told\t")
	assert.NotContains(t, out, "killed")
	out, ok = p.run(t, "restore", "BACKUP_NAME=killed")
	assert.False(t, ok)
	assert.Contains(t, out, "There is no backup killed; there are: old")

	out, ok = p.run(t, "backup", "BACKUP_NAME=new")
	require.True(t, ok, out)
	assert.Contains(t, p.objects(t), "blog/dev/killed.dump", "it may be that of a backup that still runs")
	assert.NotContains(t, p.objects(t), "blog/dev/long-killed.dump")
}

func TestOldBackupsInABucketGoAndTheNewestStays(t *testing.T) {
	p := newBucketPod(t)
	p.backup(t, "ancient", 30)
	p.backup(t, "old", 15)
	p.backup(t, "recent", 13)
	p.object(t, "../other/ancient.dump", 30)
	p.object(t, "*.rows", 30)
	p.object(t, "*.dump", 30)

	out, ok := p.run(t, "backup", "BACKUP_NAME=new", "FAIL_OF_TEST=pg_dump")
	require.False(t, ok)
	assert.Contains(t, p.objects(t), "blog/dev/ancient.dump", "nothing goes while no backup comes: "+out)

	out, ok = p.run(t, "backup", "BACKUP_NAME=new")
	require.True(t, ok, out)
	assert.Contains(t, out, "Deleting ancient, which is older than 14 days")
	assert.Equal(t, []string{
		"blog/dev/*.dump", "blog/dev/*.rows", "blog/dev/new.dump", "blog/dev/new.rows", "blog/dev/recent.dump", "blog/dev/recent.rows", "blog/other/ancient.dump",
	}, p.objects(t), "only backups below the environment's prefix go")
}

func TestABackupInABucketIsNotOverwritten(t *testing.T) {
	p := newBucketPod(t)
	p.backup(t, "one", 1)

	out, ok := p.run(t, "backup", "BACKUP_NAME=one")

	assert.False(t, ok)
	assert.Contains(t, out, "There is a backup one already")
}

func TestAnUploadIsABackupOnceAllItsBytesAreThere(t *testing.T) {
	p := newBucketPod(t)
	send := func(bytes string) (string, bool) {
		pipe := filepath.Join(p.home, "transfer")
		require.NoError(t, os.RemoveAll(pipe))
		go func() {
			// The pipe is there once the script waits for it.
			for i := 0; i < 200; i++ {
				if _, err := os.Stat(pipe); err == nil {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			_ = os.WriteFile(pipe, []byte("PGDMP of another server"), 0o600)
		}()
		return p.run(t, "restore", "BACKUP_NAME=foreign", "BACKUP_RECEIVE=true", "BACKUP_FIRST=false", "BACKUP_BYTES="+bytes)
	}

	out, ok := send("24")
	assert.False(t, ok)
	assert.Contains(t, out, "23 bytes of 24 arrived")
	assert.Empty(t, p.objects(t))

	out, _ = send("23")
	assert.Equal(t, []string{"blog/dev/foreign.dump", "blog/dev/foreign.foreign"}, p.objects(t), out)
	listed, ok := p.run(t, "list")
	require.True(t, ok, listed)
	assert.Regexp(t, `@backup\tforeign\t23\t.*\t-1\t-1\n`, listed)
	drilled, ok := p.run(t, "drill")
	assert.False(t, ok)
	assert.Contains(t, drilled, "There is no backup yet", "no one counted the rows of a dump that was taken elsewhere")
}

func TestABucketOutOfReachIsNotAnEmptyOne(t *testing.T) {
	p := newBucketPod(t)
	for _, action := range []string{"list", "restore", "drill", "send"} {
		out, ok := p.run(t, action, "BACKUP_NAME=latest", "FAIL_OF_TEST=lsf")
		assert.False(t, ok, action)
		assert.NotContains(t, out, "There is no backup", action)
	}
}
