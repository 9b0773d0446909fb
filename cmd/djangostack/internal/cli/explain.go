package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [PATH]",
		Short: "Explain a field of the configuration: type, defaults, and what a change does",
		Long: `Explain a field of the configuration: what it means, its type and allowed values,
its defaults, and what a change of it does to a running environment. A section or
list also lists its fields. Without a path, explain lists the sections. It needs no
Pulumi CLI and no configuration file.`,
		Example: "  djangostack config explain web.replicas\n" +
			"  djangostack config explain workers[].queues\n" +
			"  djangostack config explain database.managed",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.explain(strings.Join(args, "")) },
	}
}

func (a *app) explain(path string) error {
	fields, err := reference.Load()
	if err != nil {
		return err
	}
	if path == "" {
		return a.listFields(fields, "")
	}
	field, found := fields.Find(path)
	if !found {
		return unknownField(fields, path)
	}
	if err := a.explainField(field); err != nil {
		return err
	}
	if field.Definition == "" {
		return nil
	}
	if !a.flags.json {
		if _, err := fmt.Fprintln(a.Stdout, "\nFields:"); err != nil {
			return err
		}
	}
	return a.listFields(fields, field.Path)
}

func unknownField(fields *reference.Reference, path string) error {
	if near := fields.Nearest(path); near != "" {
		return usage("%s: unknown field; did you mean %s?", path, near)
	}
	return usage("%s: unknown field; djangostack config explain lists the sections", path)
}

func (a *app) explainField(field reference.Field) error {
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(explanationOf(field))
	}
	if _, err := fmt.Fprintf(a.Stdout, "%s\n  %s\n\n", field.Path, field.Meaning); err != nil {
		return err
	}
	table := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, row := range explanationRows(field) {
		if _, err := fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	return table.Flush()
}

func explanationRows(field reference.Field) [][2]string {
	rows := [][2]string{{"type", field.Type}}
	if field.Allowed != "" {
		rows = append(rows, [2]string{"allowed", field.Allowed})
	}
	if field.Required {
		rows = append(rows, [2]string{"required", "yes"})
	}
	rows = append(rows, [2]string{"default in staging", orNone(field.Staging)}, [2]string{"default in production", orNone(field.Production)})
	for _, effect := range field.Changes {
		rows = append(rows, [2]string{"a change", effectText(effect)})
	}
	return rows
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func effectText(effect reference.Effect) string {
	text := effect.Does
	if effect.Where != "" {
		text = "on " + effect.Where + ": " + text
	}
	if effect.Set != "" {
		text += " (measured: " + effect.Set + ")"
	}
	return text
}

func (a *app) listFields(fields *reference.Reference, path string) error {
	children := fields.Children(path)
	if a.flags.json {
		for _, child := range children {
			if err := json.NewEncoder(a.Stdout).Encode(explanationOf(child)); err != nil {
				return err
			}
		}
		return nil
	}
	table := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	for _, child := range children {
		if _, err := fmt.Fprintf(table, "  %s\t%s\t%s\n", child.Path, child.Type, child.Meaning); err != nil {
			return err
		}
	}
	return table.Flush()
}

// explanation is the JSON output of explain for one field.
type explanation struct {
	Path       string   `json:"path"`
	Type       string   `json:"type"`
	Allowed    string   `json:"allowed,omitempty"`
	Required   bool     `json:"required,omitempty"`
	Staging    string   `json:"defaultInStaging,omitempty"`
	Production string   `json:"defaultInProduction,omitempty"`
	Changes    []string `json:"changes,omitempty"`
	Meaning    string   `json:"meaning"`
}

func explanationOf(field reference.Field) explanation {
	e := explanation{
		Path: field.Path, Type: field.Type, Allowed: field.Allowed, Required: field.Required,
		Staging: field.Staging, Production: field.Production, Meaning: field.Meaning,
	}
	for _, effect := range field.Changes {
		e.Changes = append(e.Changes, effectText(effect))
	}
	return e
}
