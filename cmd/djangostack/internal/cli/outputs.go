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
		Short: "Show what an environment exports: its URL, how to sign in, ...",
		Long: `Show what an environment exports. Secret values are hidden unless --show-secrets
is given. With a NAME, only that value is written, as it is, for scripts; naming a
secret one is asking for it.`,
		Example: "  djangostack outputs -s local\n  curl \"$(djangostack outputs -s local url)\"",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.outputs(cmd, args, secrets) },
	}
	command.Flags().BoolVar(&secrets, "show-secrets", false, "show secret values")
	return command
}

func (a *app) outputs(cmd *cobra.Command, args []string, secrets bool) (err error) {
	session, err := a.open(cmd.Context(), needs{readOnly: true})
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
		return a.oneOutput(outputs, args[0])
	case a.flags.json:
		return a.outputsJSON(outputs, secrets)
	default:
		return show.Outputs(a.Stdout, outputs, secrets)
	}
}

func (a *app) oneOutput(outputs lifecycle.Outputs, name string) error {
	output, has := outputs[name]
	if !has {
		return usage("stack %s has no output %q; it has: %s", a.flags.stack, name, strings.Join(slices.Sorted(maps.Keys(outputs)), ", "))
	}
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(output.Value)
	}
	_, err := fmt.Fprintln(a.Stdout, show.Raw(output.Value))
	return err
}

func (a *app) outputsJSON(outputs lifecycle.Outputs, secrets bool) error {
	values := map[string]any{}
	for name, output := range outputs {
		values[name] = show.Visible(output, secrets)
	}
	return json.NewEncoder(a.Stdout).Encode(values)
}
