package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// CheckEnvironment checks the environment in a stack's configuration, as the program does, and returns it. Encrypted
// values are not decrypted: each is assumed to be valid. The error is a *ConfigInvalidError that names every
// mistake; errors.As finds the spec.Problems in it.
func CheckEnvironment(file *stackfile.File, stack string) (*spec.Environment, error) {
	return CheckEnvironmentIn(nil, file, stack)
}

// CheckEnvironmentIn is CheckEnvironment for a configuration that may name files. Its errors are the same.
func CheckEnvironmentIn(read spec.ReadFile, file *stackfile.File, stack string) (*spec.Environment, error) {
	var encrypted []string
	raw, err := file.EnvironmentJSON(func(path string) string {
		encrypted = append(encrypted, path)
		return spec.Substitute(path)
	})
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	environment, err := spec.Check(spec.Input{
		JSON: raw, Stack: stack, Read: read, HasSubstitutes: true,
		Encrypted: func(path string) bool { return slices.Contains(encrypted, path) },
	})
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return environment, nil
}

// UnreachableError reports that something that an update needs does not answer. Nothing was changed.
type UnreachableError struct {
	Stack string
	Err   error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("stack %s was not changed: %v", e.Stack, e.Err)
}
func (e *UnreachableError) Unwrap() error { return e.Err }

// checkConfiguration checks the configuration before a stack is created for it. The workspace keeps no copy of a wrong
// one: where a secret was written to a wrong path, it would stay there in plain text.
func (s *Stack) checkConfiguration() (*spec.Environment, error) {
	environment, err := s.checkedEnvironment()
	if err == nil {
		return environment, nil
	}
	blank := stackfile.Empty(s.project.Name())
	blank.SetSecrets(s.file.Secrets())
	return nil, errors.Join(err, s.workdir.writeFiles(s.project, s.name, blank))
}

func (s *Stack) checkedEnvironment() (*spec.Environment, error) {
	check := s.project.options.Check
	if check == nil && len(s.secrets) > 0 {
		return s.checkGiven()
	}
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

// checkExpected asks for the objects that an update needs and does not create. A preview needs no cluster, so one that
// does not answer is no error here.
func (s *Stack) checkExpected(ctx context.Context, environment *spec.Environment) error {
	err := s.checkReachable(ctx, environment)
	var missing *spec.MissingObjectsError
	var taken *spec.TakenRoutesError
	var fixed *spec.FixedClaimsError
	var cancelled *CancelledError
	if errors.As(err, &missing) || errors.As(err, &taken) || errors.As(err, &fixed) || errors.As(err, &cancelled) {
		return err
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
