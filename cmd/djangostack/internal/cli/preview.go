package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
)

func (a *app) previewCommand() *cobra.Command {
	var expectNone, full bool
	command := &cobra.Command{
		Use:     "preview",
		Short:   "Show what up would change, and change nothing",
		Example: "  djangostack preview -s staging\n  djangostack preview -s production --expect-no-changes",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.preview(cmd, expectNone, full) },
	}
	command.Flags().BoolVar(&expectNone, "expect-no-changes", false, "end with code 7 if anything would change")
	command.Flags().BoolVar(&full, "diff", false, "show every property with its whole value, also of what would be created")
	return command
}

func (a *app) preview(cmd *cobra.Command, expectNone, full bool) (err error) {
	session, err := a.open(cmd.Context(), needs{config: true, providers: true, readOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	result, err := session.stack.Preview(cmd.Context())
	counts := show.Counts(result.Changes, true)
	if !a.flags.json {
		show.Plan(a.Stdout, result.Plan, full)
	}
	if err != nil {
		return err
	}
	if !a.flags.json {
		if _, err := fmt.Fprintf(a.Stdout, "%s: %s\n", a.flags.stack, counts); err != nil {
			return err
		}
	}
	if expectNone && result.Changes.Any() {
		return &changesError{counts: counts}
	}
	return nil
}
