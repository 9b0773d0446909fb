package kubernetes_test

import (
	"bytes"
	"fmt"
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
)

// filled is what a database of an app may hold.
const filled = `
CREATE SCHEMA "Shop";
CREATE TABLE posts (id bigserial PRIMARY KEY, title citext UNIQUE, at timestamptz NOT NULL DEFAULT now(), weight double precision, raw bytea);
INSERT INTO posts (title, weight, raw) SELECT 'Title ' || n, n / 3.0, decode(md5(n::text), 'hex') FROM generate_series(1, 2000) n;
CREATE TABLE "Shop"."Order lines" (id int GENERATED ALWAYS AS IDENTITY, post bigint REFERENCES posts, note text);
INSERT INTO "Shop"."Order lines" (post, note) SELECT n, E'a ''quote''\nand ; -- a line' FROM generate_series(1, 100) n;
CREATE TABLE alone (id int);
INSERT INTO alone VALUES (1);
CREATE TABLE parts (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO parts VALUES ('2026-02-03');
CREATE VIEW titles AS SELECT title FROM posts;
CREATE MATERIALIZED VIEW total AS SELECT count(*) FROM posts;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch();
SELECT setval('posts_id_seq', 5000);
SELECT lo_from_bytea(7001, 'a large object');
`

// held is what filled left, seen by the role of the app.
const held = `
SELECT (SELECT count(*) || ' ' || sum(hashtext(p::text)) FROM posts p), (SELECT count(*) FROM "Shop"."Order lines"), (SELECT count(*) FROM parts), (SELECT count(*) FROM alone),
(SELECT * FROM total), (SELECT last_value FROM posts_id_seq), (SELECT encode(lo_get(7001), 'escape')),
(SELECT string_agg(DISTINCT tableowner::text, ',') FROM pg_tables WHERE schemaname IN ('public', 'Shop') AND tablename <> 'djangostack_move')`

// TestADatabaseMovesToAnotherServer moves databases between two servers, which all of its tests share.
func TestADatabaseMovesToAnotherServer(t *testing.T) {
	s := newMoveServers(t)
	// Most of a move is waiting, so they run beside each other.
	number := 0
	run := func(name string, test func(*moveServers, *testing.T)) {
		number++
		pair := s.pair(t, "blog"+strconv.Itoa(number))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(pair, t)
		})
	}
	run("with all that it holds, and back", (*moveServers).movesThereAndBack)
	run("by a preparation that changes nothing", (*moveServers).preparesFirst)
	run("and opens the old one again", (*moveServers).opensAgain)
	run("and back to what was kept, whatever was written since", (*moveServers).goesBack)
	run("and leaves the old one open until the new one is used", (*moveServers).closesLast)
	run("and opens one that an earlier move closed", (*moveServers).opensForAnother)
	run("but not past a server that does not answer", (*moveServers).stopsWithoutAnAnswer)
	run("with its settings", (*moveServers).movesSettings)
	run("with others, or not at all", (*moveServers).movesTogether)
	run("once, by two Jobs", (*moveServers).waitsForAnotherJob)
	run("but not without a copy", (*moveServers).keepsOnlyACopy)
	run("but not beside another role", (*moveServers).noticesOthers)
	run("but not over later writes", (*moveServers).keepsLaterWrites)
	run("but not without its extensions", (*moveServers).namesMissingExtensions)
	run("once no one is connected", (*moveServers).waitsForClients)
	run("after a run that was killed", (*moveServers).continuesAfterAKill)
	run("but not after its locks were lost", (*moveServers).noticesLostLocks)
	run("but not from a dump that was cut", (*moveServers).noticesACutDump)
	run("but not into one that is in use", (*moveServers).keepsWhatIsThere)
	for name, control := range map[string]struct{ change, want string }{
		"a missing row":      {`/^COPY "Shop"/ { print; getline; next }`, `"Shop"."Order lines": 100 in the old database, 99 in the new one`},
		"a changed row":      {`/^7\tTitle 7\t/ { sub(/Title 7/, "Title x") }`, "public.posts: the contents differ"},
		"a missing table":    {`/^CREATE TABLE public.alone/ { sub(/public/, "pg_temp") } /^COPY public.alone/ { sub(/public/, "pg_temp") }`, "public.alone is missing in the new database"},
		"an older sequence":  {`/setval.*posts_id_seq/ { next }`, "sequence public.posts_id_seq: 5000 in the old database, 1 in the new one"},
		"a cut large object": {`/lowrite/ { next }`, "large objects: the contents differ"},
	} {
		run("but not with "+name, func(pair *moveServers, t *testing.T) { pair.refusesToLose(t, control.change, control.want) })
	}
}

