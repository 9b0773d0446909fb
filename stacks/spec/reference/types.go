package reference

import (
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/djangostack/djangostack/stacks/spec"
)

func resolve(root, schema *jsonschema.Schema) *jsonschema.Schema {
	if name, isReference := strings.CutPrefix(schema.Ref, "#/$defs/"); isReference {
		return root.Definitions[name]
	}
	return schema
}

// isObject tells whether a schema says anything; additionalProperties: false does not.
func isObject(schema *jsonschema.Schema) bool {
	return schema != nil && (schema.Ref != "" || schema.Type != "")
}

func typeOf(root, field *jsonschema.Schema) string {
	inner := resolve(root, field)
	switch {
	case inner.Items != nil:
		return "list of " + typeOf(root, inner.Items)
	case isObject(inner.AdditionalProperties):
		return "map of " + typeOf(root, inner.AdditionalProperties)
	case inner.Pattern == spec.QuantityPattern:
		return "quantity"
	default:
		return inner.Type
	}
}

// allowedOf says which values of a field's type are allowed, for a list those of its entries.
func allowedOf(root, field *jsonschema.Schema) string {
	inner := innermost(root, field)
	switch {
	case len(inner.Enum) > 0:
		return join(inner.Enum)
	case inner.Minimum != "" && inner.Maximum != "":
		return fmt.Sprintf("%s to %s", inner.Minimum, inner.Maximum)
	case inner.Minimum != "":
		return fmt.Sprintf("%s or more", inner.Minimum)
	default:
		return spec.FormOf(inner.Pattern)
	}
}

// innermost is the schema of what a list, a map, or a list of lists holds in the end.
func innermost(root, field *jsonschema.Schema) *jsonschema.Schema {
	inner := resolve(root, field)
	switch {
	case inner.Items != nil:
		return innermost(root, inner.Items)
	case isObject(inner.AdditionalProperties):
		return innermost(root, inner.AdditionalProperties)
	default:
		return inner
	}
}

func join(values []any) string {
	words := make([]string, 0, len(values))
	for _, value := range values {
		words = append(words, fmt.Sprint(value))
	}
	return strings.Join(words, ", ")
}
