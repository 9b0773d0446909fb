package cli

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// place is where a run finds things.
type place struct {
	dir       string
	state     string
	overrides []stackfile.Override
}

// locate reads the flags that every subcommand needs.
func (a *app) locate() (place, error) {
	found := place{dir: a.flags.dir}
	var err error
	if found.dir == "" {
		if found.dir, err = projectAbove("."); err != nil {
			return found, err
		}
	}
	found.state = cmp.Or(a.flags.state, os.Getenv("DJANGOSTACK_STATE"), filepath.Join(found.dir, ".djangostack"))
	for _, text := range a.flags.set {
		override, err := stackfile.ParseOverride(text)
		if err != nil {
			return found, &usageError{err: err}
		}
		found.overrides = append(found.overrides, override)
	}
	return found, nil
}

// projectAbove is the nearest directory upwards that has a Pulumi.yaml.
func projectAbove(start string) (string, error) {
	dir, err := filepath.Abs(start)
	if err != nil {
		return "", usage("finding the project: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", usage("there is no Pulumi.yaml here or above: run in the project's directory or name it with --dir")
		}
		dir = above
	}
}

func (a *app) needStack(where place) error {
	if a.flags.stack != "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(where.dir, "Pulumi.*.yaml"))
	if err != nil || len(files) == 0 {
		return usage("name the stack with -s; its configuration is Pulumi.<stack>.yaml")
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = stackOf(file)
	}
	return usage("name the stack with -s; there are: %s", strings.Join(names, ", "))
}

// session is one stack opened by a subcommand.
type session struct {
	stack   *lifecycle.Stack
	project *lifecycle.Project
	human   *show.Human
	close   func() error
}

// needs says what a subcommand asks of a session.
type needs struct {
	readOnly bool
	// config says that the configuration is checked before anything runs.
	config bool
	// providers says that resources are touched or planned.
	providers bool
}

// open checks the configuration, finds Pulumi and the providers, and opens the
// stack. Progress is shown until the session is closed.
func (a *app) open(ctx context.Context, need needs) (*session, error) {
	where, err := a.locate()
	if err != nil {
		return nil, err
	}
	if err := a.needStack(where); err != nil {
		return nil, err
	}
	mode, err := providers.ParseMode(a.flags.providers)
	if err != nil {
		return nil, &usageError{err: err}
	}
	project, err := lifecycle.Open(a.projectOptions(where, nil, nil))
	if err != nil {
		return nil, err
	}
	if need.config {
		if _, err := check(project, a.flags.stack, where.overrides); err != nil {
			return nil, err
		}
	}
	pulumi, err := lifecycle.FindCLI(ctx, cmp.Or(a.flags.pulumi, os.Getenv("DJANGOSTACK_PULUMI")), where.state)
	if err != nil {
		return nil, err
	}

	made := &session{human: show.NewHuman(a.Stderr, time.Now)}
	chosen := &providers.Chosen{}
	if need.providers {
		chosen, err = providers.Choose(ctx, providers.Options{
			Mode: mode, Plugins: a.Plugins, Embedded: a.Embedded, CLI: pulumi, Home: project.Home(), StateDir: where.state,
			Say: func(text string) { made.human.Line("note", text) },
		})
		if err != nil {
			return nil, err
		}
	}
	if made.project, err = lifecycle.Open(a.projectOptions(where, pulumi, chosen.Env)); err != nil {
		return nil, errors.Join(err, chosen.Close())
	}
	made.stack, err = made.project.Stack(ctx, a.flags.stack, lifecycle.StackOptions{
		Overrides: where.overrides, Events: a.sink(made.human), Parallel: a.flags.parallel, Abort: a.abort,
		ReadOnly: need.readOnly, ConfigOptional: !need.config,
	})
	if err != nil {
		return nil, errors.Join(err, chosen.Close())
	}
	ticking, stop := context.WithCancel(context.Background())
	if !a.flags.json {
		go made.human.TickUntil(ticking)
	}
	made.close = func() error {
		stop()
		return errors.Join(made.stack.Close(), chosen.Close())
	}
	return made, nil
}

func (a *app) projectOptions(where place, pulumi *lifecycle.CLI, env map[string]string) lifecycle.ProjectOptions {
	return lifecycle.ProjectOptions{
		Dir: where.dir, StateDir: where.state, Program: a.Program, CLI: pulumi, Env: env,
		Backend: a.flags.backend, SecretsProvider: a.flags.secretsProvider,
		DrainTime: a.flags.drain, LockWait: a.flags.lockWait,
	}
}

// sink is where events go: lines for people to stderr, JSON to stdout.
func (a *app) sink(human *show.Human) func(lifecycle.Event) {
	if a.flags.json {
		return show.NewJSON(a.Stdout).Handle
	}
	return human.Handle
}
