package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// rehearsal is one environment on its stage.
type rehearsal struct {
	*app
	options rehearsalOptions
	stage   *Stage
	project *lifecycle.Project
	script  *script
	human   *show.Human
	// events are those of the step under way.
	events []lifecycle.Event
	// held are the protected resources that a destroy was refused for.
	held []lifecycle.Protected

	steps    int
	closings []func() error
}

// openRehearsal checks the configuration and prepares a project, a backend and
// providers that live as long as the rehearsal.
func (a *app) openRehearsal(ctx context.Context, options rehearsalOptions) (made *rehearsal, err error) {
	where, err := a.locate()
	if err != nil {
		return nil, err
	}
	if err := a.needStack(where); err != nil {
		return nil, err
	}
	original, err := lifecycle.Open(a.projectOptions(where, nil, nil))
	if err != nil {
		return nil, err
	}
	script, err := readScript(original, a.flags.stack, where.overrides)
	if err != nil {
		return nil, err
	}
	pulumi, err := lifecycle.FindCLI(ctx, cmp.Or(a.flags.pulumi, os.Getenv("DJANGOSTACK_PULUMI")), where.state)
	if err != nil {
		return nil, err
	}
	made = &rehearsal{app: a, options: options, script: script, human: show.NewHuman(a.Stderr, time.Now)}
	defer func() {
		if err != nil {
			err = errors.Join(err, made.close())
		}
	}()
	return made, made.prepare(ctx, where, pulumi)
}

// prepare sets the stage. What it makes is taken down by close, also after an error.
func (r *rehearsal) prepare(ctx context.Context, where place, pulumi *lifecycle.CLI) error {
	dir, err := os.MkdirTemp("", "djangostack-rehearsal-*") // only its owner can read it
	if err != nil {
		return fmt.Errorf("making the rehearsal's directory: %w", err)
	}
	r.closing(func() error { return os.RemoveAll(dir) })
	if r.stage, err = r.Rehearsal(r.script.checked); err != nil {
		return fmt.Errorf("setting the stage: %w", err)
	}
	r.closing(r.stage.Close)
	// An interrupted operation needs the providers until it has drained.
	server, err := emulators.Serve(context.Background(), r.stage.Providers)
	if err != nil {
		return fmt.Errorf("starting the built-in providers: %w", err)
	}
	r.closing(server.Close)
	for _, part := range []string{"project", "home", "backend", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, part), 0o700); err != nil {
			return fmt.Errorf("making the rehearsal's directory: %w", err)
		}
	}
	if err := r.script.write(where.dir, filepath.Join(dir, "project"), r.flags.stack); err != nil {
		return err
	}
	r.project, err = lifecycle.Open(lifecycle.ProjectOptions{
		Dir: filepath.Join(dir, "project"), StateDir: filepath.Join(dir, "state"), Home: filepath.Join(dir, "home"),
		Backend: "file://" + filepath.ToSlash(filepath.Join(dir, "backend")),
		Program: r.Program, CLI: pulumi, DrainTime: r.flags.drain,
		Env: map[string]string{
			"PULUMI_DEBUG_PROVIDERS": server.Env(),
			// A provider that the stage has not is said to be missing, not downloaded.
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
			"PULUMI_CONFIG_PASSPHRASE":                    rand.Text(),
			"TMPDIR":                                      filepath.Join(dir, "tmp"),
		},
	})
	if err != nil {
		return err
	}
	if err := r.announce(); err != nil {
		return err
	}
	r.tick()
	return r.encrypt(ctx)
}

func (r *rehearsal) closing(do func() error) { r.closings = append(r.closings, do) }

// close takes down what was made, the last first.
func (r *rehearsal) close() error {
	var errs []error
	for i := len(r.closings) - 1; i >= 0; i-- {
		errs = append(errs, r.closings[i]())
	}
	return errors.Join(errs...)
}

// tick shows progress until the rehearsal is closed.
func (r *rehearsal) tick() {
	if r.flags.json {
		return
	}
	ticking, stop := context.WithCancel(context.Background())
	go r.human.TickUntil(ticking)
	r.closing(func() error { stop(); return nil })
}

// encrypt gives the configuration its encrypted value, if it is to have one.
func (r *rehearsal) encrypt(ctx context.Context) (err error) {
	if r.script.encrypted == "" {
		return nil
	}
	stack, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return stack.SetSecret(ctx, r.script.encrypted, strings.NewReader(rand.Text()))
}

// open opens the stack for one operation.
func (r *rehearsal) open(ctx context.Context, overrides ...stackfile.Override) (*lifecycle.Stack, error) {
	show := r.sink(r.human)
	return r.project.Stack(ctx, r.flags.stack, lifecycle.StackOptions{
		Overrides: overrides, Parallel: r.flags.parallel, Abort: r.abort,
		Events: func(event lifecycle.Event) {
			r.events = append(r.events, event)
			show(event)
		},
	})
}

// announce says what is rehearsed and what is made up.
func (r *rehearsal) announce() error {
	if err := r.writef("%s is rehearsed: no account, no cluster, and nothing of its own state takes part\n", r.flags.stack); err != nil {
		return err
	}
	if len(r.script.replaced) == 0 {
		return nil
	}
	return r.writef("throwaway values stand for %s\n", strings.Join(r.script.replaced, ", "))
}

// writef writes for people; with --json the events say it all.
func (r *rehearsal) writef(format string, args ...any) error {
	if r.flags.json {
		return nil
	}
	_, err := fmt.Fprintf(r.Stdout, format, args...)
	return err
}

// plain is where plans and tables are written.
func (r *rehearsal) plain() io.Writer {
	if r.flags.json {
		return io.Discard
	}
	return r.Stdout
}
