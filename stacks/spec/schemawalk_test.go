package spec_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/djangostack/djangostack/stacks/spec"
)

// node is what these tests read of a schema.
type node struct {
	Ref                  string          `json:"$ref"`
	Type                 string          `json:"type"`
	Enum                 []any           `json:"enum"`
	Pattern              string          `json:"pattern"`
	Properties           map[string]node `json:"properties"`
	Items                *node           `json:"items"`
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
	Definitions          map[string]node `json:"$defs"`
}

// fields are the paths of all fields of the schema: lists with the index 0, maps with a key.
var fields = sync.OnceValue(func() []string {
	var root node
	if err := json.Unmarshal(spec.Schema(), &root); err != nil {
		panic(err)
	}
	var paths []string
	root.walk(root.Definitions, "", func(path string, _ node) { paths = append(paths, path) })
	slices.Sort(paths)
	return paths
})

// walk visits a field and all below it.
func (n node) walk(definitions map[string]node, path string, visit func(path string, field node)) {
	if n.Ref != "" {
		n = definitions[strings.TrimPrefix(n.Ref, "#/$defs/")]
	}
	if path != "" {
		visit(path, n)
	}
	for name, child := range n.Properties {
		child.walk(definitions, strings.TrimPrefix(path+"."+name, "."), visit)
	}
	if n.Items != nil {
		n.Items.walk(definitions, path+".0", visit)
	}
	var values node
	if json.Unmarshal(n.AdditionalProperties, &values) == nil && (values.Type != "" || values.Ref != "") {
		values.walk(definitions, path+".KEY", visit)
	}
}

// put sets a value at a path such as workers.0.name, and makes what is missing above it.
func put(document map[string]any, path string, value any) {
	steps := strings.Split(path, ".")
	var holder any = document
	for i, step := range steps {
		last := i == len(steps)-1
		var next any = map[string]any{}
		if !last && steps[i+1] == "0" {
			next = []any{nil}
		}
		if last {
			next = value
		}
		switch node := holder.(type) {
		case map[string]any:
			if existing, has := node[step]; !last && has && sameKind(existing, next) {
				next = existing
			}
			node[step] = next
		case []any:
			if existing := node[0]; !last && sameKind(existing, next) {
				next = existing
			}
			node[0] = next
		}
		holder = next
	}
}

func sameKind(a, b any) bool {
	list, isList := a.([]any)
	_, wantsList := b.([]any)
	_, isMap := a.(map[string]any)
	_, wantsMap := b.(map[string]any)
	return isList && wantsList && len(list) > 0 || isMap && wantsMap
}
