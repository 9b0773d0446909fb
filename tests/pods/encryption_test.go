package pods_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/authority"
	"github.com/djangostack/djangostack/tests/e2e"
)

// inShell runs a command in a container of the shell's pod, and returns its output and whether it succeeded.
func (e *environment) inShell(t *testing.T, container, input string, command ...string) (string, bool) {
	t.Helper()
	exec := e.command("djangostack-local", append([]string{"kubectl", "--namespace", namespace, "exec", "--stdin", "job/blog-shell", "--container", container, "--"}, command...)...)
	exec.Stdin = strings.NewReader(input)
	out, err := exec.CombinedOutput()
	return strings.TrimSpace(string(out)), err == nil
}

// sql runs statements as the app's role.
func (e *environment) sql(t *testing.T, statements string) (string, bool) {
	t.Helper()
	return e.inShell(t, "psql", statements, "psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1")
}

// noSuperuser shows that the app's role has its database and no rights on the server.
func noSuperuser(t *testing.T, e *environment) {
	super, ok := e.sql(t, "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
	require.True(t, ok, super)
	assert.Equal(t, "f", super)
	out, ok := e.sql(t, "CREATE EXTENSION citext; DROP EXTENSION citext; CREATE SCHEMA own; DROP SCHEMA own")
	assert.True(t, ok, "a trusted extension and a schema: %s", out)
	for _, statement := range []string{"SELECT pg_read_file('/etc/passwd')", "COPY (SELECT 1) TO PROGRAM 'true'", "CREATE ROLE another", "SELECT rolpassword FROM pg_authid"} {
		out, ok := e.sql(t, statement)
		assert.False(t, ok, statement)
		assert.Contains(t, out, "permission denied", statement)
	}
	variables, _ := e.inShell(t, "shell", "", "env")
	assert.NotContains(t, variables, "djangostack_admin")
}

// encrypts puts a pooler between the app and its database and gives all data services TLS. The app works, and only
// connections by TLS to the server that the app expects are made.
func encrypts(t *testing.T, e *environment, reader, writer *e2e.Visitor) {
	before, err := reader.Status()
	require.NoError(t, err)
	require.Zero(t, e.djangostack(t, e.up("namespace.tls=required", "database.pooler.kind=pgbouncer")...))
	assert.Contains(t, reader.MustPage(t, "/"), "Pods come and go")
	e2e.Eventually(t, 2*time.Minute, "a task goes through the broker", func() error {
		// A kept connection may lead to a pod that stops and knows the broker without TLS only.
		if _, err := writer.TrySubmit("/notes/", "/notes/add", map[string]string{"text": "Seal the letter"}); err != nil {
			return err
		}
		s, err := reader.Status()
		if err == nil && (s.Notes["done"] <= before.Notes["done"] || s.Cache != "ok") {
			return fmt.Errorf("notes are %v, the cache is %q", s.Notes, s.Cache)
		}
		return err
	})

	wrong, err := authority.Bundle("another", 1)
	require.NoError(t, err)
	for _, container := range []string{"psql", "shell"} {
		out, ok := e.inShell(t, container, wrong, "sh", "-c", "cat > /tmp/wrong.pem")
		require.True(t, ok, out)
	}
	for host, ask := range map[string]func(options, host string) (string, bool){
		"the database": func(options, _ string) (string, bool) {
			return e.inShell(t, "psql", "", "sh", "-c", options+" psql -Atc 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'")
		},
		"the pooler": func(options, _ string) (string, bool) {
			return e.inShell(t, "psql", "", "sh", "-c", "PGHOST=blog-pgbouncer "+options+" psql -Atc 'SELECT true'")
		},
	} {
		out, ok := ask("", host)
		require.True(t, ok, "%s: %s", host, out)
		assert.Equal(t, "t", out, host)
		out, ok = ask("PGSSLMODE=disable", host)
		assert.False(t, ok, "%s without TLS: %s", host, out)
		out, ok = ask("PGSSLROOTCERT=/tmp/wrong.pem", host)
		assert.False(t, ok, "%s of another authority: %s", host, out)
		assert.Contains(t, out, "certificate verify failed", host)
	}
	for _, variable := range []string{"CACHE_URL", "CELERY_BROKER_URL"} {
		ask := func(change string) (string, bool) {
			program := fmt.Sprintf("import os, redis; u = os.environ[%q]; print(redis.from_url(u%s).ping())", variable, change)
			return e.inShell(t, "shell", "", "python", "-c", program)
		}
		out, ok := ask("")
		assert.True(t, ok, "%s: %s", variable, out)
		out, ok = ask(".replace('rediss:', 'redis:').split('?')[0]")
		assert.False(t, ok, "%s without TLS: %s", variable, out)
		out, ok = ask(".split('&ssl_ca_certs=')[0] + '&ssl_ca_certs=/tmp/wrong.pem'")
		assert.False(t, ok, "%s of another authority: %s", variable, out)
		assert.Contains(t, out, "CERTIFICATE_VERIFY_FAILED", variable)
	}
}
