package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func (a *app) listCommand() *cobra.Command {
	var olderThan time.Duration
	command := &cobra.Command{
		Use:   "list",
		Short: "List the stacks in the backend, with their age and owner",
		Long: `List the stacks of the project in the backend, also those whose configuration file
was deleted. The age is the time since the last up, refresh or destroy; the owner is the
field owner of the environment. A stack without resources can be removed by destroy.`,
		Example: "  djangostack list\n  djangostack list --older-than 72h --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.list(cmd, olderThan) },
	}
	command.Flags().DurationVar(&olderThan, "older-than", 0, "only stacks whose last update is at least this long ago, for example 72h")
	return command
}

func (a *app) list(cmd *cobra.Command, olderThan time.Duration) error {
	dirs, err := a.directories()
	if err != nil {
		return err
	}
	pulumi, err := a.findPulumi(cmd.Context(), dirs)
	if err != nil {
		return err
	}
	project, err := lifecycle.Open(a.projectOptions(dirs, pulumi, nil))
	if err != nil {
		return err
	}
	stacks, err := project.Stacks(cmd.Context())
	if err != nil {
		return err
	}
	now := time.Now()
	stacks = slices.DeleteFunc(stacks, func(stack lifecycle.StackInfo) bool { return now.Sub(stack.LastUpdate) < olderThan })
	if a.flags.json {
		return a.listJSON(stacks)
	}
	table := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "STACK\tAGE\tRESOURCES\tOWNER") // a tabwriter reports errors by Flush
	for _, stack := range stacks {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", stack.Name, age(stack.LastUpdate, now), stack.Resources, stack.Owner)
	}
	return table.Flush()
}

func (a *app) listJSON(stacks []lifecycle.StackInfo) error {
	encoder := json.NewEncoder(a.Stdout)
	for _, stack := range stacks {
		if err := encoder.Encode(stack); err != nil {
			return err
		}
	}
	return nil
}
