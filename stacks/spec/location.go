package spec

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// path returns a location as it is written in --set: workers[0].queues.
func path(at []string) string {
	if len(at) == 0 {
		return "environment"
	}
	var b strings.Builder
	for _, step := range at {
		if _, err := strconv.Atoi(step); err == nil {
			b.WriteString("[" + step + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(maskedStep(step))
	}
	return b.String()
}

// stepsOf returns the steps of a path such as workers[0].queues.
func stepsOf(path string) []string {
	return strings.Split(steps(path), ".")
}

func lookup(value any, at []string) any {
	for _, step := range at {
		switch node := value.(type) {
		case map[string]any:
			value = node[step]
		case []any:
			index, err := strconv.Atoi(step)
			if err != nil || index >= len(node) {
				return nil
			}
			value = node[index]
		default:
			return nil
		}
	}
	return value
}

// shown returns a value as text, unless it is secret, may be one, or is no single value. A
// text or number instead of an object or a list says nothing that helps, and may be the URL
// of a server with its password.
func shown(at []string, value any, wanted ...string) string {
	if secret(at) {
		return hidden
	}
	switch value.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	if besideSecret(path(at)) {
		return hidden
	}
	if _, isSwitch := value.(bool); !isSwitch && (slices.Contains(wanted, "object") || slices.Contains(wanted, "array")) {
		return ""
	}
	if text, isText := value.(string); isText {
		return quoted(text)
	}
	return fmt.Sprint(value)
}

func secret(at []string) bool { return IsSecret(path(at)) }

// properties lists the fields that the schema knows at a location.
func properties(schema *jsonschema.Schema, at []string) []string {
	schema = resolve(descend(schema, at))
	if schema == nil {
		return nil
	}
	names := make([]string, 0, len(schema.Properties))
	for name := range schema.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// described returns the schema's description of the nearest described field.
func described(schema *jsonschema.Schema, at []string) string {
	for end := len(at); end > 0; end-- {
		if found := descend(schema, at[:end]); found != nil && found.Description != "" {
			return strings.TrimSuffix(found.Description, ".")
		}
	}
	return "see the schema"
}

func descend(schema *jsonschema.Schema, at []string) *jsonschema.Schema {
	for _, step := range at {
		schema = resolve(schema)
		if schema == nil {
			return nil
		}
		next := schema.Properties[step]
		if next == nil {
			next = schema.Items2020
		}
		if values, isSchema := schema.AdditionalProperties.(*jsonschema.Schema); next == nil && isSchema {
			next = values
		}
		schema = next
	}
	return schema
}

func resolve(schema *jsonschema.Schema) *jsonschema.Schema {
	for schema != nil && schema.Ref != nil {
		schema = schema.Ref
	}
	return schema
}

func list(values []any) string {
	texts := make([]string, 0, len(values))
	for _, value := range values {
		texts = append(texts, fmt.Sprintf("%v", value))
	}
	return strings.Join(texts, ", ")
}
