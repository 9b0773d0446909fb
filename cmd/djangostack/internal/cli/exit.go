package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// Exit codes, for scripts. They do not change between releases.
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
	exitUsage     = 10
	exitNoPlan    = 11
	exitCancelled = 130
)

// exitCodeMeaning is one row of the documentation of exit codes.
type exitCodeMeaning struct {
	code    int
	meaning string
}

// exitCodeMeanings documents every exit code, in the help and in docs/command.md.
func exitCodeMeanings() []exitCodeMeaning {
	return []exitCodeMeaning{
		{exitOK, "success"},
		{exitOther, "any other error, for example an unreachable backend or cluster"},
		{exitInvalid, "the configuration is wrong; nothing was changed"},
		{exitCLI, "Pulumi's CLI is missing or too old"},
		{exitLocked, "another run holds the stack's lock"},
		{exitFailed, "up, destroy or a refresh could not change some resources; run it again to continue"},
		{exitRefused, "refused, because data would be deleted or replaced"},
		{exitChanges, "changes were found (preview --expect-no-changes, rehearse)"},
		{exitNotFound, "the stack does not exist"},
		{exitUnhealthy, "doctor found a problem"},
		{exitUsage, "the command line is wrong: an unknown command, flag or value, or one that is missing; nothing was changed"},
		{exitNoPlan, "the changes could not be planned (preview, or the plan that up checks first); nothing was changed"},
		{exitCancelled, "interrupted; run up or destroy again to continue"},
	}
}

func (a *app) exitCodesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "exit-codes", Short: "List the exit codes, for scripts", Long: exitCodesHelp(), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !a.flags.json {
				_, err := fmt.Fprint(a.Stdout, exitCodesHelp())
				return err
			}
			encoder := json.NewEncoder(a.Stdout)
			for _, row := range exitCodeMeanings() {
				if err := encoder.Encode(map[string]any{"code": row.code, "meaning": row.meaning}); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func exitCodesHelp() string {
	var help strings.Builder
	help.WriteString("Exit codes:\n\n")
	for _, row := range exitCodeMeanings() {
		fmt.Fprintf(&help, "  %3d  %s\n", row.code, row.meaning)
	}
	return help.String()
}

// usageError reports a wrong command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &usageError{err: fmt.Errorf(format, args...)} }

// changesError reports changes where a preview or a rehearsal expected none.
type changesError struct{ counts string }

func (e *changesError) Error() string { return "there are changes: " + e.counts }

// unhealthyError reports that some checks of doctor failed.
type unhealthyError struct{ failed int }

func (e *unhealthyError) Error() string {
	if e.failed == 1 {
		return "1 check failed"
	}
	return fmt.Sprintf("%d checks failed", e.failed)
}

// exitCode returns the exit code for an error.
func exitCode(err error) int {
	var failed *lifecycle.UpdateFailedError
	switch {
	case err == nil:
		return exitOK
	case is[*lifecycle.CancelledError](err), errors.Is(err, context.Canceled):
		return exitCancelled
	case is[*usageError](err):
		return exitUsage
	case is[*lifecycle.ConfigInvalidError](err), is[*placeholdersError](err), is[*lifecycle.ProvidersError](err):
		return exitInvalid
	case is[*lifecycle.CLIError](err):
		return exitCLI
	case is[*lifecycle.LockedError](err), is[*lifecycle.HeldLockError](err):
		return exitLocked
	case errors.As(err, &failed) && failed.ChangedNothing():
		return exitNoPlan
	case failed != nil:
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
