package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func (a *app) outputsCommand() *cobra.Command {
	var secrets bool
	command := &cobra.Command{
		Use:   "outputs [NAME]",
		Short: "Print what an environment exports, such as its URL",
		Long: `Print what an environment exports. Secret values are hidden unless --show-secrets
is set. With a NAME, only that value is printed, unquoted, for scripts. Naming a
secret value prints it.`,
		Example: "  djangostack outputs -s local\n  curl \"$(djangostack outputs -s local url)\"",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.outputs(cmd, args, secrets) },
	}
	command.Flags().BoolVar(&secrets, "show-secrets", false, "print secret values too")
	return command
}

func (a *app) outputs(cmd *cobra.Command, args []string, secrets bool) (err error) {
	session, err := a.open(cmd.Context(), sessionOptions{readOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	outputs, err := session.stack.Outputs(cmd.Context())
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1:
		return a.printOutput(outputs, args[0])
	case a.flags.json:
		return a.printOutputsJSON(outputs, secrets)
	default:
		return show.Outputs(a.Stdout, outputs, secrets)
	}
}

func (a *app) printOutput(outputs lifecycle.Outputs, name string) error {
	output, exists := outputs[name]
	if !exists {
		return usage("stack %s has no output %q; it has: %s", a.flags.stack, name, strings.Join(slices.Sorted(maps.Keys(outputs)), ", "))
	}
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(output.Value)
	}
	_, err := fmt.Fprintln(a.Stdout, show.Raw(output.Value))
	return err
}

func (a *app) printOutputsJSON(outputs lifecycle.Outputs, secrets bool) error {
	values := map[string]any{}
	for name, output := range outputs {
		values[name] = show.Visible(output, secrets)
	}
	return json.NewEncoder(a.Stdout).Encode(values)
}