func (s *moveServers) movesThereAndBack(t *testing.T) {
	t.Helper()
	// A role that the new server lacks has rights on a table, and once owned another one.
	s.query(t, s.from, s.old, "postgres", "CREATE ROLE reader; GRANT SELECT ON posts TO reader; CREATE TABLE old (id int); INSERT INTO old VALUES (1); ALTER TABLE old OWNER TO reader; GRANT reader TO blog;")
	before := s.query(t, s.from, s.old, "blog", held)

	out := s.moveAndKeep(t)
	assert.Contains(t, out, "5 tables with 2103 rows")
	assert.Contains(t, out, "All rows are in the new database")

	assert.Equal(t, strings.ReplaceAll(before, "blog,reader", "blog"), s.query(t, s.to, s.next, "blog", held))
	assert.Equal(t, "5001", s.query(t, s.to, s.next, "blog", "INSERT INTO posts (title) VALUES ('written there') RETURNING id"))
	assert.Equal(t, before, s.query(t, s.from, s.old, "blog", held), "the old database is whole")
	said, err := s.ask(s.from, s.old, "blog", "INSERT INTO posts (title) VALUES ('written where no one reads')")
	assert.Error(t, err, "the old database takes no more writes")
	assert.Contains(t, said, "read-only transaction")

	for _, step := range []string{"copy", "keep"} {
		out, err = s.move(t, "MOVE_STEP="+step)
		require.NoError(t, err, out)
		assert.Contains(t, out, "was moved before", "a second run changes nothing")
	}
	assert.Equal(t, "2001", s.query(t, s.to, s.next, "blog", "SELECT count(*) FROM posts"))
	_, err = s.move(t, "MOVE_NAME=another")
	assert.Error(t, err, "a database that has moved is not the target of another move")
	s.moveBack(t)
}

// moveBack moves the database into another one on the first server.
func (s *moveServers) moveBack(t *testing.T) {
	t.Helper()
	s.from, s.to, s.old, s.next = s.to, s.from, s.next, s.database(t, s.from, "back")
	s.moveAndKeep(t, "MOVE_NAME=managed-to-in-cluster")
	assert.Equal(t, "2001", s.query(t, s.to, s.next, "blog", "SELECT count(*) FROM posts WHERE id < 2001 OR title = 'written there'"))
	assert.Equal(t, "managed-to-in-cluster", s.query(t, s.to, s.next, "blog", "SELECT move FROM djangostack_move"))
}

// refusesToLose moves with a pg_dump whose output an awk program changes.
func (s *moveServers) refusesToLose(t *testing.T, change, want string) {
	t.Helper()
	out, err := s.move(t, s.dumpThrough(t, change+" { print }"))
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, out)
	assert.Equal(t, 65, exit.ExitCode(), out)
	assert.Contains(t, out, want)
	assert.Contains(t, out, "nothing was moved")
	s.unchanged(t)
}

// dumpThrough returns a PATH with a pg_dump whose output goes through an awk program.
func (s *moveServers) dumpThrough(t *testing.T, change string) string {
	t.Helper()
	folder := t.TempDir()
	program := fmt.Sprintf("#!/bin/sh\n%s/pg_dump \"$@\" | awk '%s'\n", s.programs, change)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "pg_dump"), []byte(program), 0o755))
	return "PATH=" + folder + ":" + s.programs + ":" + os.Getenv("PATH")
}

func (s *moveServers) noticesLostLocks(t *testing.T) {
	t.Helper()
	end := filepath.Join(t.TempDir(), "end")
	program := "#!/bin/sh\nexec " + s.programs + "/psql -q -h " + s.from + " -U postgres -d postgres -o /dev/null -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + s.old +
		"' AND state = 'idle in transaction' AND application_name = 'psql'\"\n"
	require.NoError(t, os.WriteFile(end, []byte(program), 0o755))
	out, err := s.move(t, s.dumpThrough(t, `{ print } NR == 100 { system("`+end+`") }`))
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, out)
	assert.Equal(t, 1, exit.ExitCode(), out)
	assert.Contains(t, out, "The connection to the old database was lost")
	s.unchanged(t)
}

