package lifecycle

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ConfigInvalidError reports a wrong file or option. Nothing was changed.
type ConfigInvalidError struct{ Err error }

func (e *ConfigInvalidError) Error() string { return e.Err.Error() }
func (e *ConfigInvalidError) Unwrap() error { return e.Err }

// asConfigInvalid returns err as a *ConfigInvalidError, unless it is one.
func asConfigInvalid(err error) error {
	var invalid *ConfigInvalidError
	if errors.As(err, &invalid) {
		return err
	}
	return &ConfigInvalidError{Err: err}
}

func configInvalid(format string, args ...any) error {
	return &ConfigInvalidError{Err: fmt.Errorf(format, args...)}
}

// NoFileError reports that a stack has no configuration file. It is the cause of a *ConfigInvalidError.
type NoFileError struct {
	Stack string
	// File is the path that was looked for.
	File string
}

func (e *NoFileError) Error() string {
	return fmt.Sprintf("stack %s has no configuration file %s", e.Stack, e.File)
}

// CLIError reports that Pulumi's CLI is missing, is too old, or does not run.
type CLIError struct{ Err error }

func (e *CLIError) Error() string { return e.Err.Error() }
func (e *CLIError) Unwrap() error { return e.Err }

// LockedError reports that another run holds the stack's lock.
type LockedError struct {
	Stack  string
	Owners []LockOwner
}

// LockOwner is a process that holds a stack's lock, as far as the lock names it.
type LockOwner struct {
	User string
	Host string
	PID  int
	// Since is zero if the lock does not record it.
	Since time.Time
	// URL of the lock in the backend. Empty for the lock of a workspace.
	URL string
	// Damaged is true for a lock that a machine stopped writing, so that it names no process.
	Damaged bool
}

func (o LockOwner) String() string {
	if o.Damaged {
		return "an unreadable lock, " + o.URL + ", which a machine was writing when it stopped or its disk was full"
	}
	who := fmt.Sprintf("process %d", o.PID)
	if o.User != "" || o.Host != "" {
		who += fmt.Sprintf(" of %s@%s", o.User, o.Host)
	}
	if !o.Since.IsZero() {
		who += " since " + o.Since.Format(time.RFC3339)
	}
	return who
}

func (e *LockedError) Error() string {
	owners := make([]string, len(e.Owners))
	for i, owner := range e.Owners {
		owners[i] = owner.String()
	}
	by := strings.Join(owners, ", ")
	if by == "" {
		by = "another update"
	}
	return fmt.Sprintf("stack %s is locked by %s: run the command again when it has ended", e.Stack, by)
}

// NotFoundError reports that the backend has no such stack. Up creates it.
type NotFoundError struct{ Stack string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("stack %s does not exist", e.Stack)
}

// CancelledError reports that an operation was interrupted. The state records what was done, and the next
// run continues.
type CancelledError struct {
	// Operation is update, preview, refresh or destroy, or what was being done before it, such as "selecting stack".
	Operation string
	Stack     string
	// Killed is true if Pulumi did not end in time and was killed.
	Killed bool
}

func (e *CancelledError) Error() string {
	doing := e.Operation
	if !strings.Contains(doing, " ") {
		doing += " of stack"
	}
	text := doing + " " + e.Stack + " was interrupted"
	if e.Killed {
		text += ", did not end in time and was killed"
	}
	if e.Operation == operationPreview {
		return text
	}
	return text + ": run it again to continue"
}

// Failure is the failed change of one resource.
type Failure struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	Op   string `json:"op,omitempty"`
	// Messages are the provider's errors, without secrets.
	Messages []string `json:"messages,omitempty"`
	// Next is what to do about the cause, where a container does not start.
	Next string `json:"next,omitempty"`
}

// UpdateFailedError reports that an operation ended with errors. The state records what succeeded, and the
// next run continues.
type UpdateFailedError struct {
	Operation string
	Stack     string
	Failures  []Failure
	// Messages are errors of the program, the engine or the backend, which belong to no resource.
	Messages []string
}

// ChangedNothing reports whether the operation was a preview: that of Preview, or the plan that Up checks before
// its first step.
func (e *UpdateFailedError) ChangedNothing() bool { return e.Operation == operationPreview }

func (e *UpdateFailedError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s of stack %s failed", e.Operation, e.Stack)
	for _, failure := range e.Failures {
		fmt.Fprintf(&text, "\n  %s %s", ShortType(failure.Type), failure.Name)
		if failure.Op != "" {
			fmt.Fprintf(&text, " (%s)", failure.Op)
		}
		for _, message := range failure.Messages {
			text.WriteString("\n    " + indent(message, "    "))
		}
		if failure.Next != "" {
			text.WriteString("\n    next: " + failure.Next)
		}
	}
	for _, message := range e.Messages {
		text.WriteString("\n  " + indent(message, "  "))
	}
	return text.String()
}

func indent(message, prefix string) string {
	return strings.ReplaceAll(strings.TrimSpace(message), "\n", "\n"+prefix)
}
