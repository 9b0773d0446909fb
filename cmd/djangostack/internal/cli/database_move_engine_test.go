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

// The command goes all the way, on Pulumi's engine: it writes each step into the file, and a copy that fails is undone.
func TestADatabaseIsMovedByOneCommand(t *testing.T) {
	engine := testenv.NeedsEngine(t).Path
	// The cluster's command to sign in need only be there.
	programs := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(programs, "aws"), []byte("#!/bin/sh\n"), 0o700))
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", movable)
	var seen []string
	fails := ""
	file := func() string {
		text, err := os.ReadFile(filepath.Join(p.dir, "Pulumi.dev.yaml"))
		require.NoError(t, err)
		assert.Contains(t, string(text), "# kept by hand")
		return string(text)
	}
	program := func(ctx *pulumi.Context) error {
		step := "none"
		for _, one := range []string{"prepare", "copy", "keep", "discard"} {
			if strings.Contains(file(), "step: "+one) {
				step = one
			}
		}
		if !ctx.DryRun() {
			seen = append(seen, step)
		}
		if fails == step {
			return errors.New("the rows differ")
		}
		return program(ctx)
	}
	run := func(args ...string) (int, string) {
		seen = nil
		var out bytes.Buffer
		code := cli.Run(context.Background(), cli.Dependencies{
			Program: program,
			BuiltIn: func() map[string]pulumirpc.ResourceProviderServer {
				return map[string]pulumirpc.ResourceProviderServer{"random": random.New()}
			},
			Version: "test", Stdout: &out, Stderr: &out,
		}, nil, append(args, "-s", "dev", "--dir", p.dir, "--pulumi", engine, "--providers", "embedded"))
		return code, out.String()
	}
	code, out := run("up")
	require.Equal(t, 0, code, out)

	code, out = run("database", "move", "--to", "managed")
	assert.Equal(t, 10, code, "no one confirms: %s", out)
	assert.Empty(t, seen)

	fails = "copy"
	code, out = run("database", "move", "--to", "managed", "--yes")
	assert.Equal(t, 5, code, out)
	assert.Contains(t, out, "the app runs on the old server")
	assert.Contains(t, file(), "step: prepare")
	assert.Equal(t, []string{"prepare", "copy", "prepare"}, seen)

	fails = "keep"
	code, out = run("database", "move", "--yes")
	assert.Equal(t, 5, code, out)
	fails = ""
	code, out = run("database", "move", "--undo", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"prepare", "none"}, seen, "the app was stopped, and runs on the old server")
	assert.Contains(t, file(), "kind: in-cluster")

	code, out = run("database", "move", "--to", "managed", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"prepare", "copy", "keep"}, seen)
	assert.Contains(t, file(), "kind: managed")
	assert.Contains(t, out, "to delete it: djangostack database move -s dev")

	before := file()
	code, out = run("database", "move", "--undo", "--yes")
	assert.Equal(t, 2, code, out)
	assert.Contains(t, out, "must stay managed, which the app has used since")
	assert.Empty(t, seen)
	assert.Equal(t, before, file(), "the file says what the app uses")

	code, out = run("database", "move", "--finish", "--yes")
	require.Equal(t, 0, code, out)
	assert.Equal(t, []string{"discard", "none"}, seen)
	assert.NotContains(t, file(), "move")
	assert.Contains(t, file(), "kind: managed")
}
