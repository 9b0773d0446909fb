package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// lockedText is how a self-managed backend says that another run holds a lock.
const lockedText = "the stack is currently locked by"

// selectStack selects the stack in the backend. The error is a *NotFoundError if there is none.
func (s *Stack) selectStack(ctx context.Context) (*auto.Stack, error) {
	found, err := auto.SelectStack(ctx, s.name, s.auto)
	if err == nil {
		s.keepWorkspace()
		s.selected = &found
		return &found, nil
	}
	if auto.IsSelectStack404Error(err) {
		return nil, &NotFoundError{Stack: s.name}
	}
	return nil, s.commandError(ctx, "selecting stack")
}

// selectOrCreate selects the stack, and creates it if the backend has none.
func (s *Stack) selectOrCreate(ctx context.Context) (stack *auto.Stack, created bool, err error) {
	found, err := s.selectStack(ctx)
	var missing *NotFoundError
	if err == nil || !errors.As(err, &missing) {
		return found, false, err
	}
	s.project.creation.Lock()
	defer s.project.creation.Unlock()
	fresh, err := auto.NewStack(ctx, s.name, s.auto)
	if err != nil {
		return nil, false, s.commandError(ctx, "creating stack")
	}
	s.keepWorkspace()
	s.selected = &fresh
	return &fresh, true, nil
}

// keepWorkspace keeps the workspace after Close: the backend has the stack. That of a reader is temporary.
func (s *Stack) keepWorkspace() {
	if !s.options.ReadOnly {
		s.workdir.removeOnClose = false
	}
}

// commandError returns the error of the last command. It reads stderr only: stdout may contain secrets.
func (s *Stack) commandError(ctx context.Context, doing string) error {
	if ctx.Err() != nil {
		return &CancelledError{Operation: doing, Stack: s.name, Killed: s.command.latest().killed}
	}
	text := strings.Join(errorLines(s.command.latest().stderr), "\n")
	text = s.secrets.concealer()(text)
	if text == "" {
		text = fmt.Sprintf("Pulumi exited with code %d and no message", s.command.latest().code)
	}
	if strings.Contains(text, lockedText) {
		return &LockedError{Stack: s.name, Owners: lockOwners(text)}
	}
	if strings.Contains(text, "incorrect passphrase") || strings.Contains(text, "passphrase must be set") {
		return configInvalid("%s %s: %s: the stack's secrets are encrypted with another passphrase; set PULUMI_CONFIG_PASSPHRASE_FILE to the file that has it", doing, s.name, text)
	}
	if isAboutDamage(text) {
		stack := settingsName(s.name)
		if owners := s.backend.locksIn(s.project.Name(), stack); owners != nil {
			return &LockedError{Stack: s.name, Owners: owners}
		}
		if next := s.backend.afterDamage(s.project.Name(), stack); next != "" {
			text += "\n" + next
		}
	}
	return fmt.Errorf("%s %s: %s", doing, s.name, text)
}
