package kubernetes_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/testenv"
)

// The role of an exporter reads statistics of every database, and nothing else.
func TestTheExportersRoleReadsStatisticsOnly(t *testing.T) {
	s := &moveServers{programs: testenv.NeedsPostgreSQL(t)}
	s.from = s.start(t)
	s.query(t, s.from, "postgres", "postgres", "CREATE ROLE djangostack_admin SUPERUSER LOGIN")
	args := postgresArgs()
	args.Monitored, args.Further = true, []string{"archive"}
	job := mocks.Run(t, mocks.Known, withPostgres(args)).Find(t, "Job", "blog-postgres-role")
	for range 2 {
		command := exec.Command("sh", "-c", job.At(t, "spec.template.spec.containers[0].command[2]").(string))
		command.Env = append(os.Environ(), "PATH="+s.programs+":"+os.Getenv("PATH"), "PGHOST="+s.from, "PGDATABASE=postgres", "PGUSER=djangostack_admin", "PGPASSWORD=x",
			"ROLE_DATABASE=blog", "ROLE_NAME=blog", "ROLE_PASSWORD=of-the-role",
			"MONITOR_NAME=djangostack_monitor", "MONITOR_CONNECTIONS=4", "MONITOR_PASSWORD=of-the-monitor")
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.NotContains(t, string(out), "of-the-monitor")
	}
	s.query(t, s.from, "blog", "blog", "CREATE TABLE posts (title text)")

	const monitor = "djangostack_monitor"
	assert.Equal(t, "4|f|f|f|pg_monitor", s.query(t, s.from, "postgres", monitor,
		`SELECT rolconnlimit, rolsuper, rolcreatedb, rolcreaterole, (SELECT string_agg(roleid::regrole::text, ' ') FROM pg_auth_members WHERE member = pg_roles.oid) FROM pg_roles WHERE rolname = current_user`))
	assert.Equal(t, "t|t", s.query(t, s.from, "postgres", monitor,
		`SELECT pg_database_size('blog') > 0, (SELECT count(*) FROM pg_settings WHERE name IN ('max_connections', 'data_directory')) = 2`))
	for _, database := range []string{"blog", "archive"} {
		_, err := s.ask(s.from, database, monitor, "SELECT 1")
		assert.ErrorContains(t, err, "exit status", "the databases are closed to it")
	}
	s.query(t, s.from, "postgres", "postgres", "GRANT CONNECT ON DATABASE blog TO djangostack_monitor")
	out, err := s.ask(s.from, "blog", monitor, "SELECT title FROM posts")
	assert.Error(t, err)
	assert.Contains(t, out, "permission denied for table posts")
}
