package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// encode returns a schema as JSON, sorted, with one resource, function or type a line.
func encode(schema *cloud.Schema) ([]byte, error) {
	var out strings.Builder
	version, err := json.Marshal(schema.Version)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(schema.Config)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "{\"version\": %s,\n\"config\": %s", version, config)
	for _, section := range []struct {
		name  string
		lines func() (string, error)
	}{
		{"resources", func() (string, error) { return lines(schema.Resources) }},
		{"functions", func() (string, error) { return lines(schema.Functions) }},
		{"types", func() (string, error) { return lines(schema.Types) }},
	} {
		text, err := section.lines()
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", section.name, err)
		}
		fmt.Fprintf(&out, ",\n%q: {\n%s\n}", section.name, text)
	}
	out.WriteString("\n}\n")
	return []byte(out.String()), nil
}

func lines[T any](values map[string]T) (string, error) {
	all := make([]string, 0, len(values))
	for name, value := range values {
		encoded, err := json.Marshal(value)
		if err != nil {
			return "", err
		}
		all = append(all, fmt.Sprintf("%q: %s", name, encoded))
	}
	slices.Sort(all)
	return strings.Join(all, ",\n"), nil
}
