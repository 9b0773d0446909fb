package reference

import (
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"
)

// quantityPattern is the schema's pattern of an amount in Kubernetes' notation.
const quantityPattern = `^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$`

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
	case inner.Pattern == quantityPattern:
		return "quantity"
	default:
		return inner.Type
	}
}

// allowedOf says which values of a field's type are allowed, for a list those of its entries.
func allowedOf(root, field *jsonschema.Schema) string {
	inner := resolve(root, field)
	switch {
	case inner.Items != nil:
		return allowedOf(root, inner.Items)
	case isObject(inner.AdditionalProperties):
		return allowedOf(root, inner.AdditionalProperties)
	case len(inner.Enum) > 0:
		return join(inner.Enum)
	case inner.Minimum != "" && inner.Maximum != "":
		return fmt.Sprintf("%s to %s", inner.Minimum, inner.Maximum)
	case inner.Minimum != "":
		return fmt.Sprintf("%s or more", inner.Minimum)
	case inner.Pattern == quantityPattern:
		return "as Kubernetes writes amounts: 500m, 0.5, 256Mi, 1Gi"
	case inner.Pattern != "":
		return "matches " + inner.Pattern
	default:
		return ""
	}
}

func join(values []any) string {
	words := make([]string, 0, len(values))
	for _, value := range values {
		words = append(words, fmt.Sprint(value))
	}
	return strings.Join(words, ", ")
}
