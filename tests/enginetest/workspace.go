// Package enginetest runs programs on Pulumi's own engine, on what stands in for the clouds
// and their clusters.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// Workspace is a backend beside the clouds and clusters that stand in this process.
// Close it.
type Workspace struct {
	*rehearsal.Emulators

	dir    string
	cli    *lifecycle.CLI
	server *emulators.Server
}

// OpenWorkspace sets a stage in an empty directory. The command line of Pulumi is named by
// DJANGOSTACK_PULUMI, or found where djangostack finds it, by its state directory.
func OpenWorkspace(ctx context.Context, dir, state string, options rehearsal.Options) (*Workspace, error) {
	cli, err := lifecycle.FindCLI(ctx, os.Getenv("DJANGOSTACK_PULUMI"), state)
	if err != nil {
		return nil, err
	}
	manifest := "name: djangostack\nruntime: go\nconfig:\n  pulumi:disable-default-providers:\n    value: [\"*\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(manifest), 0o600); err != nil {
		return nil, fmt.Errorf("writing the project: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "backend"), 0o700); err != nil {
		return nil, fmt.Errorf("making the backend: %w", err)
	}
	set, err := rehearsal.New(options)
	if err != nil {
		return nil, err
	}
	server, err := emulators.Serve(ctx, set.Providers)
	if err != nil {
		return nil, errors.Join(err, set.Close())
	}
	return &Workspace{Emulators: set, dir: dir, cli: cli, server: server}, nil
}

// Project is the stage's one project, with a program. Projects with other programs
// have the same stacks.
func (s *Workspace) Project(program pulumi.RunFunc) (*lifecycle.Project, error) {
	return lifecycle.Open(lifecycle.ProjectOptions{
		Dir: s.dir, StateDir: filepath.Join(s.dir, "state"), Home: filepath.Join(s.dir, "home"),
		Backend: "file://" + filepath.ToSlash(filepath.Join(s.dir, "backend")), Program: program, CLI: s.cli,
		Env: map[string]string{
			"PULUMI_DEBUG_PROVIDERS":   s.server.Env(),
			"PULUMI_CONFIG_PASSPHRASE": "rehearsal",
			// The engine looks for what a state was made with, before it asks for what stands in
			// for it.
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		},
	})
}

// Close ends what the stage stands on; its directory stays.
func (s *Workspace) Close() error {
	return errors.Join(s.server.Close(), s.Emulators.Close())
}
