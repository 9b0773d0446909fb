package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/tests/testenv"
)

const movable = `config:
  djangostack:environment:
    cloud: aws # kept by hand
    tier: staging
    aws: {region: eu-central-1, admins: ["arn:aws:iam::210987654321:role/deployer"]}
    app:
      name: blog
      image: ghcr.io/acme/blog:1
      settingsModule: blog.settings
      url: https://blog.acme.dev
    dns: {zone: acme.dev}
`

const upgradable = movable + "    database: {image: 'postgres:16'}\n"

// moveProject is a project whose program only records the steps of the stack's file, and fails at one of them.
type moveProject struct {
	*testing.T
	dir, engine string
	seen        []string
	fails       string
}

func newMoveProject(t *testing.T, file string) *moveProject {
	t.Helper()
	// The cluster's command to sign in need only be there.
	programs := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(programs, "aws"), []byte("#!/bin/sh\n"), 0o700))
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", file)
	return &moveProject{T: t, dir: p.dir, engine: testenv.NeedsEngine(t).Path}
}

func (m *moveProject) file() string {
	text, err := os.ReadFile(filepath.Join(m.dir, "Pulumi.dev.yaml"))
	require.NoError(m, err)
	assert.Contains(m, string(text), "# kept by hand")
	return string(text)
}

func (m *moveProject) program(ctx *pulumi.Context) error {
	step := "none"
	for _, one := range []string{"prepare", "copy", "keep", "discard", "back"} {
		if strings.Contains(m.file(), "step: "+one) {
			step = one
		}
	}
	if !ctx.DryRun() {
		m.seen = append(m.seen, step)
	}
	if m.fails == step {
		return errors.New("the rows differ")
	}
	return program(ctx)
}

func (m *moveProject) run(args ...string) (int, string) {
	m.seen = nil
	var out bytes.Buffer
	code := cli.Run(context.Background(), cli.Dependencies{
		Program: m.program,
		BuiltIn: func() map[string]pulumirpc.ResourceProviderServer {
			return map[string]pulumirpc.ResourceProviderServer{"random": random.New()}
		},
		Version: "test", Stdout: &out, Stderr: &out,
	}, nil, append(args, "-s", "dev", "--dir", m.dir, "--pulumi", m.engine, "--providers", "embedded"))
	return code, out.String()
}

// The command goes all the way, on Pulumi's engine: it writes each step into the file, and a copy that fails is undone.
func TestADatabaseIsMovedByOneCommand(t *testing.T) {
	m := newMoveProject(t, movable)
	code, out := m.run("up")
	require.Equal(t, 0, code, out)

	code, out = m.run("database", "move", "--to", "managed")
	assert.Equal(t, 10, code, "no one confirms: %s", out)
	assert.Empty(t, m.seen)

	m.fails = "copy"
	code, out = m.run("database", "move", "--to", "managed", "--yes")
	assert.Equal(t, 5, code, out)
	assert.Contains(t, out, "the app runs on the old server")
	assert.Contains(t, m.file(), "step: prepare")
	assert.Equal(t, []string{"prepare", "copy", "prepare"}, m.seen)

	m.fails = "keep"
	code, out = m.run("database", "move", "--yes")
	assert.Equal(t, 5, code, out)
	m.fails = ""
	code, out = m.run("database", "move", "--undo", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"prepare", "none"}, m.seen, "the app was stopped, and runs on the old server")
	assert.Contains(t, m.file(), "kind: in-cluster")

	code, out = m.run("database", "move", "--to", "managed", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"prepare", "copy", "keep"}, m.seen)
	assert.Contains(t, m.file(), "kind: managed")
	assert.Contains(t, out, "to delete it: djangostack database move -s dev")

	before := m.file()
	code, out = m.run("database", "move", "--undo", "--yes")
	assert.Equal(t, 2, code, out)
	assert.Contains(t, out, "must stay managed, which the app has used since")
	assert.Empty(t, m.seen)
	assert.Equal(t, before, m.file(), "the file says what the app uses")

	code, out = m.run("database", "move", "--finish", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"discard", "none"}, m.seen)
	assert.NotContains(t, m.file(), "move")
	assert.Contains(t, m.file(), "kind: managed")
}

// The file says after each run which server the app uses, by image and number.
func TestPostgreSQLIsUpgradedByOneCommand(t *testing.T) {
	m := newMoveProject(t, upgradable)
	code, out := m.run("up")
	require.Equal(t, 0, code, out)

	code, out = m.run("database", "upgrade", "--image", "postgres:15", "--yes")
	assert.Equal(t, 2, code, out)
	assert.Contains(t, out, `database.move.image: "postgres:15": is older than postgres:16`)
	assert.NotContains(t, m.file(), "move")

	code, out = m.run("database", "upgrade", "--image", "postgres:17", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"prepare", "copy", "keep"}, m.seen)
	assert.Contains(t, m.file(), "database: {image: 'postgres:17', generation: 2, kind: in-cluster, move: {image: 'postgres:16', other: in-cluster, step: keep}}")
	assert.Contains(t, out, "the app uses the postgres:17 database")
	assert.Contains(t, out, "to delete it: djangostack database upgrade -s dev")

	code, out = m.run("database", "upgrade", "--undo", "--yes")
	assert.Equal(t, 2, code, out)
	assert.Contains(t, out, "must stay 2, which the app has used since")

	code, out = m.run("database", "upgrade", "--back", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"back"}, m.seen)
	code, out = m.run("database", "upgrade", "--finish", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"back", "none"}, m.seen)
	assert.Contains(t, m.file(), "database: {image: 'postgres:16', generation: 1, kind: in-cluster}")
	assert.NotContains(t, m.file(), "move")
}
