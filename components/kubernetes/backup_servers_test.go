package kubernetes_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/testenv"
)

// backupPod runs the script of the backups' pods beside a server of PostgreSQL with two databases.
type backupPod struct {
	*moveServers

	script string
	// home is the pod's /tmp, and store has the files of the volume or the objects of the bucket.
	home, store string
	as          *syscall.SysProcAttr
	environment []string
}

func newBackupPod(t *testing.T, s *moveServers, args *kubernetes.DatabaseBackupsArgs) backupPod {
	t.Helper()
	// The path of a socket is short.
	home, err := os.MkdirTemp("/tmp", "bk")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(home)) })
	args.Further = []string{"archive"}
	job := mocks.Run(t, mocks.Known, withBackups(args)).OfKind("CronJob")[0]
	assert.Equal(t, "archive", variable(t, job, "BACKUP_FURTHER"))
	command := job.At(t, "spec.jobTemplate.spec.template.spec.containers[0].command").([]any)
	p := backupPod{moveServers: s, script: strings.ReplaceAll(command[2].(string), "/tmp", home), home: home, as: s.owner(t, home)}
	p.environment = []string{
		"PATH=" + s.programs + ":" + os.Getenv("PATH"), "HOME_OF_TEST=" + home, "DRILL_FOLDER=" + home + "/drill", "BACKUP_KEEP_DAYS=14",
		"PGHOST=" + s.from, "PGPORT=5432", "PGUSER=blog", "PGDATABASE=blog", "PGPASSWORD=x",
	}
	for _, folder := range []string{"backups", "bucket/blog/dev", "drill", "tools/usr/local/bin"} {
		require.NoError(t, os.MkdirAll(filepath.Join(home, folder), 0o755))
	}
	if args.Bucket == nil {
		p.store = filepath.Join(home, "backups")
		p.environment = append(p.environment, "BACKUP_FOLDER="+p.store)
	} else {
		p.store = filepath.Join(home, "bucket/blog/dev")
		p.environment = append(p.environment, "BACKUP_TOOLS="+home+"/tools", "BACKUP_REMOTE=store:blog/dev/")
		rclone, err := os.ReadFile("testdata/backup/rclone")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(home, "tools/usr/local/bin/rclone"), rclone, 0o755))
	}
	if p.as != nil {
		require.NoError(t, filepath.WalkDir(home, func(path string, _ os.DirEntry, err error) error {
			require.NoError(t, err)
			return os.Chown(path, int(p.as.Credential.Uid), int(p.as.Credential.Gid))
		}))
	}
	return p
}

// run runs an action in a new pod, whose /tmp is empty, and returns what it printed.
func (p backupPod) run(t *testing.T, action string, variables ...string) (string, bool) {
	t.Helper()
	p.empty(t)
	filter, err := os.ReadFile("dump.awk")
	require.NoError(t, err)
	command := exec.Command("sh", "-c", p.script, "backup", string(filter))
	command.Env = append(append(append([]string{}, p.environment...), "BACKUP_FURTHER=archive", "BACKUP_ACTION="+action), variables...)
	command.SysProcAttr, command.Dir = p.as, p.home
	out, err := command.CombinedOutput()
	return string(out), err == nil
}

// empty deletes what another pod left in its /tmp.
func (p backupPod) empty(t *testing.T) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(p.home, "*"))
	require.NoError(t, err)
	for _, path := range left {
		if base := filepath.Base(path); base != "backups" && base != "bucket" && base != "drill" && base != "tools" {
			require.NoError(t, os.RemoveAll(path))
		}
	}
}

func (p backupPod) must(t *testing.T, action string, variables ...string) string {
	t.Helper()
	out, ok := p.run(t, action, variables...)
	require.True(t, ok, out)
	return out
}

// rows are the rows of both databases.
func (p backupPod) rows(t *testing.T) string {
	t.Helper()
	const ask = "SELECT string_agg(title::text, ' ' ORDER BY title) FROM posts"
	return p.query(t, p.from, "blog", "blog", ask) + " | " + p.query(t, p.from, "archive", "blog", ask)
}

func (p backupPod) change(t *testing.T, title string) {
	t.Helper()
	for _, database := range []string{"blog", "archive"} {
		p.query(t, p.from, database, "blog", "DELETE FROM posts; INSERT INTO posts VALUES ('"+title+" of "+database+"')")
	}
}

// age makes all that there is in the store older than backups are kept.
func (p backupPod) age(t *testing.T) {
	t.Helper()
	for _, name := range p.files(t) {
		path := filepath.Join(p.store, name)
		info, err := os.Stat(path)
		require.NoError(t, err)
		at := info.ModTime().Add(-20 * 24 * time.Hour)
		require.NoError(t, os.Chtimes(path, at, at))
	}
}

