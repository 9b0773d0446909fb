package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// directories are the two directories that a run uses.
type directories struct {
	// project holds Pulumi.yaml and the stacks' configuration files.
	project string
	// state holds workspaces, tools and, by default, the state.
	state string
}

func (a *app) directories() (directories, error) {
	dirs := directories{project: a.flags.dir}
	if dirs.project == "" {
		var err error
		if dirs.project, err = findProject("."); err != nil {
			return dirs, err
		}
	}
	dirs.state = cmp.Or(a.flags.state, os.Getenv("DJANGOSTACK_STATE"), filepath.Join(dirs.project, ".djangostack"))
	return dirs, nil
}

// overrides parses the flags --set.
func (a *app) overrides() ([]stackfile.Override, error) {
	var overrides []stackfile.Override
	for _, text := range a.flags.set {
		override, err := stackfile.ParseOverride(text)
		if err != nil {
			return nil, &usageError{err: err}
		}
		overrides = append(overrides, override)
	}
	return overrides, nil
}

// findProject returns the nearest directory with a Pulumi.yaml: start or one above it.
func findProject(start string) (string, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", usage("finding the project: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", usage("no Pulumi.yaml here or in a directory above: run the command in the project's directory, or name it with --dir")
		}
		dir = parent
	}
}

// requireStack returns a usage error that lists the project's stacks if -s is missing.
func (a *app) requireStack(projectDir string) error {
	if a.flags.stack != "" {
		return nil
	}
	names := stacksIn(projectDir)
	if len(names) == 0 {
		return usage("name the stack with -s; its configuration file is Pulumi.<stack>.yaml")
	}
	return usage("name the stack with -s: %s", strings.Join(names, ", "))
}

// stacksIn returns the names of the stacks whose configuration files are in a project's directory.
func stacksIn(projectDir string) []string {
	files, err := filepath.Glob(filepath.Join(projectDir, "Pulumi.*.yaml"))
	if err != nil { // only for a directory whose name is a malformed pattern
		return nil
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = stackOf(file)
	}
	return names
}

// findPulumi finds Pulumi's CLI: --pulumi, else $DJANGOSTACK_PULUMI, else as lifecycle.FindCLI says.
func (a *app) findPulumi(ctx context.Context, dirs directories) (*lifecycle.CLI, error) {
	return lifecycle.FindCLI(ctx, cmp.Or(a.flags.pulumi, os.Getenv("DJANGOSTACK_PULUMI")), dirs.state)
}

// session is one stack opened by a subcommand.
type session struct {
	stack    *lifecycle.Stack
	project  *lifecycle.Project
	progress *show.Progress
	close    func() error
}

// sessionOptions say what a subcommand needs of a session.
type sessionOptions struct {
	readOnly bool
	// placeholders says what to do about values that have to be replaced.
	placeholders onPlaceholders
	// checkConfig checks the configuration before anything runs. Without it the stack may have no
	// configuration file.
	checkConfig bool
	// providers selects providers, for subcommands that change or plan resources.
	providers bool
}

// onPlaceholders is what an operation does about values that have to be replaced.
type onPlaceholders int

const (
	ignorePlaceholders onPlaceholders = iota
	notePlaceholders
	refusePlaceholders
)

// open checks the configuration, finds Pulumi's CLI and the providers, and opens the stack. It
// prints progress until the session is closed.
func (a *app) open(ctx context.Context, options sessionOptions) (*session, error) {
	named, err := a.selected()
	if err != nil {
		return nil, err
	}
	mode, err := providers.ParseMode(a.flags.providers)
	if err != nil {
		return nil, &usageError{err: err}
	}
	var environment *spec.Environment
	if options.checkConfig {
		if environment, err = check(named.project, a.flags.stack, named.overrides); err != nil {
			return nil, err
		}
		if err := a.checkPlaceholders(named.project, named.overrides, options.placeholders); err != nil {
			return nil, err
		}
	}
	pulumi, err := a.findPulumi(ctx, named.dirs)
	if err != nil {
		return nil, err
	}

	opened := &session{progress: a.newProgress()}
	selected := &providers.Selection{}
	if options.providers {
		selected, err = providers.Select(ctx, providers.Options{
			Mode: mode, Plugins: a.pluginsOf(environment), BuiltIn: a.BuiltIn, CLI: pulumi, Home: named.project.Home(),
			Log: func(text string) { opened.progress.Line("note", text) },
		})
		if err != nil {
			return nil, err
		}
	}
	if opened.project, err = lifecycle.Open(a.projectOptions(named.dirs, pulumi, selected.Env)); err != nil {
		return nil, errors.Join(err, selected.Close())
	}
	opened.stack, err = opened.project.Stack(ctx, a.flags.stack, lifecycle.StackOptions{
		Overrides: named.overrides, Events: a.eventHandler(opened.progress), Parallel: a.flags.parallel, Abort: a.abort,
		ReadOnly: options.readOnly, ConfigOptional: !options.checkConfig, SwitchProviders: a.flags.switchProviders,
	})
	if err != nil {
		return nil, errors.Join(err, selected.Close())
	}
	ticking, stop := context.WithCancel(context.Background())
	if !a.flags.json {
		go opened.progress.TickUntil(ticking)
	}
	opened.close = func() error {
		stop()
		return errors.Join(opened.stack.Close(), selected.Close())
	}
	return opened, nil
}

// selection is what the flags of a command name.
type selection struct {
	dirs      directories
	overrides []stackfile.Override
	// project is the project without Pulumi's CLI and providers.
	project *lifecycle.Project
}

// selected returns what the flags name, which must include a stack.
func (a *app) selected() (s selection, err error) {
	if s.dirs, err = a.directories(); err != nil {
		return s, err
	}
	if s.overrides, err = a.overrides(); err != nil {
		return s, err
	}
	if err := a.requireStack(s.dirs.project); err != nil {
		return s, err
	}
	s.project, err = lifecycle.Open(a.projectOptions(s.dirs, nil, nil))
	return s, err
}

func (a *app) projectOptions(dirs directories, pulumi *lifecycle.CLI, env map[string]string) lifecycle.ProjectOptions {
	return lifecycle.ProjectOptions{
		Dir: dirs.project, StateDir: dirs.state, Program: a.Program, CLI: pulumi, Env: env,
		Backend: a.flags.backend, SecretsProvider: a.flags.secretsProvider,
		Providers: lifecycle.Providers(a.flags.providers), Preflight: reach.Environment,
		DrainTime: a.flags.drain, LockWait: a.flags.lockWait,
	}
}

// newProgress prints progress to stderr, in lines that fit its terminal.
func (a *app) newProgress() *show.Progress {
	return show.NewProgress(a.Stderr, time.Now, func() int {
		file, isFile := a.Stderr.(*os.File)
		if !isFile {
			return 0
		}
		width, _, err := term.GetSize(int(file.Fd()))
		if err != nil {
			return 0 // not a terminal
		}
		return width
	})
}

// eventHandler prints events as lines to stderr, or with --json as JSON to stdout.
func (a *app) eventHandler(progress *show.Progress) func(lifecycle.Event) {
	if a.flags.json {
		return show.NewJSON(a.Stdout).Handle
	}
	return progress.Handle
}
