package describe

import (
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"
)

const introduction = `# Configuration

Everything about an environment stands in one object, ` + "`djangostack:environment`" + `, in ` + "`Pulumi.<stack>.yaml`" + `.
Unknown fields, wrong types and contradictions are errors, all named at once, before anything is touched:
` + "`djangostack config validate Pulumi.<stack>.yaml`" + ` tells without touching anything at all.
This page is generated from the types in ` + "`stacks/spec`" + ` by ` + "`make generate`" + `; editors can use
` + "`stacks/spec/schema.json`" + `.

| field | form | meaning |
|---|---|---|
`

// page writes the reference of every field, in the order of the types.
func page(schema *jsonschema.Schema) string {
	var b strings.Builder
	b.WriteString(introduction)
	rows(&b, schema, schema, "")
	return b.String()
}

func rows(b *strings.Builder, root, object *jsonschema.Schema, prefix string) {
	required := map[string]bool{}
	for _, name := range object.Required {
		required[name] = true
	}
	for pair := object.Properties.Oldest(); pair != nil; pair = pair.Next() {
		field := pair.Value
		inner := resolve(root, field)
		path := prefix + pair.Key
		meaning := field.Description
		if required[pair.Key] {
			meaning = "**Required.** " + meaning
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", path, form(root, field), strings.ReplaceAll(meaning, "\n", " "))
		if inner.Items != nil {
			inner, path = resolve(root, inner.Items), path+"[]"
		}
		if inner.Properties != nil && inner.Properties.Len() > 0 {
			rows(b, root, inner, path+".")
		}
	}
}

func form(root, field *jsonschema.Schema) string {
	inner := resolve(root, field)
	switch {
	case len(inner.Enum) > 0:
		var values []string
		for _, value := range inner.Enum {
			values = append(values, fmt.Sprintf("`%v`", value))
		}
		return strings.Join(values, ", ")
	case inner.Items != nil:
		return "list of " + form(root, inner.Items)
	case inner.AdditionalProperties != nil && inner.AdditionalProperties.Type != "":
		return "map of " + inner.AdditionalProperties.Type
	case inner.Minimum != "" && inner.Maximum != "":
		return fmt.Sprintf("%s, %s to %s", inner.Type, inner.Minimum, inner.Maximum)
	default:
		return inner.Type
	}
}

func resolve(root, schema *jsonschema.Schema) *jsonschema.Schema {
	if name, isReference := strings.CutPrefix(schema.Ref, "#/$defs/"); isReference {
		return root.Definitions[name]
	}
	return schema
}
