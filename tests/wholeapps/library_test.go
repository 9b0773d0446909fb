package wholeapps_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

const nextLibrary = "app.image=djangostack.local/library-next:folder"

// The users of the app sign in with an e-mail address, and it has a second database on another server.
func TestAnAppWithTwoDatabasesMeetsLocks(t *testing.T) {
	a := start(t, "library", "library-web:80", []folder{{name: "library"}, {name: "library-next", over: "library"}}, "postgres")
	address := "app.url=" + a.Address
	a.mustUp(t, address)

	e2e.Step(t, "the superuser of a model without a username signs in", func(t *testing.T) {
		command := a.Command("djangostack", "outputs", "-s", a.name, "--dir", a.project, "adminPassword", "--show-secrets")
		password, err := command.Output()
		require.NoError(t, err)
		e2e.NewVisitor(t, a.Address).SignIn(t, "ada@example.com", strings.TrimSpace(string(password)))
		assert.Equal(t, "ada@example.com|Ada Lovelace", a.sql(t, "SELECT email, full_name FROM accounts_member"))
	})
	e2e.Step(t, "each database has its tables, and they outlive their pods", func(t *testing.T) {
		a.sql(t, "INSERT INTO books_book (title) VALUES ('Notes')")
		a.archive(t, "INSERT INTO archive_loan (title) VALUES ('Notes to Ada')")
		a.kubectl(t, "delete", "pod", "library-postgres-0")
		a.kubectl(t, "delete", "pod", "--selector=app.kubernetes.io/component=process-archive")
		a.shelf(t, func(s shelf) bool {
			return assert.ObjectsAreEqual(shelf{Books: []string{"Notes"}, Loans: []string{"Notes to Ada"}, Fields: []string{"Book.id", "Book.title", "Loan.id", "Loan.title"}}, s)
		})
	})
	e2e.Step(t, "a migration that waits for the lock of another program says so, and ends at its deadline", func(t *testing.T) {
		holder := a.holds(t, "SELECT pg_advisory_lock(2026)")
		began := time.Now()
		out, err := a.up(address, nextLibrary, "release.activeDeadlineSeconds=30")
		took := time.Since(began)
		holder()
		require.Error(t, err, out)
		t.Logf("failed in %s:\n%s", took.Round(time.Second), out)
		assert.Contains(t, out, "Another session of archive holds the advisory lock 2026: the time of the release is over.")
		assert.Less(t, took, 65*time.Second, "it does not wait for SIGKILL after its 30 seconds")
		a.serves(t, "Book.title")
	})
	e2e.Step(t, "a migration that meets a locked table says so, and ends at its time", func(t *testing.T) {
		holder := a.holds(t, "LOCK TABLE archive_loan IN ACCESS SHARE MODE")
		began := time.Now()
		out, err := a.up(address, nextLibrary)
		took := time.Since(began)
		holder()
		require.Error(t, err, out)
		t.Logf("failed in %s:\n%s", took.Round(time.Second), out)
		assert.Contains(t, out, "A lock in the database archive was not free within 5s, which is release.lockTimeoutSeconds.")
		assert.Regexp(t, `Open for \d+ s: process \d+ of archive from the server, active\.`, out)
		assert.Less(t, took, 90*time.Second)
		a.serves(t, "Book.title")
	})
	e2e.Step(t, "the next up continues", func(t *testing.T) {
		a.mustUp(t, address, nextLibrary)
		a.shelf(t, func(s shelf) bool {
			return assert.ObjectsAreEqual([]string{"Book.id", "Book.title", "Book.year", "Loan.id", "Loan.title", "Loan.year"}, s.Fields)
		})
		assert.Equal(t, []string{"Notes"}, a.read(t).Books)
	})
}

type shelf struct {
	Books  []string `json:"books"`
	Loans  []string `json:"loans"`
	Fields []string `json:"fields"`
}

func (a *app) read(t *testing.T) shelf {
	t.Helper()
	var read shelf
	require.NoError(t, json.Unmarshal([]byte(a.mustRequest(t, "GET", "/", "")), &read))
	return read
}

// shelf waits until a page is as it should be.
func (a *app) shelf(t *testing.T, right func(shelf) bool) {
	t.Helper()
	require.Eventually(t, func() bool { return right(a.read(t)) }, time.Minute, time.Second)
}

// serves checks that a page is there with a field, and without the field of the next release.
func (a *app) serves(t *testing.T, field string) {
	t.Helper()
	read := a.read(t)
	assert.Contains(t, read.Fields, field)
	assert.NotContains(t, read.Fields, "Book.year", "the old version serves")
}

// archive runs a statement in the second database.
func (a *app) archive(t *testing.T, statement string) string {
	t.Helper()
	return strings.TrimSpace(a.kubectl(t, append([]string{"exec"}, archivePsql(statement)...)...))
}

func archivePsql(statement string) []string {
	return []string{"deployment/library-process-archive", "--", "psql", "--user=archive", "-Atc", statement, "archive"}
}

// holds runs a statement in a transaction of the second database that stays open, until the returned function is called.
func (a *app) holds(t *testing.T, statement string) (end func()) {
	t.Helper()
	const open = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
	command := a.command(append([]string{"exec"}, archivePsql("BEGIN; "+statement+"; SELECT pg_sleep(600)")...)...)
	require.NoError(t, command.Start())
	e2e.Eventually(t, 30*time.Second, "the transaction is open", func() error {
		if a.archive(t, open) != "1" {
			return exec.ErrNotFound
		}
		return nil
	})
	return func() {
		a.archive(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
		_ = command.Wait() // psql exits with an error, because its session was ended
	}
}
