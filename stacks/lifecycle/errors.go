package lifecycle

import (
	"fmt"
	"strings"
	"time"
)

// ConfigInvalidError says that a file or an option is wrong. Nothing was touched.
type ConfigInvalidError struct{ Err error }

func (e *ConfigInvalidError) Error() string { return e.Err.Error() }
func (e *ConfigInvalidError) Unwrap() error { return e.Err }

func configInvalid(format string, args ...any) error {
	return &ConfigInvalidError{Err: fmt.Errorf(format, args...)}
}

// CLIError says that Pulumi's command line is missing, too old, or does not run.
type CLIError struct{ Err error }

func (e *CLIError) Error() string { return e.Err.Error() }
func (e *CLIError) Unwrap() error { return e.Err }

// LockedError says that another run holds the stack.
type LockedError struct {
	Stack   string
	Owners []LockOwner
}

// LockHolder is who holds a stack's lock, as far as the lock says.
type LockOwner struct {
	User string
	Host string
	PID  int
	// Since is zero where the lock does not say.
	Since time.Time
}

func (h LockOwner) String() string {
	who := fmt.Sprintf("process %d", h.PID)
	if h.User != "" || h.Host != "" {
		who += fmt.Sprintf(" of %s@%s", h.User, h.Host)
	}
	if !h.Since.IsZero() {
		who += " since " + h.Since.Format(time.RFC3339)
	}
	return who
}

func (e *LockedError) Error() string {
	holders := make([]string, len(e.Owners))
	for i, holder := range e.Owners {
		holders[i] = holder.String()
	}
	by := strings.Join(holders, ", ")
	if by == "" {
		by = "another update"
	}
	return fmt.Sprintf("stack %s is locked by %s: wait for it to end and run again", e.Stack, by)
}

// NotFoundError says that the backend has no such stack.
type NotFoundError struct{ Stack string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("there is no stack %s yet: it is made by bringing it up", e.Stack)
}

// CancelledError says that an operation was interrupted. What was done is
// recorded, and the next run goes on from there.
type CancelledError struct {
	Operation string
	Stack     string
	// Killed says that Pulumi did not end in time and was killed.
	Killed bool
}

func (e *CancelledError) Error() string {
	text := fmt.Sprintf("%s of stack %s was interrupted", e.Operation, e.Stack)
	if e.Killed {
		text += " and did not end in time, so it was killed"
	}
	return text + ": run it again to go on from where it stopped"
}

// Failure is one resource that could not be brought to its new state.
type Failure struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	Op   string `json:"op,omitempty"`
	// Messages are what the provider said, secrets left out.
	Messages []string `json:"messages,omitempty"`
}

// UpdateFailedError says that an operation ended with failures. What succeeded
// is recorded, and the next run goes on from there.
type UpdateFailedError struct {
	Operation string
	Stack     string
	Failures  []Failure
	// Messages are errors which belong to no resource: of the program, of the
	// engine, of the backend.
	Messages []string
}

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
	}
	for _, message := range e.Messages {
		text.WriteString("\n  " + indent(message, "  "))
	}
	return text.String()
}

func indent(message, prefix string) string {
	return strings.ReplaceAll(strings.TrimSpace(message), "\n", "\n"+prefix)
}

// Protected is a resource that holds data and may not be deleted or replaced.
type Protected struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
}

// RefusedError says that an operation would have deleted or replaced protected
// resources. A refused destroy touched nothing; a refused update stopped before
// the resource named.
type RefusedError struct {
	Operation string
	Stack     string
	Resources []Protected
}

func (e *RefusedError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s of stack %s is refused: it would delete or replace what holds data", e.Operation, e.Stack)
	for _, resource := range e.Resources {
		fmt.Fprintf(&text, "\n  %s (%s)", resource.Name, ShortType(resource.Type))
	}
	return text.String()
}
