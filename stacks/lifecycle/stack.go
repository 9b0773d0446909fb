package lifecycle

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// StackOptions are the options of one opened stack.
type StackOptions struct {
	// Overrides change values of the environment for this run.
	Overrides []stackfile.Override
	// Environment, if not nil, is the environment itself, and the stack's configuration file is not read. It has the
	// fields of the file; spec.Environment.Values makes it from a typed one. Secrets such as app.secretEnv.TOKEN are
	// plain values: an environment with secrets is only written encrypted, with the stack's key, and events and errors
	// have "[secret]" in their place.
	Environment map[string]any
	// Events is called with each event, one call at a time, in order. A slow handler does not slow the
	// changes; the operation returns when the handler has seen every event. It may be nil.
	Events func(Event)
	// Parallel is how many resources change at the same time. Zero: Pulumi's default.
	Parallel int
	// Abort, once closed, stops an interrupted operation without waiting for its running changes.
	Abort <-chan struct{}
	// ReadOnly opens the stack for Preview, Outputs, History, Locks, Unlock and Protected only, which work while
	// another run updates it and do not hinder one.
	ReadOnly bool
	// SwitchProviders allows other providers than those that made the stack.
	SwitchProviders bool
	// ConfigOptional allows a stack without a configuration file, for Destroy and Outputs.
	ConfigOptional bool
}

// Stack is one stack that is open for operations, one at a time. Close it.
type Stack struct {
	name    string
	project *Project
	options StackOptions
	backend backend
	workdir *workdir
	command *command
	auto    auto.Workspace
	// selected is the stack in the backend once it was selected or created.
	selected *auto.Stack
	// file is the stack's configuration with the overrides. It has no secrets in plain text.
	file *stackfile.File
	// secrets are those of StackOptions.Environment.
	secrets secrets
	events  *eventQueue
	// exports are added to the program's outputs.
	exports exports
}

var stackName = regexp.MustCompile(`^(\w[\w.-]{0,99}/){0,2}\w[\w.-]{0,99}$`)

// Stack opens a stack: it prepares the workspace and runs no command. Errors are *ConfigInvalidError,
// *LockedError and *CLIError.
func (p *Project) Stack(ctx context.Context, name string, options StackOptions) (*Stack, error) {
	if !stackName.MatchString(name) {
		return nil, configInvalid("stack name %q may only have letters, digits, dots, hyphens and underscores, after an optional organization/", name)
	}
	command, err := p.command(options.Abort)
	if err != nil {
		return nil, err
	}
	file, given, err := p.configurationFor(name, options)
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
	stack := &Stack{
		name: name, project: p, options: options, backend: chosen, workdir: work, command: command, file: file, secrets: given,
		events: newEventQueue(options.Events),
	}
	if err := stack.openWorkspace(ctx, stack.written()); err != nil {
		_ = work.close()
		return nil, err
	}
	return stack, nil
}

func (p *Project) configurationFor(name string, options StackOptions) (*stackfile.File, secrets, error) {
	if options.Environment != nil {
		file := stackfile.WithEnvironment(p.Name(), options.Environment)
		given, err := takeSecrets(file)
		if err != nil {
			return nil, nil, err
		}
		if file, err = withOverrides(file, options.Overrides); err != nil {
			return nil, nil, err
		}
		file, err = p.withFiles(file)
		return file, given, err
	}
	if options.ConfigOptional && (p.options.Name != "" || !isFile(p.StackFile(name))) {
		return stackfile.Empty(p.Name()), nil, nil
	}
	file, err := p.Configuration(name, options.Overrides)
	return file, nil, err
}

// openWorkspace writes the workspace's files and opens it with the Automation API.
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
	for name, value := range s.project.options.Env {
		if _, chosen := env[name]; !chosen { // a chosen path is absolute
			env[name] = value
		}
	}
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
	local, err := auto.NewLocalWorkspace(ctx, options...)
	if err != nil {
		return fmt.Errorf("opening the workspace of stack %s: %w", s.name, err)
	}
	s.auto = workspaceAPI{Workspace: local, stack: s}
	return nil
}

// program returns the project's program, or for a project without one a program that fails. It adds the outputs that
// the next operation reads.
func (s *Stack) program() pulumi.RunFunc {
	program := s.project.options.Program
	if program == nil {
		return func(*pulumi.Context) error {
			return fmt.Errorf("project %s was opened without its program: set ProjectOptions.Program", s.project.Name())
		}
	}
	return func(ctx *pulumi.Context) error {
		if err := program(ctx); err != nil {
			return err
		}
		return s.exports.export(ctx)
	}
}

// checkSecretsProvider refuses another secrets provider than the one of the existing stack.
func (s *Stack) checkSecretsProvider(current stackfile.Secrets) error {
	requested := s.project.options.SecretsProvider
	if requested == "" || requested == "default" || current.IsZero() {
		return nil
	}
	used := current.Provider
	if used == "" {
		used = "passphrase"
	}
	if used != requested {
		return configInvalid("stack %s encrypts its secrets with %s; to change that, run `pulumi stack change-secrets-provider %s`", s.name, used, requested)
	}
	return nil
}

// Backend returns the URL of the backend that holds the stack's state.
func (s *Stack) Backend() string { return s.backend.url }

// WhoAmI connects to the backend and returns the name of the user. The error says what the backend answered, and is a
// *CancelledError if ctx has ended.
func (s *Stack) WhoAmI(ctx context.Context) (string, error) {
	user, err := s.auto.WhoAmI(ctx)
	if err != nil {
		return "", s.commandError(ctx, "reaching the backend "+s.backend.url)
	}
	return user, nil
}

// Close unlocks the stack's workspace. It removes the workspace of a stack that was removed or never created. The error says which file
// could not be removed; the lock is released all the same.
func (s *Stack) Close() error {
	if err := s.workdir.close(); err != nil {
		return fmt.Errorf("closing the workspace of stack %s: %w", s.name, err)
	}
	return nil
}

// emit may be called by several goroutines.
func (s *Stack) emit(event Event) { s.events.send(event) }

func (s *Stack) logInfo(message string) { s.logDiagnostic("info", message) }

func (s *Stack) warn(message string) { s.logDiagnostic("warning", message) }

func (s *Stack) logDiagnostic(severity, message string) {
	s.emit(Event{Time: time.Now(), Stack: s.name, Type: EventDiagnostic, Severity: severity, Message: message})
}
