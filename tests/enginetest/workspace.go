package enginetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/keyservice"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Workspace is a project directory with a file backend, whose providers run in this process. It must be closed.
type Workspace struct {
	dir    string
	cli    *lifecycle.CLI
	server *emulators.Server
	keys   *keyservice.Service
}

// services are what a workspace serves on ports of 127.0.0.1.
type services struct {
	// Providers is PULUMI_DEBUG_PROVIDERS: name:port,name:port.
	Providers string
	// Keys is the address of the key service that encrypts the stacks' secrets.
	Keys string
}

func (w *Workspace) services() services {
	return services{Providers: w.server.Env(), Keys: w.keys.Address()}
}

// OpenWorkspace writes a project into an empty directory and serves the providers, by the names of their Pulumi packages.
func OpenWorkspace(ctx context.Context, dir string, cli *lifecycle.CLI, providers map[string]pulumirpc.ResourceProviderServer) (*Workspace, error) {
	manifest := "name: djangostack\nruntime: go\nconfig:\n  pulumi:disable-default-providers:\n    value: [\"*\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(manifest), 0o600); err != nil {
		return nil, fmt.Errorf("writing the project: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "backend"), 0o700); err != nil {
		return nil, fmt.Errorf("creating the backend's directory: %w", err)
	}
	server, err := emulators.Serve(ctx, providers)
	if err != nil {
		return nil, fmt.Errorf("serving the providers: %w", err)
	}
	keys, err := keyservice.Start()
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return &Workspace{dir: dir, cli: cli, server: server, keys: keys}, nil
}

// Project returns the workspace's project with a program. Projects with other programs have the same stacks.
func (w *Workspace) Project(program pulumi.RunFunc) (*lifecycle.Project, error) {
	options := projectOptions(w.dir, "", w.services(), w.cli, program)
	options.Env[finalStateOnly] = "true"
	return lifecycle.Open(options)
}

// finalStateOnly makes Pulumi write the state when an operation ends, and not after each step, which takes 40 % of the
// CPU time of an operation. Without the steps' states, the next operation cannot continue one that was killed.
const finalStateOnly = "PULUMI_SKIP_CHECKPOINTS"

// projectOptions returns the options of a project in a workspace's directory. An empty state directory means the
// workspace's own.
func projectOptions(dir, state string, served services, cli *lifecycle.CLI, program pulumi.RunFunc) lifecycle.ProjectOptions {
	variables := keyservice.Variables(served.Keys)
	variables["PULUMI_DEBUG_PROVIDERS"] = served.Providers
	// For an existing state the engine looks for plugins before it looks at PULUMI_DEBUG_PROVIDERS.
	variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
	return lifecycle.ProjectOptions{
		Dir: dir, StateDir: cmp.Or(state, filepath.Join(dir, "state")), Home: filepath.Join(dir, "home"),
		Backend: "file://" + filepath.ToSlash(filepath.Join(dir, "backend")), Program: program, CLI: cli,
		Providers: lifecycle.Embedded, Check: unchecked,
		SecretsProvider: keyservice.Provider, Env: variables,
	}
}

// unchecked accepts every configuration: the tests' programs check theirs.
func unchecked(*stackfile.File, string) (*spec.Environment, error) { return nil, nil }

// Close ends the providers and the key service. The directory remains.
func (w *Workspace) Close() error {
	return errors.Join(w.keys.Close(), w.server.Close())
}
