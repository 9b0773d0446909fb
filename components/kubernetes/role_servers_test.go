package kubernetes_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/testenv"
)

// gives runs the script of the role's Job, as an administrator who is no superuser, as those of managed servers.
func (s *moveServers) gives(t *testing.T, change func(*kubernetes.DatabaseRoleArgs)) {
	t.Helper()
	args := roleArgs()
	change(args)
	job := mocks.Run(t, mocks.Known, withRole(args)).Find(t, "Job", "blog-database-role")
	script := job.At(t, "spec.template.spec.containers[0].command[2]").(string)
	command := exec.Command("sh", "-c", script)
	command.Env = append(os.Environ(), "PATH="+s.programs+":"+os.Getenv("PATH"), "PGHOST="+s.from, "PGDATABASE=postgres", "PGUSER=admin", "PGPASSWORD=x",
		"ROLE_DATABASE="+args.Database, "ROLE_NAME="+args.User, "ROLE_PASSWORD=of-the-role",
		"ROLE_EXTENSIONS="+strings.Join(args.Extensions, " "), "ROLE_ADVICE=Build another image")
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
}

// Each database is the role's own, with its extensions, and another role gets all that is in them.
func TestARoleOwnsEachOfItsDatabases(t *testing.T) {
	s := &moveServers{programs: testenv.NeedsPostgreSQL(t)}
	s.from = s.start(t)
	s.query(t, s.from, "postgres", "postgres", "DROP ROLE blog; CREATE ROLE admin LOGIN CREATEDB CREATEROLE; CREATE ROLE stranger LOGIN")
	databases := []string{"site", "archive", "reports"}
	owners := func(database string) string {
		return s.query(t, s.from, database, "postgres", `SELECT string_agg(pg_get_userbyid(relowner), ' ' ORDER BY relname) FROM pg_class WHERE relname IN ('first', 'second');
			SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()`)
	}
	several := func(a *kubernetes.DatabaseRoleArgs) {
		a.Database, a.Further, a.Extensions = databases[0], databases[1:], []string{"citext"}
	}
	for range 2 {
		s.gives(t, several)
	}
	for _, database := range databases {
		s.query(t, s.from, database, "blog", "CREATE TABLE first (title citext); INSERT INTO first VALUES ('of "+database+"')")
	}
	s.query(t, s.from, "postgres", "postgres", "CREATE DATABASE unlisted OWNER blog")
	s.query(t, s.from, "unlisted", "blog", "CREATE TABLE first (); CREATE TABLE second ()")
	_, err := s.ask(s.from, "archive", "stranger", "SELECT 1")
	assert.ErrorContains(t, err, "exit status", "the databases are closed to others")

	s.gives(t, func(a *kubernetes.DatabaseRoleArgs) { several(a); a.User = "shop" })
	for _, database := range databases {
		assert.Equal(t, "shop\nshop", owners(database), database)
		assert.Equal(t, "of "+database, s.query(t, s.from, database, "shop", "SELECT title FROM first"))
	}
	assert.Equal(t, "blog blog\nblog", owners("unlisted"), "what is not named stays as it is")

	s.gives(t, func(a *kubernetes.DatabaseRoleArgs) {
		several(a)
		a.User = "shop"
		a.Further = append(a.Further, "unlisted")
	})
	assert.Equal(t, "shop shop\nshop", owners("unlisted"))
}

func TestFurtherDatabasesNeedNamesOfTheirOwn(t *testing.T) {
	for want, further := range map[string][]string{
		`Further[0] is "blog", which is one of the databases already`:                               {"blog"},
		`Further[1] is "archive", which is one of the databases already`:                            {"archive", "archive"},
		`Further[0] is "a; ls"; allowed are lower-case letters, digits and underscores, 63 at most`: {"a; ls"},
	} {
		args := postgresArgs()
		args.Further = further
		_, err := mocks.Try(mocks.Known, nil, withPostgres(args))
		assert.ErrorContains(t, err, want)
		role := roleArgs()
		role.Further = further
		_, err = mocks.Try(mocks.Known, nil, withRole(role))
		assert.ErrorContains(t, err, want)
		backups, pool, move := backupsArgs(), pgBouncerArgs(), moveArgs()
		backups.Further, pool.Further, move.Further = further, further, further
		for _, run := range []pulumi.RunFunc{withBackups(backups), withPgBouncer(pool), withMove(move)} {
			_, err = mocks.Try(mocks.Known, nil, run)
			assert.ErrorContains(t, err, want)
		}
	}
}
