package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// Exit codes, for scripts. They are part of the command's contract and of its
// help (exitCodesHelp).
const (
	exitOK        = 0
	exitOther     = 1
	exitInvalid   = 2
	exitCLI       = 3
	exitLocked    = 4
	exitFailed    = 5
	exitRefused   = 6
	exitChanges   = 7
	exitNotFound  = 8
	exitUnhealthy = 9
	exitCancelled = 130
)

const exitCodesHelp = `The command ends with one of these codes:

    0  done
    1  something that has no code of its own, such as a backend out of reach
    2  the configuration or the command line is wrong; nothing was touched
    3  Pulumi's command line is missing or too old
    4  another run holds the stack
    5  some resources could not be changed; running again goes on from there
    6  refused: what holds data would be deleted or replaced
    7  there are changes (preview --expect-no-changes, rehearse)
    8  there is no such stack
    9  doctor found something that does not work
  130  interrupted; running again goes on from there
`

// usageError is a mistake on the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &usageError{err: fmt.Errorf(format, args...)} }

// changesError is a preview or a rehearsal that found changes where none were expected.
type changesError struct{ counts string }

func (e *changesError) Error() string { return "there are changes: " + e.counts }

// unhealthyError is a doctor that found something.
type unhealthyError struct{ failed int }

func (e *unhealthyError) Error() string { return fmt.Sprintf("%d of the checks failed", e.failed) }

// exitCode is the code with which an error ends the process.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitOK
	case is[*lifecycle.CancelledError](err), errors.Is(err, context.Canceled):
		return exitCancelled
	case is[*usageError](err), is[*lifecycle.ConfigInvalidError](err):
		return exitInvalid
	case is[*lifecycle.CLIError](err):
		return exitCLI
	case is[*lifecycle.LockedError](err):
		return exitLocked
	case is[*lifecycle.UpdateFailedError](err):
		return exitFailed
	case is[*lifecycle.RefusedError](err):
		return exitRefused
	case is[*changesError](err):
		return exitChanges
	case is[*lifecycle.NotFoundError](err):
		return exitNotFound
	case is[*unhealthyError](err):
		return exitUnhealthy
	default:
		return exitOther
	}
}

func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}
