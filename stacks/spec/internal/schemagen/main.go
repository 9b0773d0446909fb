// Command schemagen writes schema.json, the JSON Schema of the environment
// value, from the Go types and their comments.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/djangostack/djangostack/stacks/spec"
)

func main() {
	if err := run("schema.json"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	reflector := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: quantity}
	if err := reflector.AddGoComments("github.com/djangostack/djangostack/stacks/spec", "."); err != nil {
		return fmt.Errorf("reading the comments of the types: %w", err)
	}
	schema := reflector.Reflect(&spec.Environment{})
	schema.Title = "djangostack:environment"
	out, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the schema: %w", err)
	}
	if err := os.WriteFile(path, append(out, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	return nil
}

// quantity describes an amount as Kubernetes writes it
// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
func quantity(t reflect.Type) *jsonschema.Schema {
	if t != reflect.TypeFor[spec.Quantity]() {
		return nil
	}
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$`}
}
