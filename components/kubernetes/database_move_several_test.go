package kubernetes_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// moveAll runs the script of the Job that moves the databases shop and archive.
func (s *moveServers) moveAll(t *testing.T, variables ...string) (string, bool) {
	t.Helper()
	args := moveArgs()
	args.From.Name, args.Further = "shop", []string{"archive"}
	job := mocks.Run(t, mocks.Known, withMove(args)).OfKind("Job")[0]
	command := []string{"-c"}
	for _, argument := range job.At(t, "spec.template.spec.containers[0].command").([]any)[2:] {
		command = append(command, argument.(string))
	}
	move := exec.Command("sh", command...)
	move.Env = append(s.moving(t).Env, "PGUSER=shop", "FROM_PGUSER=shop", "PGDATABASE=shop", "FROM_PGDATABASE=shop", "MOVE_DATABASES="+movedBy(t, job))
	move.Env = append(move.Env, variables...)
	out, err := move.CombinedOutput()
	return string(out), err == nil
}

// movedBy are the databases that a Job moves.
func movedBy(t *testing.T, job mocks.Resource) string {
	t.Helper()
	for _, variable := range job.At(t, "spec.template.spec.containers[0].env").([]any) {
		if one := variable.(map[string]any); one["name"] == "MOVE_DATABASES" {
			return one["value"].(string)
		}
	}
	return ""
}

// movesTogether moves two databases of a role: all of them, or none.
func (s *moveServers) movesTogether(t *testing.T) {
	t.Helper()
	for _, server := range []string{s.from, s.to} {
		s.query(t, server, "postgres", "postgres", "CREATE ROLE shop LOGIN")
		for _, database := range []string{"shop", "archive"} {
			s.query(t, server, "postgres", "postgres", "CREATE DATABASE "+database+" OWNER shop")
			s.query(t, server, database, "postgres", "CREATE EXTENSION citext")
		}
	}
	for _, database := range []string{"shop", "archive"} {
		s.query(t, s.from, database, "shop", filled+"CREATE TABLE only_"+database+" (id int); INSERT INTO only_"+database+" VALUES (1), (2)")
	}
	s.query(t, s.from, "postgres", "postgres", "ALTER ROLE shop SET work_mem = '7MB'; CREATE DATABASE reports OWNER shop")

	for _, step := range []string{"prepare", "copy"} {
		out, ok := s.moveAll(t, "MOVE_STEP="+step)
		assert.False(t, ok, step)
		assert.Contains(t, out, "databases of shop that would be left behind: reports", step)
	}
	s.query(t, s.from, "postgres", "postgres", "DROP DATABASE reports")
	out, ok := s.moveAll(t, "MOVE_STEP=prepare")
	assert.True(t, ok, out)

	for _, database := range []string{"archive", "shop"} {
		out, ok = s.moveAll(t, s.dumpThrough(t, `/^COPY public.only_`+database+`/ { print; getline; next } { print }`))
		assert.False(t, ok, "a row of %s is missing", database)
		assert.Contains(t, out, "public.only_"+database+": 2 in the old database, 1 in the new one")
		assert.Contains(t, out, "The database "+database+" was not moved, and so no other was: all are as they were before")
		for _, each := range []string{"shop", "archive"} {
			assert.Equal(t, "0", s.query(t, s.to, each, "shop", "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"), each)
			s.query(t, s.from, each, "shop", "SET lock_timeout = '5s'; UPDATE posts SET weight = 0 WHERE id = 1")
		}
	}

	held := strings.ReplaceAll(held, "blog", "shop")
	for _, step := range []string{"copy", "copy", "keep", "keep"} {
		out, ok = s.moveAll(t, "MOVE_STEP="+step)
		assert.True(t, ok, "%s: %s", step, out)
	}
	for _, database := range []string{"shop", "archive"} {
		assert.Equal(t, s.query(t, s.from, database, "shop", held), s.query(t, s.to, database, "shop", held), database)
		assert.Equal(t, "7MB", s.query(t, s.to, database, "shop", "SHOW work_mem"))
		said, err := s.ask(s.from, database, "shop", "INSERT INTO posts (title) VALUES ('written where no one reads')")
		assert.Error(t, err, database)
		assert.Contains(t, said, "read-only transaction", "the old %s takes no more writes", database)
	}
	out, ok = s.moveAll(t, "MOVE_STEP=prepare")
	assert.True(t, ok, "the move is given up: %s", out)
	for _, database := range []string{"shop", "archive"} {
		s.query(t, s.from, database, "shop", "UPDATE posts SET weight = 0 WHERE id = 1")
	}
}