func (s *moveServers) noticesACutDump(t *testing.T) {
	t.Helper()
	out, err := s.move(t, s.dumpThrough(t, "/PostgreSQL database dump complete/ { exit } { print }"))
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, out)
	assert.Equal(t, 1, exit.ExitCode(), "a connection that was lost is tried again: %s", out)
	assert.Contains(t, out, "was not read to its end")
	s.unchanged(t)
	out, err = s.move(t)
	require.NoError(t, err, "the move that failed can be repeated: %s", out)
}

// unchanged asserts that the new database is empty and the old one takes writes.
func (s *moveServers) unchanged(t *testing.T) {
	t.Helper()
	assert.Equal(t, "0", s.query(t, s.to, s.next, "blog", "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"))
	s.query(t, s.from, s.old, "blog", "SET lock_timeout = '5s'; UPDATE posts SET weight = 0 WHERE id = 1")
}

func (s *moveServers) waitsForClients(t *testing.T) {
	t.Helper()
	task := s.psql(s.from, s.old, "blog")
	in, err := task.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, task.Start())
	defer func() { _ = task.Process.Kill() }()
	_, err = fmt.Fprintln(in, "BEGIN; INSERT INTO posts (title) VALUES ('of a task that still runs');")
	require.NoError(t, err)
	time.Sleep(time.Second)

	out, err := s.move(t)
	require.Error(t, err)
	assert.Contains(t, out, "1 clients are still connected to the old database")
	s.unchanged(t)

	time.AfterFunc(2*time.Second, func() { _, _ = fmt.Fprintln(in, "COMMIT;"); _ = in.Close() })
	out, err = s.move(t, "MOVE_PATIENCE=60")
	require.NoError(t, err, out)
	assert.Equal(t, "1", s.query(t, s.to, s.next, "blog", "SELECT count(*) FROM posts WHERE title = 'of a task that still runs'"))
}

func (s *moveServers) continuesAfterAKill(t *testing.T) {
	t.Helper()
	half := filepath.Join(t.TempDir(), "half")
	move := s.moving(t, s.dumpThrough(t, `{ print } NR == 100 { system("touch `+half+`; sleep 600") }`))
	var out bytes.Buffer
	move.Stdout, move.Stderr = &out, &out
	move.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, move.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(half); return err == nil }, 30*time.Second, 50*time.Millisecond)

	said, err := s.ask(s.from, s.old, "blog", "SET lock_timeout = '200ms'; UPDATE posts SET weight = 0 WHERE id = 1")
	require.Error(t, err, "no one writes to the old database while it is copied")
	assert.Contains(t, said, "lock timeout")

	// A pod that is killed takes all its processes with it.
	require.NoError(t, syscall.Kill(-move.Process.Pid, syscall.SIGKILL))
	_ = move.Wait()
	s.unchanged(t)
	again, err := s.move(t, "MOVE_PATIENCE=30")
	require.NoError(t, err, again)
	assert.Equal(t, s.query(t, s.from, s.old, "blog", held), s.query(t, s.to, s.next, "blog", held))
}

func (s *moveServers) preparesFirst(t *testing.T) {
	t.Helper()
	out, err := s.move(t, "MOVE_STEP=prepare")
	require.NoError(t, err, out)
	assert.Contains(t, out, "the new one can take the database")
	s.unchanged(t)
}

// goesBack returns to the kept database after the new one was used, also when the new server does not answer. The databases stay
// apart: another copy over either is refused.
func (s *moveServers) goesBack(t *testing.T) {
	t.Helper()
	before := s.query(t, s.from, s.old, "blog", held)
	s.moveAndKeep(t)
	s.query(t, s.to, s.next, "blog", "INSERT INTO posts (title) VALUES ('written to the new one')")
	out, err := s.move(t, "MOVE_STEP=prepare")
	require.Error(t, err, "no other step loses what was written")
	assert.Contains(t, out, "the old one still takes no writes")

	for _, to := range []string{s.to, t.TempDir()} {
		out, err = s.move(t, "MOVE_STEP=back", "PGHOST="+to)
		require.NoError(t, err, out)
		assert.Contains(t, out, "as it was kept")
		assert.Equal(t, before, s.query(t, s.from, s.old, "blog", held))
	}
	assert.Equal(t, "5001", s.query(t, s.from, s.old, "blog", "INSERT INTO posts (title) VALUES ('written to the old one') RETURNING id"))
	assert.Equal(t, "2001", s.query(t, s.to, s.next, "blog", "SELECT count(*) FROM posts"), "the new one is as it was")
	for _, step := range []string{"copy", "keep"} {
		out, err = s.move(t, "MOVE_STEP="+step)
		require.Error(t, err, out)
		assert.Contains(t, out, "public.posts: the contents differ")
	}
}

