package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
)

// Emulators are providers that keep an emulated cluster and emulated cloud accounts in memory.
type Emulators struct {
	// Providers by the names of their Pulumi packages.
	Providers map[string]pulumirpc.ResourceProviderServer
	// Remaining lists every resource that still exists, including those that no state records.
	Remaining func() []Remaining
	// Close stops the emulated cluster.
	Close func() error
}

// Remaining is a resource that exists after a destroy.
type Remaining struct {
	// Name is the type and the name, for example "Snapshot final".
	Name string
	// KeptBecause says why the resource is kept on purpose. Empty: it should have been deleted.
	KeptBecause string
}

// rehearsalOptions are the flags of rehearse.
type rehearsalOptions struct {
	export string
	full   bool
}

func (a *app) rehearseCommand() *cobra.Command {
	var options rehearsalOptions
	command := &cobra.Command{
		Use:   "rehearse",
		Short: "Run preview, up, refresh and destroy against emulators, without an account or a cluster",
		Long: `Run the whole life of an environment against emulators: preview, up, a second up
and a refresh (neither may change anything), and destroy. Pulumi's own engine runs
the stack's configuration. The cloud accounts and the cluster are emulated in this
process; they accept and refuse what the real ones do. No pod runs.

A rehearsal needs Pulumi's CLI, but no account, no cluster and no passphrase. It
does not use the stack's state. It replaces encrypted values of the configuration,
and missing passwords of external servers, with random ones.`,
		Example: "  djangostack rehearse -s production\n  djangostack rehearse -s production --export state.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.rehearse(cmd, options) },
	}
	command.Flags().StringVar(&options.export, "export", "", "write the state after up to this file, with its (random) secrets in plain text, as pulumi stack export --show-secrets does")
	command.Flags().BoolVar(&options.full, "diff", false, "show every property of the plan with its full value")
	return command
}

func (a *app) rehearse(cmd *cobra.Command, options rehearsalOptions) (err error) {
	began := time.Now()
	r, err := a.openRehearsal(cmd.Context(), options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.run(cmd.Context()); err != nil {
		return err
	}
	return r.printf("\nthe rehearsal of %s passed in %s\n", a.flags.stack, show.Seconds(time.Since(began)))
}

// rehearsalError is the failure of one step.
type rehearsalError struct {
	step string
	err  error
}

func (e *rehearsalError) Error() string {
	if exitCode(e.err) == exitCancelled {
		return fmt.Sprintf("the rehearsal was interrupted at %q", e.step)
	}
	return fmt.Sprintf("the rehearsal failed at %q: %v", e.step, e.err)
}
func (e *rehearsalError) Unwrap() error { return e.err }

// run runs the steps in order and stops at the first that fails.
func (r *rehearsal) run(ctx context.Context) error {
	type step struct {
		name string
		do   func(context.Context) error
	}
	steps := []step{
		{"preview", r.preview},
		{"up", r.up},
		{"up again", r.upAgain},
		{"refresh", r.refresh},
		{"destroy while protected", r.destroyProtected},
	}
	if r.config.parsed.HasCloud() {
		steps = append(steps, step{"up without protection", r.upWithoutProtection})
	}
	steps = append(steps, step{"destroy", r.destroy}, step{"remaining resources", r.checkRemaining})
	for _, step := range steps {
		if err := r.runStep(ctx, step.name, step.do); err != nil {
			return &rehearsalError{step: step.name, err: err}
		}
	}
	return nil
}
