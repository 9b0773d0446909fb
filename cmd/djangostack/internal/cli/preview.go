package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
)

func (a *app) previewCommand() *cobra.Command {
	var expectNoChanges, full bool
	command := &cobra.Command{
		Use:     "preview",
		Short:   "Show what up would change",
		Example: "  djangostack preview -s staging\n  djangostack preview -s production --expect-no-changes",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.preview(cmd, expectNoChanges, full) },
	}
	command.Flags().BoolVar(&expectNoChanges, "expect-no-changes", false, "exit with code 7 if anything would change")
	command.Flags().BoolVar(&full, "diff", false, "show every property with its full value, also of new resources")
	return command
}

func (a *app) preview(cmd *cobra.Command, expectNoChanges, full bool) (err error) {
	session, err := a.open(cmd.Context(), sessionOptions{checkConfig: true, placeholders: notePlaceholders, providers: true, readOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	result, err := session.stack.Preview(cmd.Context())
	counts := show.Counts(result.Result, true)
	if !a.flags.json {
		show.Plan(a.Stdout, result.Plan, full)
		show.Lost(a.Stdout, result.Lost)
	}
	if err != nil {
		return err
	}
	if !a.flags.json {
		if _, err := fmt.Fprintf(a.Stdout, "%s: %s\n", a.flags.stack, counts); err != nil {
			return err
		}
	}
	if expectNoChanges && result.Changes.Any() {
		return &changesError{counts: counts}
	}
	return nil
}
