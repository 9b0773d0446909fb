package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/keyservice"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// rehearsal is one run of rehearse.
type rehearsal struct {
	*app
	options   rehearsalOptions
	emulators *Emulators
	project   *lifecycle.Project
	config    *rehearsalConfig
	progress  *show.Progress
	// events of the current step.
	events []lifecycle.Event
	// protected resources, for which a destroy was refused.
	protected []lifecycle.Protected

	stepNumber int
	cleanups   []func() error
}

// openRehearsal checks the configuration and sets up a project, a backend and emulators in a
// temporary directory. close removes them.
func (a *app) openRehearsal(ctx context.Context, options rehearsalOptions) (r *rehearsal, err error) {
	named, err := a.selected()
	if err != nil {
		return nil, err
	}
	config, err := readRehearsalConfig(named.project, a.flags.stack, named.overrides)
	if err != nil {
		return nil, err
	}
	if err := config.parsed.CheckRehearsal(); err != nil {
		return nil, err
	}
	pulumi, err := a.findPulumi(ctx, named.dirs)
	if err != nil {
		return nil, fmt.Errorf("a rehearsal runs Pulumi's engine: %w", err)
	}
	r = &rehearsal{app: a, options: options, config: config, progress: a.newProgress()}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	return r, r.setUp(ctx, named.dirs, pulumi)
}

// setUp adds a cleanup for everything that it creates. The caller runs close, also after an error.
func (r *rehearsal) setUp(ctx context.Context, dirs directories, pulumi *lifecycle.CLI) error {
	dir, err := os.MkdirTemp("", "djangostack-rehearsal-*") // MkdirTemp uses mode 0700
	if err != nil {
		return fmt.Errorf("creating the rehearsal's directory: %w", err)
	}
	r.addCleanup(func() error { return os.RemoveAll(dir) })
	if r.emulators, err = r.Emulators(r.config.parsed); err != nil {
		return fmt.Errorf("starting the emulators: %w", err)
	}
	r.addCleanup(r.emulators.Close)
	// Not ctx: after an interrupt, the running changes still need the emulators.
	server, err := emulators.Serve(context.Background(), r.emulators.Providers)
	if err != nil {
		return fmt.Errorf("serving the emulators to Pulumi: %w", err)
	}
	r.addCleanup(server.Close)
	for _, name := range []string{"project", "home", "backend", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			return fmt.Errorf("creating the rehearsal's directory: %w", err)
		}
	}
	if err := r.config.write(dirs.project, filepath.Join(dir, "project"), r.flags.stack); err != nil {
		return err
	}
	variables, err := r.variables(dir, server.Env())
	if err != nil {
		return err
	}
	r.project, err = lifecycle.Open(lifecycle.ProjectOptions{
		Dir: filepath.Join(dir, "project"), StateDir: filepath.Join(dir, "state"), Home: filepath.Join(dir, "home"),
		Backend: "file://" + filepath.ToSlash(filepath.Join(dir, "backend")), SecretsProvider: keyservice.Provider,
		Program: r.Program, CLI: pulumi, DrainTime: r.flags.drain, Providers: lifecycle.Embedded,
		Env: variables,
	})
	if err != nil {
		return err
	}
	if err := r.printIntroduction(); err != nil {
		return err
	}
	r.startProgress()
	return r.encryptValues(ctx)
}

// variables returns those of Pulumi's processes. The state is encrypted by a key service, because each process would spend
// half a second of CPU time on the key of a passphrase.
func (r *rehearsal) variables(dir, providers string) (map[string]string, error) {
	keys, err := keyservice.Start()
	if err != nil {
		return nil, err
	}
	r.addCleanup(keys.Close)
	variables := keyservice.Variables(keys.Address())
	maps.Copy(variables, map[string]string{
		"PULUMI_DEBUG_PROVIDERS": providers,
		// A provider that has no emulator is an error, not a download.
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		// The emulators end with this process, so nothing could continue a rehearsal that was killed. Writing the state
		// after each step takes 40 % of a rehearsal's CPU time.
		"PULUMI_SKIP_CHECKPOINTS": "true",
		"TMPDIR":                  filepath.Join(dir, "tmp"),
	})
	return variables, nil
}

func (r *rehearsal) addCleanup(cleanup func() error) { r.cleanups = append(r.cleanups, cleanup) }

// close runs the cleanups, the last one first.
func (r *rehearsal) close() error {
	var errs []error
	for _, cleanup := range slices.Backward(r.cleanups) {
		errs = append(errs, cleanup())
	}
	return errors.Join(errs...)
}

// startProgress prints progress until the rehearsal is closed.
func (r *rehearsal) startProgress() {
	if r.flags.json {
		return
	}
	ticking, stop := context.WithCancel(context.Background())
	go r.progress.TickUntil(ticking)
	r.addCleanup(func() error { stop(); return nil })
}

// encryptValues encrypts the values that are encrypted in the stack's file, so that Pulumi treats
// the environment as secret, as it does in the real stack.
func (r *rehearsal) encryptValues(ctx context.Context) (err error) {
	if len(r.config.replaced) == 0 {
		return nil
	}
	stack, err := r.openStack(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	for _, path := range slices.Sorted(maps.Keys(r.config.replaced)) {
		if err := stack.SetSecret(ctx, path, strings.NewReader(r.config.replaced[path])); err != nil {
			return err
		}
	}
	return nil
}

func (r *rehearsal) openStack(ctx context.Context, overrides ...stackfile.Override) (*lifecycle.Stack, error) {
	handle := r.eventHandler(r.progress)
	return r.project.Stack(ctx, r.flags.stack, lifecycle.StackOptions{
		Overrides: overrides, Parallel: r.flags.parallel, Abort: r.abort,
		Events: func(event lifecycle.Event) {
			r.events = append(r.events, event)
			handle(event)
		},
	})
}

func (r *rehearsal) printIntroduction() error {
	if err := r.printf("rehearsing %s against emulators; its accounts, its cluster and its state are not used\n", r.flags.stack); err != nil {
		return err
	}
	if len(r.config.replaced) == 0 {
		return nil
	}
	return r.printf("random values replace these secrets: %s\n", strings.Join(slices.Sorted(maps.Keys(r.config.replaced)), ", "))
}

// printf prints text for people. With --json, the events carry all of it.
func (r *rehearsal) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(r.textOutput(), format, args...)
	return err
}

func (r *rehearsal) textOutput() io.Writer {
	if r.flags.json {
		return io.Discard
	}
	return r.Stdout
}
