package lifecycle

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// StackOptions says how one stack is run.
type StackOptions struct {
	// Overrides of the environment, for this run only.
	Overrides []stackfile.Override
	// Environment, when not nil, is the environment object itself: the stack's
	// configuration file is then not read. It is written in plain text into the
	// workspace, so it must not hold secrets.
	Environment map[string]any
	// Events receives what happens, one at a time, in order. It may be nil.
	Events func(Event)
	// Parallel is how many resources change at once. Zero: Pulumi's default.
	Parallel int
	// Abort, when closed, ends the draining of an interrupted operation.
	Abort <-chan struct{}
	// ReadOnly opens the stack for Preview and Outputs beside a running update.
	ReadOnly bool
	// ConfigOptional goes on where the stack has no configuration file, as is
	// enough to destroy it or to read its outputs.
	ConfigOptional bool
}

// Stack is one stack opened for operations, one at a time. Close it.
type Stack struct {
	name    string
	project *Project
	options StackOptions
	backend backend
	workdir *workdir
	command *command
	auto    auto.Workspace
	// emit is never called twice at once, whoever sends.
	emit func(Event)
}

var stackName = regexp.MustCompile(`^(\w[\w.-]{0,99}/){0,2}\w[\w.-]{0,99}$`)

// Stack opens a stack: it prepares the stack's workspace and runs no command yet.
// Errors are *ConfigInvalidError, *LockedError and *CLIError.
func (p *Project) Stack(ctx context.Context, name string, options StackOptions) (*Stack, error) {
	if !stackName.MatchString(name) {
		return nil, configInvalid("stack name %q: letters, digits, dots, dashes and underscores, with an organization/ before it if the backend has those", name)
	}
	command, err := p.command(options.Abort)
	if err != nil {
		return nil, err
	}
	file, err := p.configurationFor(name, options)
	if err != nil {
		return nil, err
	}
	chosen, err := p.chooseBackend(name)
	if err != nil {
		return nil, err
	}
	work, err := p.openWorkdir(ctx, name, options.ReadOnly)
	if err != nil {
		return nil, err
	}
	made := &Stack{
		name: name, project: p, options: options, backend: chosen, workdir: work, command: command,
		emit: oneAtATime(options.Events),
	}
	if err := made.openWorkspace(ctx, file); err != nil {
		_ = work.close()
		return nil, err
	}
	return made, nil
}

func (p *Project) configurationFor(name string, options StackOptions) (*stackfile.File, error) {
	if options.Environment != nil {
		return p.withOverrides(stackfile.WithEnvironment(p.Name(), options.Environment), options.Overrides)
	}
	if options.ConfigOptional && !isFile(p.StackFile(name)) {
		return stackfile.Empty(p.Name()), nil
	}
	return p.Configuration(name, options.Overrides)
}

// attach fills the workspace and joins it to the Automation API.
func (s *Stack) openWorkspace(ctx context.Context, file *stackfile.File) error {
	if err := s.workdir.writeFiles(s.project, s.name, file); err != nil {
		return err
	}
	if err := s.checkSecretsProvider(file.Secrets()); err != nil {
		return err
	}
	env, err := s.project.backendEnv(s.backend, file.Secrets())
	if err != nil {
		return err
	}
	maps.Copy(env, s.project.options.Env)
	options := []auto.LocalWorkspaceOption{
		auto.WorkDir(s.workdir.path),
		auto.Pulumi(s.command),
		auto.PulumiHome(s.project.home),
		auto.EnvVars(env),
		auto.Program(s.program()),
	}
	if s.project.options.SecretsProvider != "" {
		options = append(options, auto.SecretsProvider(s.project.options.SecretsProvider))
	}
	if s.auto, err = auto.NewLocalWorkspace(ctx, options...); err != nil {
		return fmt.Errorf("opening the workspace of stack %s: %w", s.name, err)
	}
	return nil
}

// program is the project's, or for readers without one a program that says so.
func (s *Stack) program() pulumi.RunFunc {
	if s.project.options.Program != nil {
		return s.project.options.Program
	}
	return func(*pulumi.Context) error {
		return fmt.Errorf("project %s was opened without its program", s.project.Name())
	}
}

// checkSecretsProvider refuses to change an existing stack's encryption in passing.
func (s *Stack) checkSecretsProvider(current stackfile.Secrets) error {
	wanted := s.project.options.SecretsProvider
	if wanted == "" || wanted == "default" || current.IsZero() {
		return nil
	}
	has := current.Provider
	if has == "" {
		has = "passphrase"
	}
	if has != wanted {
		return configInvalid("stack %s encrypts its secrets with %s; to change that run `pulumi stack change-secrets-provider %s`", s.name, has, wanted)
	}
	return nil
}

// Backend is the URL of the backend that holds the stack's state.
func (s *Stack) Backend() string { return s.backend.url }

// WhoAmI reaches the backend and returns the user that it knows.
func (s *Stack) WhoAmI(ctx context.Context) (string, error) {
	user, err := s.auto.WhoAmI(ctx)
	if err != nil {
		return "", s.commandError(ctx, "reaching the backend "+s.backend.url)
	}
	return user, nil
}

// Close lets the stack's workspace go, and removes that of a stack which is gone.
func (s *Stack) Close() error {
	if err := s.workdir.close(); err != nil {
		return fmt.Errorf("closing the workspace of stack %s: %w", s.name, err)
	}
	return nil
}

func (s *Stack) logInfo(message string) {
	s.emit(Event{Time: time.Now(), Stack: s.name, Type: EventDiagnostic, Severity: "info", Message: message})
}

func oneAtATime(events func(Event)) func(Event) {
	if events == nil {
		return func(Event) {}
	}
	var mu sync.Mutex
	return func(event Event) {
		mu.Lock()
		defer mu.Unlock()
		events(event)
	}
}
