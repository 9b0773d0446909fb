package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
)

func (a *app) upCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "up",
		Short: "Bring an environment up, or to what its configuration says now",
		Long: `Bring an environment up, or to what its configuration says now. It applies at
once; see preview for what it would do. Interrupting it (Ctrl-C) lets what is
under way end; a second time stops at once. Either way the next run goes on.`,
		Example: "  djangostack up -s staging\n  djangostack up -s staging --set app.image=registry.example/shop:1.4",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.up(cmd) },
	}
}

func (a *app) up(cmd *cobra.Command) (err error) {
	session, err := a.open(cmd.Context(), needs{config: true, providers: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	result, err := session.stack.Up(cmd.Context())
	if a.flags.json {
		return err
	}
	if err != nil {
		if result.Changes.Any() {
			session.human.Line("so far", show.Counts(result.Changes, false))
		}
		return err
	}
	if _, err := fmt.Fprintf(a.Stdout, "%s: %s in %s\n", a.flags.stack, show.Counts(result.Changes, false), show.Seconds(result.Duration)); err != nil {
		return err
	}
	return show.Outputs(a.Stdout, result.Outputs, false)
}
