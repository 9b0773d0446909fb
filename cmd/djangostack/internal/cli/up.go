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
		Short: "Create an environment, or update it to its configuration",
		Long: `Create an environment, or update it to its configuration. up asks for no
confirmation: preview shows what it will do. When it is interrupted (Ctrl-C), the
running changes finish first; a second interrupt stops at once. In both cases the
next run continues.`,
		Example: "  djangostack up -s staging\n  djangostack up -s staging --set app.image=registry.example/shop:1.4",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.up(cmd) },
	}
}

func (a *app) up(cmd *cobra.Command) (err error) {
	session, err := a.open(cmd.Context(), sessionOptions{checkConfig: true, placeholders: refusePlaceholders, providers: true})
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
			session.progress.Line("so far", show.Counts(result.Result, false))
		}
		return err
	}
	if _, err := fmt.Fprintf(a.Stdout, "%s: %s in %s\n", a.flags.stack, show.Counts(result.Result, false), show.Seconds(result.Duration)); err != nil {
		return err
	}
	return show.Outputs(a.Stdout, result.Outputs, false)
}
