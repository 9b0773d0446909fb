// Package describe derives the JSON Schema and the reference pages of the
// environment value from its Go types and their comments.
package describe

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Files returns every derived file by its path, for a folder that holds the
// package of the types.
func Files(folder string) (map[string][]byte, error) {
	schema, err := schema(folder)
	if err != nil {
		return nil, err
	}
	out, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	docs := filepath.Join(folder, "..", "..", "docs")
	return map[string][]byte{
		filepath.Join(folder, "schema.json"):    append(out, '\n'),
		filepath.Join(docs, "configuration.md"): []byte(page(schema)),
		filepath.Join(docs, "contract.md"):      []byte(contractPage()),
	}, nil
}

func schema(folder string) (*jsonschema.Schema, error) {
	reflector := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: quantity}
	if err := reflector.AddGoComments("github.com/djangostack/djangostack/stacks/spec", folder); err != nil {
		return nil, fmt.Errorf("reading the comments of the types: %w", err)
	}
	schema := reflector.Reflect(&spec.Environment{})
	schema.Title = "djangostack:environment"
	return schema, nil
}

// quantity describes an amount as Kubernetes writes it
// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
func quantity(t reflect.Type) *jsonschema.Schema {
	if t != reflect.TypeFor[spec.Quantity]() {
		return nil
	}
	return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$`}
}
