package enginetest

import (
	"context"
	"io"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// command runs Pulumi's command line for the Automation API, which starts it three times after each operation, for
// outputs that no test reads and for a summary that few read.
type command struct {
	auto.PulumiCommand
	// summarizes is true while a test reads the summary.
	summarizes bool
}

// commands has the Automation API's commands by their paths: each asks Pulumi's command line for its version.
//
//nolint:gochecknoglobals // The tests of a package share it.
var commands sync.Map

func newCommand(t testing.TB, cli *lifecycle.CLI) *command {
	t.Helper()
	if known, is := commands.Load(cli.Path); is {
		return &command{PulumiCommand: known.(auto.PulumiCommand)}
	}
	made, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: filepath.Dir(filepath.Dir(cli.Path))})
	require.NoError(t, err)
	commands.Store(cli.Path, made)
	return &command{PulumiCommand: made}
}

// Run implements auto.PulumiCommand.
func (c *command) Run(ctx context.Context, dir string, stdin io.Reader, stdouts, stderrs []io.Writer, env []string, args ...string) (string, string, int, error) {
	if len(args) > 1 && args[0] == "stack" {
		switch {
		case args[1] == "output":
			return "{}", "", 0, nil
		case args[1] == "history" && !c.summarizes:
			return "[]", "", 0, nil
		}
	}
	return c.PulumiCommand.Run(ctx, dir, stdin, stdouts, stderrs, env, args...)
}
