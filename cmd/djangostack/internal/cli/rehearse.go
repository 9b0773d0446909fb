package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
)

// Stage is where environments are rehearsed: providers with no account and no
// cluster behind them.
type Stage struct {
	// Providers by the names of their Pulumi packages.
	Providers map[string]pulumirpc.ResourceProviderServer
	// Left is all that the providers still hold, also what no state knows of.
	Left func() []Leftover
	// Close ends what the providers stand on.
	Close func() error
}

// Leftover is one thing that a stage still holds.
type Leftover struct {
	// What names it by kind and name.
	What string
	// Stays says why it is right that it is left; empty if it is not.
	Stays string
}

// rehearsalOptions are the flags of one rehearsal.
type rehearsalOptions struct {
	export string
	full   bool
}

func (a *app) rehearseCommand() *cobra.Command {
	var options rehearsalOptions
	command := &cobra.Command{
		Use:   "rehearse",
		Short: "Take an environment through its whole life, without account or cluster",
		Long: `Take an environment through its whole life, without account or cluster: preview,
up, up again and refresh (which must change nothing), and destroy. Pulumi's own
engine runs the stack's own configuration; accounts and clusters are stood in for
in this process, which accept and refuse what the real ones certainly do. No pod
runs.

The stack's own state is neither read nor touched, and no passphrase is needed:
encrypted values of the configuration, and passwords of external servers that are
not set yet, are replaced by throwaway ones.`,
		Example: "  djangostack rehearse -s production\n  djangostack rehearse -s production --export state.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.rehearse(cmd, options) },
	}
	command.Flags().StringVar(&options.export, "export", "", "write the state after up to this file, with its (throwaway) secrets, as pulumi stack export --show-secrets does")
	command.Flags().BoolVar(&options.full, "diff", false, "show every property of the plan with its whole value")
	return command
}

func (a *app) rehearse(cmd *cobra.Command, options rehearsalOptions) (err error) {
	if err := refuseForRehearsal(cmd); err != nil {
		return err
	}
	began := time.Now()
	made, err := a.openRehearsal(cmd.Context(), options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, made.close()) }()
	if err := made.run(cmd.Context()); err != nil {
		return err
	}
	return made.writef("\n%s rehearses clean in %s\n", a.flags.stack, show.Seconds(time.Since(began)))
}

// refuseForRehearsal turns away flags that say where an environment really is.
func refuseForRehearsal(cmd *cobra.Command) error {
	for _, flag := range []string{"backend", "secrets-provider"} {
		if cmd.Flags().Changed(flag) {
			return usage("--%s has no part in a rehearsal, which keeps its state in a directory of its own", flag)
		}
	}
	if mode := cmd.Flag("providers"); mode.Changed && mode.Value.String() != string(providers.Embedded) {
		return usage("--providers %s: a rehearsal always uses the built-in providers", mode.Value)
	}
	return nil
}

// rehearsalError is a step that did not go as it should.
type rehearsalError struct {
	step string
	err  error
}

func (e *rehearsalError) Error() string {
	return fmt.Sprintf("the rehearsal fails at %q: %v", e.step, e.err)
}
func (e *rehearsalError) Unwrap() error { return e.err }

// run takes the steps one after the other; the first that fails is the last.
func (r *rehearsal) run(ctx context.Context) error {
	type step struct {
		name string
		do   func(context.Context) error
	}
	steps := []step{
		{"preview", r.preview},
		{"up", r.up},
		{"up again", r.again},
		{"refresh", r.refresh},
		{"destroy while protected", r.refused},
	}
	if r.script.checked.HasCloud() {
		steps = append(steps, step{"up without protection", r.lift})
	}
	steps = append(steps, step{"destroy", r.destroy}, step{"what is left", r.left})
	for _, step := range steps {
		if err := r.step(ctx, step.name, step.do); err != nil {
			return &rehearsalError{step: step.name, err: err}
		}
	}
	return nil
}