// opensAgain gives a move up before the new database was used.
func (s *moveServers) opensAgain(t *testing.T) {
	t.Helper()
	s.moveAndKeep(t)
	out, err := s.move(t, "MOVE_STEP=prepare")
	require.NoError(t, err, out)
	assert.Contains(t, out, "takes writes again")
	assert.Equal(t, "5001", s.query(t, s.from, s.old, "blog", "INSERT INTO posts (title) VALUES ('written to the old one') RETURNING id"))

	for _, step := range []string{"copy", "keep"} {
		out, err = s.move(t, "MOVE_STEP="+step)
		require.Error(t, err, "what was written since is not in the copy")
		assert.Contains(t, out, "public.posts: 2001 in the old database, 2000 in the new one")
		assert.Contains(t, out, "begin again")
	}
	s.query(t, s.from, s.old, "blog", "UPDATE posts SET weight = 0 WHERE id = 1")
}

// closesLast asserts that a Job that goes on after its update was interrupted leaves an app on the old server alone.
func (s *moveServers) closesLast(t *testing.T) {
	t.Helper()
	out, err := s.move(t)
	require.NoError(t, err, out)
	s.query(t, s.from, s.old, "blog", "UPDATE posts SET weight = 0 WHERE id = 1")
	out, err = s.move(t, "MOVE_STEP=keep")
	require.Error(t, err)
	assert.Contains(t, out, "public.posts: the contents differ")
	s.query(t, s.from, s.old, "blog", "UPDATE posts SET weight = 0 WHERE id = 1")
}

func (s *moveServers) opensForAnother(t *testing.T) {
	t.Helper()
	s.query(t, s.from, s.old, "blog", "ALTER DATABASE "+s.old+" SET default_transaction_read_only = on")
	out, err := s.move(t, "MOVE_STEP=prepare")
	require.NoError(t, err, out)
	s.unchanged(t)
}

// stopsWithoutAnAnswer asserts that the app does not start with an old database that was not opened.
func (s *moveServers) stopsWithoutAnAnswer(t *testing.T) {
	t.Helper()
	s.query(t, s.from, s.old, "blog", "ALTER DATABASE "+s.old+" SET default_transaction_read_only = on")
	folder := t.TempDir()
	program := "#!/bin/sh\nasked=$(cat)\ncase $asked in *default_transaction_read_only=on*) echo 'connection to server was lost' >&2; exit 2;; esac\n" +
		"printf '%s\\n' \"$asked\" | exec " + s.programs + "/psql \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "psql"), []byte(program), 0o755))
	out, err := s.move(t, "MOVE_STEP=prepare", "PATH="+folder+":"+s.programs+":"+os.Getenv("PATH"))
	require.Error(t, err, out)
	assert.Contains(t, out, "connection to server was lost")
}

// movesSettings asserts that the app finds its tables, which a search_path may name.
func (s *moveServers) movesSettings(t *testing.T) {
	t.Helper()
	s.query(t, s.from, s.old, "blog", `ALTER DATABASE `+s.old+` SET search_path = "Shop", public; ALTER DATABASE `+s.old+` SET application_name = 'it''s 5 %';
		ALTER ROLE blog IN DATABASE `+s.old+` SET work_mem = '7MB'`)
	s.query(t, s.from, s.old, "postgres", "ALTER DATABASE "+s.old+" SET log_statement = 'none'")
	out := s.moveAndKeep(t)
	assert.Contains(t, out, "Left out: the setting log_statement (42501)")
	assert.NotContains(t, out, "it's 5")
	const ask = `SELECT array_to_string(setconfig, ';') FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database() ORDER BY setrole`
	assert.Equal(t, "application_name=it's 5 %;search_path=\"Shop\", public\nwork_mem=7MB", s.query(t, s.to, s.next, "blog", ask))
	assert.Equal(t, `"Shop", public`, s.query(t, s.to, s.next, "blog", "SHOW search_path"))
}

