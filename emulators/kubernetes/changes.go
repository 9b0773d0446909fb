package kubernetes

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// change is one difference between two inputs: a path of field names and indexes, and the value before and after. nil
// is no value.
type change struct {
	path          []any
	before, after any
}

func (c change) String() string { return resource.PropertyPath(c.path).String() }

// changesBetween returns the differences in the order of their paths.
func changesBetween(before, after object) []change {
	return compareMaps(nil, before, after)
}

func compareMaps(path []any, before, after map[string]any) []change {
	var changes []change
	keys := slices.Collect(maps.Keys(before))
	for key := range after {
		if _, has := before[key]; !has {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		changes = append(changes, compare(join(path, key), before[key], after[key])...)
	}
	return changes
}

func compareLists(path []any, before, after []any) []change {
	var changes []change
	for i := range max(len(before), len(after)) {
		changes = append(changes, compare(join(path, i), element(before, i), element(after, i))...)
	}
	return changes
}

func compare(path []any, before, after any) []change {
	switch old := before.(type) {
	case map[string]any:
		if fields, ok := after.(map[string]any); ok {
			return compareMaps(path, old, fields)
		}
	case []any:
		if list, ok := after.([]any); ok {
			return compareLists(path, old, list)
		}
	}
	// An unknown value can become anything, so it always counts as a change.
	if !hasUnknown(after) && sameLeaf(fieldNames(path), before, after) {
		return nil
	}
	return []change{{path, before, after}}
}

func join(path []any, step any) []any { return append(path[:len(path):len(path)], step) }

func element(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// fieldNames returns a path without indexes.
func fieldNames(path []any) []string {
	var names []string
	for _, step := range path {
		if name, ok := step.(string); ok {
			names = append(names, name)
		}
	}
	return names
}