func (p backupPod) files(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(p.store)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// TestBackupsHoldEveryDatabase takes, restores and drills backups of two databases of a server, on a volume and in a bucket.
func TestBackupsHoldEveryDatabase(t *testing.T) {
	s := &moveServers{programs: testenv.NeedsPostgreSQL(t)}
	for name, args := range map[string]*kubernetes.DatabaseBackupsArgs{"volume": backupsArgs(), "bucket": bucketArgs()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &moveServers{programs: s.programs, from: s.start(t)}
			for _, database := range []string{"blog", "archive"} {
				server.database(t, server.from, database)
				server.query(t, server.from, database, "blog", "CREATE TABLE posts (title citext); CREATE TABLE django_migrations (); INSERT INTO django_migrations DEFAULT VALUES")
			}
			p := newBackupPod(t, server, args)
			p.change(t, "first")
			p.takesAll(t)
			if args.Bucket == nil {
				p.drillsAll(t)
			}
			p.restoresAll(t)
			if args.Bucket == nil {
				p.restoresOne(t)
				p.restoresAllOrNothing(t)
				p.knowsOtherLists(t)
			}
			p.sends(t)
			p.receives(t)
			p.leavesNoPart(t)
			p.prunesAll(t)
		})
	}
}

func (p backupPod) takesAll(t *testing.T) {
	t.Helper()
	out := p.must(t, "backup", "BACKUP_NAME=one")
	assert.Regexp(t, `(?m)^@backup\tone\t\d+\t[-0-9]{10}T[0-9:]{8}Z\t4\t4$`, out, "both databases together")
	assert.Regexp(t, `(?m)^@database\tone\tblog\t\d+\t2\t2$`, out)
	assert.Regexp(t, `(?m)^@database\tone\tarchive\t\d+\t2\t2$`, out)
	assert.Equal(t, []string{"one.archive.further", "one.archive.further-rows", "one.databases", "one.dump", "one.rows"}, p.files(t))
	assert.Contains(t, p.must(t, "list"), "@database\tone\tarchive\t")
	assert.Contains(t, p.must(t, "drill"), "All rows of one are back")
}

// drillsAll asserts that a drill notices what is wrong in any of the databases.
func (p backupPod) drillsAll(t *testing.T) {
	t.Helper()
	for file, spoilt := range map[string]struct{ content, want string }{
		"one.archive.further":      {"PGDMP", "The database archive of the backup one cannot be restored"},
		"one.archive.further-rows": {"public.posts\t7\n", "The backup one has 1 rows of public.posts in the database archive; there were 7"},
	} {
		path := filepath.Join(p.store, file)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(spoilt.content), 0o600))
		drilled, ok := p.run(t, "drill")
		assert.False(t, ok, file)
		assert.Contains(t, drilled, spoilt.want)
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
}

func (p backupPod) restoresAll(t *testing.T) {
	t.Helper()
	p.change(t, "second")
	p.query(t, p.from, "archive", "blog", "CREATE TABLE later (); INSERT INTO django_migrations DEFAULT VALUES")
	out := p.must(t, "restore", "BACKUP_NAME=one")
	assert.Equal(t, "first of blog | first of archive", p.rows(t))
	assert.Equal(t, "", p.query(t, p.from, "archive", "blog", "SELECT to_regclass('later')"), "what came after the backup is not in it")
	assert.Contains(t, out, "fewer migrations of archive (1) than the database had (2)")
	_, rest, _ := strings.Cut(out, "@backup\t")
	before, _, _ := strings.Cut(rest, "\t")
	assert.Contains(t, before, "-before-restore")
	p.must(t, "restore", "BACKUP_NAME="+before, "BACKUP_FIRST=false")
	assert.Equal(t, "second of blog | second of archive", p.rows(t), "the restore is undone in both")
}

func (p backupPod) restoresOne(t *testing.T) {
	t.Helper()
	p.must(t, "restore", "BACKUP_NAME=one", "BACKUP_FIRST=false", "BACKUP_DATABASE=archive")
	assert.Equal(t, "second of blog | first of archive", p.rows(t))
	p.must(t, "restore", "BACKUP_NAME=one", "BACKUP_FIRST=false", "BACKUP_DATABASE=blog")
	assert.Equal(t, "first of blog | first of archive", p.rows(t))
	out, ok := p.run(t, "restore", "BACKUP_NAME=one", "BACKUP_FIRST=false", "BACKUP_DATABASE=reports")
	assert.False(t, ok)
	assert.Contains(t, out, "The environment has no database reports; it has: blog archive")
}

