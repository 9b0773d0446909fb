package load_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// failedMigrations tries the next release three times. Each time something stops its migration, and the old version
// keeps serving.
func (e *environment) failedMigrations(t *testing.T) {
	a := startAttack(e.Address, "migrations", 10)
	t.Run("because of what it finds", func(t *testing.T) {
		e.sql(t, "ALTER TABLE posts_post ADD COLUMN subtitle varchar(200)")
		defer e.sql(t, "ALTER TABLE posts_post DROP COLUMN subtitle")
		e.refused(t, `column "subtitle" of relation "posts_post" already exists`)
	})
	t.Run("because it waits for a lock", func(t *testing.T) {
		defer e.lock(t)()
		e.refused(t, "canceling statement due to lock timeout")
	})
	t.Run("because its pod is killed", func(t *testing.T) {
		unlock := e.lock(t)
		defer unlock()
		killed := make(chan error, 1)
		go func() { killed <- e.killMigration() }()
		e.refused(t, "exit code 137")
		require.NoError(t, <-killed)
	})
	t.Run("because an index is left from a try before", e.invalidIndex)
	a.end(t)
	assert.Empty(t, a.failures, some(a.failures))
	assert.Positive(t, a.versions["orange"])
	assert.Zero(t, a.versions["maroon"])
}

// invalidIndex leaves the index that the release builds invalid, as a build does that is stopped. The release then fails,
// and its message has the statement that clears the index.
func (e *environment) invalidIndex(t *testing.T) {
	const name, clear = "public.posts_post_subtitle", "DROP INDEX CONCURRENTLY public.posts_post_subtitle;"
	e.sql(t, "CREATE INDEX posts_post_subtitle ON posts_post (title)")
	e.sql(t, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '"+name+"'::regclass")
	e.refused(t, clear)
	e.sql(t, clear)
}

// refused asserts that a release fails with a cause, and that the old version serves.
func (e *environment) refused(t *testing.T, cause string) {
	t.Helper()
	began := time.Now()
	out, err := e.up(maroon)
	t.Logf("refused in %s:\n%s", time.Since(began).Round(time.Second), last(out, 25))
	require.Error(t, err)
	_, message, failed := strings.Cut(out, "djangostack: update of ")
	require.True(t, failed, out)
	assert.Contains(t, message, cause, "the message names the cause")
	e.serves(t, "orange")
}

// sql runs a statement in the database.
func (e *environment) sql(t *testing.T, statement string) string {
	t.Helper()
	return e.kubectl(t, "exec", "blog-postgres-0", "--", "sh", "-c", `psql -v ON_ERROR_STOP=1 -Atc "$0" -U "$POSTGRES_USER" blog`, statement)
}

// lock reads the posts in an open transaction, as a long report does, and returns a function that ends it.
func (e *environment) lock(t *testing.T) func() {
	t.Helper()
	const reader = "BEGIN; LOCK TABLE posts_post IN ACCESS SHARE MODE; SELECT pg_sleep(600)"
	session := e.Command("djangostack-local", "kubectl", "--namespace", e.namespace, "exec", "blog-postgres-0", "--",
		"sh", "-c", `psql -c "$0" -U "$POSTGRES_USER" blog`, reader)
	require.NoError(t, session.Start())
	e2e.Eventually(t, 20*time.Second, "the lock is held", func() error {
		if held := e.sql(t, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%' AND wait_event = 'PgSleep'"); strings.TrimSpace(held) != "1" {
			return fmt.Errorf("%s sessions hold it", strings.TrimSpace(held))
		}
		return nil
	})
	return func() {
		e.sql(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%' AND pid <> pg_backend_pid()")
		// The session was ended by force.
		assert.Error(t, session.Wait())
	}
}

// lockTimeout is the default of release.lockTimeoutSeconds.
const lockTimeout = 10 * time.Second

// oldTransaction begins a transaction that ends by itself. It reads no table of the app.
func (e *environment) oldTransaction(t *testing.T, lasts time.Duration) {
	t.Helper()
	statement := fmt.Sprintf("SELECT pg_sleep(%.0f)", lasts.Seconds())
	session := e.Command("djangostack-local", "kubectl", "--namespace", e.namespace, "exec", "blog-postgres-0", "--",
		"sh", "-c", `psql -c "$0" -U "$POSTGRES_USER" blog`, statement)
	var out bytes.Buffer
	session.Stdout, session.Stderr = &out, &out
	require.NoError(t, session.Start())
	t.Cleanup(func() { assert.NoError(t, session.Wait(), out.String()) })
	e2e.Eventually(t, 20*time.Second, "the transaction has begun", func() error {
		if count := strings.TrimSpace(e.sql(t, "SELECT count(*) FROM pg_stat_activity WHERE query = '"+statement+"'")); count != "1" {
			return fmt.Errorf("%s sessions sleep: %s", count, out.String())
		}
		return nil
	})
}

// killMigration kills the migration's pod while it waits for the lock.
func (e *environment) killMigration() error {
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(time.Second / 2) {
		waiting, err := e.Command("djangostack-local", "kubectl", "--namespace", e.namespace, "exec", "blog-postgres-0", "--", "sh", "-c",
			`psql -Atc "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER%'" -U "$POSTGRES_USER" blog`).Output()
		if err != nil {
			return fmt.Errorf("looking for the migration: %w", err)
		}
		if strings.TrimSpace(string(waiting)) == "0" {
			continue
		}
		out, err := e.Command("djangostack-local", "kubectl", "--namespace", e.namespace, "delete", "pod",
			"--selector", "app.kubernetes.io/component=migrate", "--grace-period=1", "--wait=false").CombinedOutput()
		if err != nil {
			return fmt.Errorf("killing the migration: %w\n%s", err, out)
		}
		return nil
	}
	return fmt.Errorf("no migration waited for the lock")
}

// last returns the last lines of a text.
func last(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
