package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// maskedSecret replaces every secret value.
const maskedSecret = "[secret]"

// unknownValue replaces a value that is known only after the change.
const unknownValue = "[known after the change]"

// PropertyChange is one property that a plan adds, changes or removes.
type PropertyChange struct {
	// Path in the resource's inputs: spec.template.spec.containers[0].image.
	Path string `json:"path"`
	// Kind is add, update or delete, with the suffix -replace if the change forces a replacement.
	Kind string `json:"kind"`
	// Old and New are the values as plain data. A secret is "[secret]".
	Old any `json:"old,omitempty"`
	New any `json:"new,omitempty"`
}

// propertyChanges lists what a step changes, ordered by path.
func propertyChanges(step apitype.StepEventMetadata) []PropertyChange {
	var changes []PropertyChange
	for path, diff := range step.DetailedDiff {
		changes = append(changes, PropertyChange{
			Path: path,
			Kind: string(diff.Kind),
			Old:  oldValue(step, path, diff.InputDiff),
			New:  valueAt(inputs(step.New), path),
		})
	}
	if len(step.DetailedDiff) == 0 {
		for _, path := range step.Diffs {
			changes = append(changes, PropertyChange{
				Path: path, Kind: "update", Old: valueAt(inputs(step.Old), path), New: valueAt(inputs(step.New), path),
			})
		}
	}
	slices.SortFunc(changes, func(a, b PropertyChange) int { return strings.Compare(a.Path, b.Path) })
	return changes
}

// initialProperties lists the inputs of a new resource, ordered by name.
func initialProperties(state *apitype.StepEventStateMetadata) []PropertyChange {
	var changes []PropertyChange
	values := inputs(state)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		changes = append(changes, PropertyChange{Path: name, Kind: "add", New: masked(values[name])})
	}
	return changes
}

// oldValue returns the old value from the inputs, or, if a provider compared with the outputs, from those.
func oldValue(step apitype.StepEventMetadata, path string, inputDiff bool) any {
	if value := valueAt(inputs(step.Old), path); value != nil || inputDiff || step.Old == nil {
		return value
	}
	return valueAt(step.Old.Outputs, path)
}

func inputs(state *apitype.StepEventStateMetadata) map[string]any {
	if state == nil {
		return nil
	}
	return state.Inputs
}

// valueAt returns the masked value at a path. A value below a secret is secret.
func valueAt(root map[string]any, path string) any {
	steps, err := resource.ParsePropertyPath(path)
	if err != nil {
		return nil
	}
	var value any = root
	for _, step := range steps {
		if isWrapped(value) {
			break
		}
		switch node := value.(type) {
		case map[string]any:
			value = node[fmt.Sprint(step)]
		case []any:
			index, isIndex := step.(int)
			if !isIndex || index < 0 || index >= len(node) {
				return nil
			}
			value = node[index]
		default:
			return nil
		}
	}
	return masked(value)
}

// masked copies a serialized property value and replaces secrets and unknown values.
func masked(value any) any {
	switch node := value.(type) {
	case string:
		if node == plugin.UnknownStringValue {
			return unknownValue
		}
		return node
	case []any:
		copied := make([]any, len(node))
		for i, child := range node {
			copied[i] = masked(child)
		}
		return copied
	case map[string]any:
		if isWrapped(node) {
			return wrappedText(node)
		}
		copied := make(map[string]any, len(node))
		for key, child := range node {
			copied[key] = masked(child)
		}
		return copied
	default:
		return node
	}
}

// isWrapped recognizes the engine's wrappers of secrets, assets and outputs.
func isWrapped(value any) bool {
	node, isMap := value.(map[string]any)
	if !isMap {
		return false
	}
	_, has := node[resource.SigKey]
	return has
}

func wrappedText(node map[string]any) any {
	if node[resource.SigKey] == resource.SecretSig {
		return maskedSecret
	}
	return "[file]"
}
