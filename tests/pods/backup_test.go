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

// withBackups is the value that gives the environment backups.
const withBackups = "database.backups={store: volume, volume: {size: 200Mi}}"

// restores backs the database up, drops a table while the site is up, and brings the rows back by one command. Then it
// restores a dump that another server's pg_dump made, with owners and extensions that are not here, and undoes it.
func restores(t *testing.T, e *environment, reader *e2e.Visitor) {
	require.Zero(t, e.djangostack(t, e.up(withBackups)...))
	var taken struct {
		Name string `json:"name"`
		Rows int    `json:"rows"`
	}
	e.backups(t, &taken, "backup")
	assert.Positive(t, taken.Rows)

	out, ok := e.sql(t, "DROP TABLE posts_post CASCADE; CREATE TABLE later (i int)")
	require.True(t, ok, out)
	assert.NotZero(t, e.djangostack(t, "restore", "-s", "local", "--set", withBackups), "no one has confirmed")
	began := time.Now()
	e.backups(t, nil, "restore", "--yes", taken.Name)
	t.Logf("the rows are back after %s", time.Since(began).Round(time.Second/10))
	assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")
	out, _ = e.sql(t, "SELECT to_regclass('later') IS NULL")
	assert.Equal(t, "t", out, "what came after the backup is not in it")

	dump := filepath.Join(t.TempDir(), "goods.sql")
	require.NoError(t, os.WriteFile(dump, []byte(file(t, "testdata/foreign.sql")), 0o600))
	var restored struct {
		Before struct {
			Name string `json:"name"`
		} `json:"before"`
	}
	e.backups(t, &restored, "restore", "--yes", "--file", dump)
	out, ok = e.sql(t, "SELECT count(*) FROM goods")
	assert.True(t, ok)
	assert.Equal(t, "3", out)
	half := filepath.Join(t.TempDir(), "half.sql")
	require.NoError(t, os.WriteFile(half, []byte(strings.Replace(file(t, "testdata/foreign.sql"), "PostgreSQL database dump complete", "", 1)), 0o600))
	assert.NotZero(t, e.djangostack(t, "restore", "-s", "local", "--set", withBackups, "--yes", "--file", half, "--skip-backup"))
	out, _ = e.sql(t, "SELECT count(*) FROM goods")
	assert.Equal(t, "3", out, "half a dump changes nothing")
	e.backups(t, nil, "restore", "--yes", "--skip-backup", restored.Before.Name)
	assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")

	downloaded := filepath.Join(t.TempDir(), "blog.dump")
	e.backups(t, nil, "backup", "download", taken.Name, "--output", downloaded)
	assert.True(t, strings.HasPrefix(file(t, downloaded), "PGDMP"))
	e.backups(t, nil, "backup", "drill")
	var list struct {
		Backups []json.RawMessage `json:"backups"`
	}
	e.backups(t, &list, "backup", "list")
	assert.Len(t, list.Backups, 5, "the first, one before each of two restores, and both dumps that were uploaded")
}

// backups runs a command about the backups and reads its result.
func (e *environment) backups(t *testing.T, result any, arguments ...string) {
	t.Helper()
	began := time.Now()
	command := e.command("djangostack", append(arguments, "-s", "local", "--set", withBackups, "--json")...)
	command.Stderr = &e.log
	out, err := command.Output()
	require.NoError(t, err, strings.Join(arguments, " "))
	t.Logf("djangostack %s: %s", strings.Join(arguments, " "), time.Since(began).Round(time.Second/10))
	if result != nil {
		require.NoError(t, json.Unmarshal(out, result), string(out))
	}
}
