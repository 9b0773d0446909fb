package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// previewOptions are the flags of preview.
type previewOptions struct {
	expectNoChanges bool
	full            bool
	markdown        bool
}

func (a *app) previewCommand() *cobra.Command {
	var options previewOptions
	command := &cobra.Command{
		Use:   "preview",
		Short: "Show what up would change",
		Long: `Show what up would change, and refuse a plan that would lose protected data.

--markdown writes a report for the comment of a pull request to stdout, also if
the configuration is wrong or the plan is refused. The exit code says which.`,
		Example: "  djangostack preview -s staging\n  djangostack preview -s production --expect-no-changes\n  djangostack preview -s production --markdown > preview.md",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !options.markdown {
				return a.preview(cmd, options)
			}
			if a.flags.json || options.full {
				return usage("--markdown is another form of the output than --json and --diff: give one of them")
			}
			return a.previewMarkdown(cmd, options)
		},
	}
	command.Flags().BoolVar(&options.expectNoChanges, "expect-no-changes", false, "exit with code 7 if anything would change")
	command.Flags().BoolVar(&options.full, "diff", false, "show every property with its full value, also of new resources")
	command.Flags().BoolVar(&options.markdown, "markdown", false, "write a report for a pull request: pods that restart, data that is lost, and what changes")
	return command
}

func (a *app) preview(cmd *cobra.Command, options previewOptions) error {
	result, err := a.plan(cmd)
	counts := show.Counts(result.Result, true)
	if !a.flags.json {
		show.Plan(a.Stdout, result.Plan, options.full)
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
	return options.judge(result)
}

// judge returns the error for changes where the caller expects none.
func (o previewOptions) judge(result lifecycle.PreviewResult) error {
	if o.expectNoChanges && result.Changes.Any() {
		return &changesError{counts: show.Counts(result.Result, true)}
	}
	return nil
}

func (a *app) plan(cmd *cobra.Command) (result lifecycle.PreviewResult, err error) {
	session, err := a.open(cmd.Context(), sessionOptions{checkConfig: true, placeholders: notePlaceholders, providers: true, readOnly: true})
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	return session.stack.Preview(cmd.Context())
}

// previewMarkdown writes a report, also of a preview that fails.
func (a *app) previewMarkdown(cmd *cobra.Command, options previewOptions) error {
	result, err := a.plan(cmd)
	var wrongUsage *usageError
	if errors.As(err, &wrongUsage) {
		return err
	}
	report := show.Report{Stack: a.flags.stack, Result: result, Err: err}
	if err == nil {
		report.Stopped = a.stopped()
	}
	if err := report.Write(a.Stdout); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err != nil {
		return err
	}
	return options.judge(result)
}

// stopped names the Deployments whose old pods stop before new ones start.
func (a *app) stopped() []string {
	named, err := a.selected()
	if err != nil { // the preview has selected the same
		return nil
	}
	environment, err := check(named.project, a.flags.stack, named.overrides)
	if err != nil {
		return nil
	}
	prefix := environment.App.Name + "-"
	names := []string{prefix + "beat"}
	if environment.Web.Strategy == spec.Recreate {
		names = append(names, prefix+"web")
	}
	for _, worker := range environment.Workers {
		if worker.Strategy == spec.Recreate {
			names = append(names, prefix+"worker-"+worker.Name)
		}
	}
	for _, process := range environment.Processes {
		if process.Strategy == spec.Recreate {
			names = append(names, prefix+"process-"+process.Name)
		}
	}
	return names
}
