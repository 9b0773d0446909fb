package lifecycle

import (
	"context"
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// CheckEnvironment checks the environment in a stack's configuration, as the program does, and returns it. Encrypted
// values are not decrypted: each is assumed to be valid. The error is a *ConfigInvalidError that names every
// mistake; errors.As finds the spec.Problems in it.
func CheckEnvironment(file *stackfile.File, stack string) (*spec.Environment, error) {
	encrypted := false
	raw, err := file.EnvironmentJSON(func(string) string {
		encrypted = true
		return PlaceholderSecret()
	})
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	environment, err := spec.Parse(raw, stack)
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	if err := environment.CheckSecrecy(encrypted); err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return environment, nil
}

// PlaceholderSecret replaces an encrypted value while the rest of the configuration is checked. It is long enough to
// pass the check of every secret.
func PlaceholderSecret() string { return strings.Repeat("hidden-", 10) }

// UnreachableError reports that something that an update needs does not answer. Nothing was changed.
type UnreachableError struct {
	Stack string
	Err   error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("stack %s was not changed: %v", e.Stack, e.Err)
}
func (e *UnreachableError) Unwrap() error { return e.Err }

// checkConfiguration checks the configuration before a stack is created for it.
func (s *Stack) checkConfiguration() (*spec.Environment, error) {
	check := s.project.options.Check
	if check == nil {
		check = CheckEnvironment
	}
	environment, err := check(s.file, s.name)
	if err != nil {
		return nil, asConfigInvalid(fmt.Errorf("stack %s: %w", s.name, err))
	}
	return environment, nil
}

// checkReachable asks for what an update needs, before anything is made.
func (s *Stack) checkReachable(ctx context.Context, environment *spec.Environment) error {
	if s.project.options.Preflight == nil || environment == nil {
		return nil
	}
	if err := s.project.options.Preflight(ctx, environment); err != nil {
		if ctx.Err() != nil {
			return &CancelledError{Operation: operationUpdate, Stack: s.name}
		}
		return &UnreachableError{Stack: s.name, Err: err}
	}
	return nil
}

// stateBefore reads the state that an operation starts from.
func (s *Stack) stateBefore(ctx context.Context, created bool) (stackState, error) {
	if created {
		return newStackState(nil), nil
	}
	return s.readState(ctx)
}
