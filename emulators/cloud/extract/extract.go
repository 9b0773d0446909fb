// Package extract reads, from the Go source of a Pulumi SDK, which properties each resource and function has: the
// source is at hand wherever the SDK is, and the schema it was made from is not.
package extract

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// List says what is read.
type List struct {
	// Version is the SDK's ("6.83.2").
	Version string
	// Package is the Pulumi package ("aws"), and Root the folder with its Go packages.
	Package, Root string
	// Resources are Go names with their package ("ec2.Vpc").
	Resources []string
	// Functions are names of functions with their package ("route53.getZone"; "getRegion" in the root).
	Functions []string
}

// Read reads what the list names. The error names what could not be found.
func Read(list List) (*cloud.Schema, error) {
	reader := &reader{list: list, packages: map[string]*source{}, schema: &cloud.Schema{
		Version:   list.Version,
		Resources: map[string]cloud.Resource{},
		Functions: map[string]cloud.Function{},
		Types:     map[string]map[string]string{},
	}}
	for _, name := range list.Resources {
		if err := reader.resource(name); err != nil {
			return nil, fmt.Errorf("reading resource %s: %w", name, err)
		}
	}
	for _, name := range list.Functions {
		if err := reader.function(name); err != nil {
			return nil, fmt.Errorf("reading function %s: %w", name, err)
		}
	}
	if err := reader.config(); err != nil {
		return nil, fmt.Errorf("reading the provider: %w", err)
	}
	return reader.schema, nil
}

// Encode writes a schema as it is kept: sorted, one resource or type in a line.
func Encode(schema *cloud.Schema) ([]byte, error) {
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

type reader struct {
	list     List
	packages map[string]*source
	schema   *cloud.Schema
}

// in is the parsed source of one package of the SDK; the root package has no name.
func (r *reader) in(name string) (*source, error) {
	if known, ok := r.packages[name]; ok {
		return known, nil
	}
	parsed, err := parse(filepath.Join(r.list.Root, name))
	if err != nil {
		return nil, err
	}
	parsed.name = name
	r.packages[name] = parsed
	return parsed, nil
}

func split(name string) (pkg, local string) {
	if before, after, has := strings.Cut(name, "."); has {
		return before, after
	}
	return "", name
}
