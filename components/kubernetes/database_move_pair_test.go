package kubernetes_test

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/testenv"
)

// moveServers are two servers of PostgreSQL, and the script of the Job that moves a database from one to the other.
type moveServers struct {
	programs, script string
	// from and to are the folders of their sockets.
	from, to string
	// old is the database that is moved, and next the one that it is moved into.
	old, next string
}

// newMoveServers starts both servers, with Debian's PostgreSQL.
func newMoveServers(t *testing.T) *moveServers {
	t.Helper()
	programs := testenv.NeedsPostgreSQL(t)
	job := mocks.Run(t, mocks.Known, withMove(moveArgs())).OfKind("Job")[0]
	command := job.At(t, "spec.template.spec.containers[0].command").([]any)
	s := &moveServers{programs: programs, script: command[2].(string)}
	s.from, s.to = s.start(t), s.start(t)
	return s
}

// pair returns the servers with two new databases, of which the old one is filled.
func (s *moveServers) pair(t *testing.T, name string) *moveServers {
	t.Helper()
	pair := *s
	pair.old, pair.next = s.database(t, s.from, name), s.database(t, s.to, name)
	s.query(t, s.from, pair.old, "blog", filled)
	return &pair
}

// database creates a database of the app's role.
func (s *moveServers) database(t *testing.T, server, name string) string {
	t.Helper()
	s.query(t, server, "postgres", "postgres", "CREATE DATABASE "+name+" OWNER blog")
	s.query(t, server, name, "postgres", "CREATE EXTENSION citext")
	return name
}

// start starts a server with a role blog, and returns the folder of its socket.
func (s *moveServers) start(t *testing.T) string {
	t.Helper()
	// The path of a socket is short.
	folder, err := os.MkdirTemp("/tmp", "pg")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(folder)) })
	as := s.owner(t, folder)
	data := filepath.Join(folder, "data")
	s.must(t, as, "initdb", "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
	s.must(t, as, "pg_ctl", "--pgdata="+data, "--log="+filepath.Join(folder, "log"), "--wait", "--silent", "start",
		"--options=-k "+folder+" -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60")
	t.Cleanup(func() { s.must(t, as, "pg_ctl", "--pgdata="+data, "--mode=immediate", "--silent", "stop") })
	s.query(t, folder, "postgres", "postgres", "CREATE ROLE blog LOGIN")
	return folder
}

// owner gives a folder to a user who may run a server, and returns the attributes of that user's processes.
func (s *moveServers) owner(t *testing.T, folder string) *syscall.SysProcAttr {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup("postgres")
	require.NoError(t, err)
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	require.NoError(t, err)
	require.NoError(t, os.Chown(folder, int(uid), int(gid)))
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func (s *moveServers) must(t *testing.T, as *syscall.SysProcAttr, program string, args ...string) {
	t.Helper()
	command := exec.Command(filepath.Join(s.programs, program), args...)
	command.SysProcAttr, command.Dir = as, "/"
	// The server inherits the output, which a pipe would wait for.
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, out.Close()) }()
	command.Stdout, command.Stderr = out, out
	if err := command.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		require.NoError(t, err, "%s: %s", program, said)
	}
}

func (s *moveServers) psql(server, database, role string) *exec.Cmd {
	command := exec.Command(filepath.Join(s.programs, "psql"), "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1")
	command.Env = append(os.Environ(), "PGHOST="+server, "PGDATABASE="+database, "PGUSER="+role)
	return command
}

func (s *moveServers) ask(server, database, role, sql string) (string, error) {
	command := s.psql(server, database, role)
	command.Stdin = strings.NewReader(sql)
	out, err := command.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (s *moveServers) query(t *testing.T, server, database, role, sql string) string {
	t.Helper()
	out, err := s.ask(server, database, role, sql)
	require.NoError(t, err, out)
	return out
}

// moveAndKeep runs the step copy and the step keep.
func (s *moveServers) moveAndKeep(t *testing.T, variables ...string) string {
	t.Helper()
	copied, err := s.move(t, variables...)
	require.NoError(t, err, copied)
	kept, err := s.move(t, append(variables, "MOVE_STEP=keep")...)
	require.NoError(t, err, kept)
	return copied + kept
}

// move runs the script of the Job, which copies unless the variables say another step.
func (s *moveServers) move(t *testing.T, variables ...string) (string, error) {
	t.Helper()
	command := s.moving(t, variables...)
	out, err := command.CombinedOutput()
	return string(out), err
}

func (s *moveServers) moving(t *testing.T, variables ...string) *exec.Cmd {
	t.Helper()
	filter, err := os.ReadFile("dump.awk")
	require.NoError(t, err)
	command := exec.Command("sh", "-c", s.script, "database-move", string(filter))
	command.Env = append(os.Environ(), "PATH="+s.programs+":"+os.Getenv("PATH"), "MOVE_FOLDER="+t.TempDir(), "MOVE_NAME=in-cluster-to-managed", "MOVE_STEP=copy", "MOVE_PATIENCE=2",
		"PGHOST="+s.to, "PGPORT=5432", "PGDATABASE="+s.next, "PGUSER=blog", "PGPASSWORD=", "PGSSLMODE=disable",
		"FROM_PGHOST="+s.from, "FROM_PGPORT=5432", "FROM_PGDATABASE="+s.old, "FROM_PGUSER=blog", "FROM_PGPASSWORD=", "FROM_PGSSLMODE=disable")
	command.Env = append(command.Env, variables...)
	return command
}