// restoresAllOrNothing asserts that no database changes if one of them cannot be restored, whichever comes first.
func (p backupPod) restoresAllOrNothing(t *testing.T) {
	t.Helper()
	p.change(t, "third")
	for _, cut := range []string{"one.archive.further", "one.dump"} {
		path := filepath.Join(p.store, cut)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, whole[:len(whole)/2], 0o600))
		out, ok := p.run(t, "restore", "BACKUP_NAME=one", "BACKUP_FIRST=false")
		assert.False(t, ok, cut)
		assert.Contains(t, out, "all databases are as they were before", cut)
		assert.Equal(t, "third of blog | third of archive", p.rows(t), cut)
		require.NoError(t, os.WriteFile(path, whole, 0o600))
	}
	path := filepath.Join(p.store, "one.archive.further")
	require.NoError(t, os.Rename(path, path+"-away"))
	out, ok := p.run(t, "restore", "BACKUP_NAME=one", "BACKUP_FIRST=false")
	assert.False(t, ok)
	assert.Contains(t, out, "The backup one is not whole: its dump of the database archive is missing")
	assert.Equal(t, "third of blog | third of archive", p.rows(t))
	require.NoError(t, os.Rename(path+"-away", path))
}

// pipe waits for the pipe through which a dump comes or goes.
func (p backupPod) pipe() string {
	path := filepath.Join(p.home, "transfer")
	for range 200 {
		if _, err := os.Stat(path); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	return path
}

// sends asserts that a download gets the dump of the database that was asked for.
func (p backupPod) sends(t *testing.T) {
	t.Helper()
	for database, file := range map[string]string{"": "one.dump", "archive": "one.archive.further"} {
		p.empty(t)
		var got []byte
		done := make(chan struct{})
		go func() {
			defer close(done)
			got, _ = os.ReadFile(p.pipe())
			_ = os.WriteFile(filepath.Join(p.home, "sent"), nil, 0o644)
		}()
		p.must(t, "send", "BACKUP_NAME=one", "BACKUP_DATABASE="+database)
		<-done
		want, err := os.ReadFile(filepath.Join(p.store, file))
		require.NoError(t, err)
		assert.Equal(t, want, got, file)
	}
}

// receives asserts that a dump from elsewhere goes into one database, also when it is restored again.
func (p backupPod) receives(t *testing.T) {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join(p.store, "one.archive.further"))
	require.NoError(t, err)
	p.empty(t)
	go func() { _ = os.WriteFile(p.pipe(), dump, 0o600) }()
	for _, again := range [][]string{{"BACKUP_RECEIVE=true", "BACKUP_BYTES=" + strconv.Itoa(len(dump)), "BACKUP_DATABASE=archive"}, nil} {
		p.change(t, "third")
		out := p.must(t, "restore", append(again, "BACKUP_NAME=foreign", "BACKUP_FIRST=false")...)
		assert.Equal(t, "third of blog | first of archive", p.rows(t), out)
	}
	out, ok := p.run(t, "restore", "BACKUP_NAME=foreign", "BACKUP_FIRST=false", "BACKUP_DATABASE=blog")
	assert.False(t, ok)
	assert.Contains(t, out, "The backup foreign does not hold the database blog; it holds: archive")
}

// knowsOtherLists restores backups of other lists of databases: before one was added, after one was removed.
func (p backupPod) knowsOtherLists(t *testing.T) {
	t.Helper()
	p.must(t, "backup", "BACKUP_NAME=alone", "BACKUP_FURTHER=")
	assert.NotContains(t, p.files(t), "alone.databases", "as earlier releases wrote it")
	p.change(t, "fourth")
	out := p.must(t, "restore", "BACKUP_NAME=alone", "BACKUP_FIRST=false")
	assert.Contains(t, out, "The backup alone does not hold the database archive, which stays as it is")
	assert.Equal(t, "third of blog | fourth of archive", p.rows(t))
	assert.Contains(t, p.must(t, "drill"), "The backup alone does not hold the database archive")
	out, ok := p.run(t, "restore", "BACKUP_NAME=alone", "BACKUP_FIRST=false", "BACKUP_DATABASE=archive")
	assert.False(t, ok)
	assert.Contains(t, out, "The backup alone does not hold the database archive; it holds: blog")

	out = p.must(t, "restore", "BACKUP_NAME=one", "BACKUP_FIRST=false", "BACKUP_FURTHER=")
	assert.Contains(t, out, "Left out: the backup has a database archive, and the environment has none")
	assert.Equal(t, "first of blog | fourth of archive", p.rows(t))
}

// leavesNoPart asserts that a backup that failed for one database is none for any.
func (p backupPod) leavesNoPart(t *testing.T) {
	t.Helper()
	before := p.files(t)
	out, ok := p.run(t, "backup", "BACKUP_NAME=half", "BACKUP_FURTHER=archive nowhere")
	assert.False(t, ok)
	assert.Contains(t, out, `database "nowhere" does not exist`)
	assert.Equal(t, before, p.files(t))
}

// prunesAll asserts that nothing is left of a backup that is too old, nor of one that was killed.
func (p backupPod) prunesAll(t *testing.T) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(p.store, "killed.archive.further"), []byte("PGDMP"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(p.store, "killed.databases"), []byte("blog\narchive\n"), 0o600))
	p.age(t)
	p.must(t, "backup", "BACKUP_NAME=last")
	assert.Equal(t, []string{"last.archive.further", "last.archive.further-rows", "last.databases", "last.dump", "last.rows"}, p.files(t))
}
