package show

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// Outputs prints a stack's outputs as a table. Unless secrets is true, a secret value is "[secret]".
func Outputs(out io.Writer, outputs lifecycle.Outputs, secrets bool) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if _, err := fmt.Fprintf(table, "  %s\t%s\n", name, Raw(Visible(outputs[name], secrets))); err != nil {
			return err
		}
	}
	return table.Flush()
}

// Visible returns an output's value, or "[secret]" for a secret one unless secrets is true.
func Visible(output lifecycle.Output, secrets bool) any {
	if secrets {
		return output.Value
	}
	return output.Masked()
}

// Raw formats a value for a script: a string as it is, everything else as JSON.
func Raw(value any) string {
	if text, isText := value.(string); isText {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}