// waitsForAnotherJob asserts that a Job finds what another one did while it waited for it.
func (s *moveServers) waitsForAnotherJob(t *testing.T) {
	t.Helper()
	began := filepath.Join(t.TempDir(), "began")
	first := s.moving(t, s.dumpThrough(t, `{ print } NR == 100 { system("touch `+began+`; sleep 3") }`))
	require.NoError(t, first.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(began); return err == nil }, 30*time.Second, 50*time.Millisecond)
	out, err := s.move(t, "MOVE_PATIENCE=60")
	require.NoError(t, err, out)
	require.NoError(t, first.Wait())
	assert.Equal(t, s.query(t, s.from, s.old, "blog", held), s.query(t, s.to, s.next, "blog", held))
}

func (s *moveServers) keepsOnlyACopy(t *testing.T) {
	t.Helper()
	out, err := s.move(t, "MOVE_STEP=keep")
	require.Error(t, err)
	assert.Contains(t, out, "is not a copy of the old one")
	s.unchanged(t)
}

// noticesOthers asserts that the old database is not closed before a session that could still write to it, which waits
// for the locks and cannot be ended.
func (s *moveServers) noticesOthers(t *testing.T) {
	t.Helper()
	out, err := s.move(t)
	require.NoError(t, err, out)
	folder := t.TempDir()
	program := "#!/bin/sh\ncase \"$*\" in *--set=but=blog*) " + s.programs + "/psql -U postgres -c 'SELECT pg_sleep(3)' >/dev/null 2>&1 & sleep 1;; esac\nexec " + s.programs + "/psql \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "psql"), []byte(program), 0o755))
	out, err = s.move(t, "MOVE_STEP=keep", "PATH="+folder+":"+s.programs+":"+os.Getenv("PATH"))
	require.Error(t, err)
	assert.Contains(t, out, "1 clients with another role")
	s.query(t, s.from, s.old, "blog", "UPDATE posts SET weight = 0 WHERE id = 1")
}

// keepsLaterWrites asserts that neither database is used again after the other one was written to.
func (s *moveServers) keepsLaterWrites(t *testing.T) {
	t.Helper()
	s.moveAndKeep(t)
	s.query(t, s.to, s.next, "blog", "INSERT INTO posts (title) VALUES ('written to the new one')")
	out, err := s.move(t, "MOVE_STEP=prepare")
	require.Error(t, err)
	assert.Contains(t, out, "public.posts: 2000 in the old database, 2001 in the new one")
	_, err = s.ask(s.from, s.old, "blog", "UPDATE posts SET weight = 0 WHERE id = 1")
	require.Error(t, err, "the old database still takes no writes")

	// A run that was killed between both ends of the move has not closed the old one.
	s.query(t, s.from, s.old, "postgres", "SET default_transaction_read_only = off; ALTER DATABASE "+s.old+" RESET default_transaction_read_only")
	s.query(t, s.to, s.next, "blog", "DELETE FROM posts WHERE title = 'written to the new one'; SELECT setval('posts_id_seq', 5000)")
	out, err = s.move(t, "MOVE_STEP=keep")
	require.NoError(t, err, "both are the same: %s", out)
	_, err = s.ask(s.from, s.old, "blog", "UPDATE posts SET weight = 0 WHERE id = 1")
	require.Error(t, err, "the old database is closed by the next run")
}

func (s *moveServers) namesMissingExtensions(t *testing.T) {
	t.Helper()
	s.query(t, s.from, s.old, "postgres", "UPDATE pg_extension SET extname = 'elsewhere' WHERE extname = 'citext'")
	for _, step := range []string{"prepare", "copy"} {
		out, err := s.move(t, "MOVE_STEP="+step)
		require.Error(t, err)
		assert.Contains(t, out, "does not offer extensions of the old database: elsewhere")
	}
	s.unchanged(t)
}

func (s *moveServers) keepsWhatIsThere(t *testing.T) {
	t.Helper()
	s.query(t, s.to, s.next, "blog", "CREATE TABLE theirs (id int); INSERT INTO theirs VALUES (1)")
	out, err := s.move(t)
	require.Error(t, err)
	assert.Contains(t, out, "has tables already (theirs")
	assert.Equal(t, "1", s.query(t, s.to, s.next, "blog", "SELECT count(*) FROM theirs"))
}
