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
	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// Files returns every derived file by its path, for a folder that holds the
// package of the types.
func Files(folder string) (map[string][]byte, error) {
	schema, err := schema(folder)
	if err != nil {
		return nil, err
	}
	root := filepath.Join(folder, "..", "..")
	docs := filepath.Join(root, "docs")
	files := map[string][]byte{
		filepath.Join(folder, "schema.json"): schema,
		filepath.Join(docs, "contract.md"):   []byte(contractPage()),
	}
	configuration, err := pages(schema)
	if err != nil {
		return nil, err
	}
	changes, err := changePages()
	if err != nil {
		return nil, err
	}
	stack, err := reference.StackSchema(schema)
	if err != nil {
		return nil, err
	}
	files[filepath.Join(root, reference.StackSchemaPath)] = stack
	for _, group := range []map[string]string{configuration, changes} {
		for path, text := range group {
			files[filepath.Join(docs, path)] = []byte(text)
		}
	}
	return files, nil
}

// schema is the JSON Schema of the environment value.
func schema(folder string) ([]byte, error) {
	reflector := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true, Mapper: typed}
	if err := reflector.AddGoComments("github.com/djangostack/djangostack/stacks/spec", folder); err != nil {
		return nil, fmt.Errorf("reading the comments of the types: %w", err)
	}
	schema := reflector.Reflect(&spec.Environment{})
	schema.Title = "djangostack:environment"
	return encode(schema)
}

func encode(schema any) ([]byte, error) {
	out, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the schema: %w", err)
	}
	return append(out, '\n'), nil
}

// typed describes the types that are strings in a special form: an image's name, and an
// amount as Kubernetes writes it
// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
func typed(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[spec.ImageName]():
		return &jsonschema.Schema{Type: "string", Pattern: spec.ImageNamePattern}
	case reflect.TypeFor[spec.Quantity]():
		return &jsonschema.Schema{Type: "string", Pattern: spec.QuantityPattern}
	default:
		return nil
	}
}
