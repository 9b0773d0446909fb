package pods_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// upgrades shows, on a server that an earlier release created, that the Job which creates the app's role takes the rights
// of a superuser from it and loses nothing.
func upgrades(t *testing.T, e *environment) {
	const pod = "old-server"
	e.Kubectl(t, "default", "run", pod, "--image=docker.io/library/postgres:17", "--restart=Never", "--command", "--", "sleep", "600")
	e.Kubectl(t, "default", "wait", "--for=condition=Ready", "pod/"+pod, "--timeout=60s")
	defer e.Kubectl(t, "default", "delete", "pod", pod, "--wait=false", "--grace-period=0", "--force")
	run := func(script string, command ...string) (string, bool) {
		exec := e.command("djangostack-local", append([]string{"kubectl", "--namespace=default", "exec", "--stdin", pod, "--"}, command...)...)
		exec.Stdin = strings.NewReader(script)
		out, err := exec.CombinedOutput()
		return string(out), err == nil
	}
	asOwner := func(script string) (string, bool) {
		return run(script, "env", "PGHOST=127.0.0.1", "PGUSER=blog", "PGPASSWORD=old", "PGDATABASE=blog", "psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1")
	}
	out, ok := run(`set -e
		echo old >/tmp/password
		initdb --pgdata=/tmp/data --username=blog --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256
		pg_ctl --pgdata=/tmp/data --log=/tmp/log --options='-k /tmp' --wait start
		createdb --host=/tmp --username=blog blog`, "sh")
	require.True(t, ok, out)
	out, ok = asOwner(file(t, "testdata/old-database.sql"))
	require.True(t, ok, out)

	components := filepath.Join(e.Root, "components", "kubernetes")
	script := file(t, filepath.Join(components, "demotion.sh")) + file(t, filepath.Join(components, "role.sh"))
	jobFor := func(role, administrator string) (string, bool) {
		return run("", "env", "PGHOST=127.0.0.1", "PGUSER=djangostack_admin", "PGPASSWORD="+administrator, "PGDATABASE=postgres",
			"ROLE_NAME="+role, "ROLE_PASSWORD=old", "ROLE_DATABASE=blog", "sh", "-c", script)
	}
	job := func(administrator string) (string, bool) { return jobFor("blog", administrator) }
	out, ok = job("new")
	require.True(t, ok, out)
	assert.Contains(t, out, "Taking the rights of a superuser from blog")
	out, ok = job("new")
	require.True(t, ok, "a second run: %s", out)
	assert.NotContains(t, out, "Taking the rights")

	out, ok = asOwner("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
	assert.Equal(t, "f", strings.TrimSpace(out))
	require.True(t, ok)
	out, ok = asOwner(file(t, "testdata/owned.sql"))
	require.True(t, ok, out)
	assert.Contains(t, "\n"+out, "\n3\n", "the rows and the new one")
	out, ok = job("another")
	assert.False(t, ok, out)
	assert.Contains(t, out, "Neither djangostack_admin nor a superuser blog can connect")

	out, ok = asOwner("CREATE TABLE kept (id serial PRIMARY KEY)")
	require.True(t, ok, out)
	for _, name := range []string{"writer", "blog", "writer"} {
		out, ok = jobFor(name, "new")
		require.True(t, ok, "another user %s: %s", name, out)
		assert.Contains(t, out, "Giving it what")
		out, ok = asOwner("ALTER TABLE kept ADD COLUMN IF NOT EXISTS note text; INSERT INTO kept DEFAULT VALUES")
		require.True(t, ok, "blog keeps its rights while the database belongs to %s: %s", name, out)
		out, ok = asOwner("SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = 'public' AND relowner <> '" + name + "'::regrole")
		require.True(t, ok, out)
		assert.Equal(t, "0", strings.TrimSpace(out), "objects of others than %s", name)
	}
}

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
