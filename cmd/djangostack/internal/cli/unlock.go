package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func (a *app) unlockCommand() *cobra.Command {
	var force bool
	command := &cobra.Command{
		Use:   "unlock",
		Short: "List the locks of a stack and release those of runs that have ended",
		Long: `List the locks of a stack (who, where, since when) and release those of runs that
have certainly ended: processes of this machine that no longer exist, and runs on
other machines whose heartbeat has stopped for 15 minutes. up and destroy release
such locks by themselves.

--force also releases a lock of another machine whose holder may still run. First
make sure that it does not: two updates of one stack at the same time lose its
state. The lock of a process of this machine that runs is never released.`,
		Example: "  djangostack unlock -s staging\n  djangostack unlock -s staging --force",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.unlock(cmd, force) },
	}
	command.Flags().BoolVar(&force, "force", false, "also release a lock of another machine whose holder may still run")
	return command
}

func (a *app) unlock(cmd *cobra.Command, force bool) (err error) {
	session, err := a.open(cmd.Context(), sessionOptions{readOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	released, err := session.stack.Unlock(cmd.Context(), force)
	if err != nil {
		return err
	}
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(lockViews(released))
	}
	if len(released) == 0 {
		_, err = fmt.Fprintf(a.Stdout, "%s: not locked\n", a.flags.stack)
		return err
	}
	for _, lock := range released {
		if _, err := fmt.Fprintf(a.Stdout, "%s: released the lock of %s\n", a.flags.stack, lock); err != nil {
			return err
		}
	}
	return nil
}

// lockView is a lock in the output of unlock --json.
type lockView struct {
	User  string     `json:"user,omitempty"`
	Host  string     `json:"host,omitempty"`
	PID   int        `json:"pid,omitempty"`
	Since *time.Time `json:"since,omitempty"`
	State string     `json:"state"`
}

func lockViews(locks []lifecycle.Lock) []lockView {
	views := make([]lockView, len(locks))
	for i, lock := range locks {
		views[i] = lockView{User: lock.User, Host: lock.Host, PID: lock.PID, State: string(lock.State)}
		if !lock.Since.IsZero() {
			views[i].Since = &lock.Since
		}
	}
	return views
}
