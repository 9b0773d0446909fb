package kubernetes

import (
	"reflect"
	"slices"
)

// project reduces a live object to the fields of the inputs, so that fields that the server filled in are no
// difference. A value that the server only writes differently keeps the form of the inputs.
func project(live, inputs object) object {
	return projectMap(nil, live, inputs)
}

func projectMap(path []string, live, inputs map[string]any) map[string]any {
	projected := make(map[string]any, len(inputs))
	for key, input := range inputs {
		value, has := live[key]
		switch {
		case has:
			projected[key] = projectValue(append(path[:len(path):len(path)], key), value, input)
		case isZero(input):
			// The server omits empty values: {}, false, 0.
			projected[key] = input
		}
	}
	return projected
}

func isZero(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return value == nil || reflect.ValueOf(value).IsZero()
}

func projectValue(path []string, live, input any) any {
	switch input := input.(type) {
	case map[string]any:
		if fields, ok := live.(map[string]any); ok {
			return projectMap(path, fields, input)
		}
	case []any:
		if list, ok := live.([]any); ok {
			return projectList(path, list, input)
		}
	}
	if sameLeaf(path, live, input) {
		return input
	}
	return copyOf(live)
}

// projectList pairs named elements, such as containers, volumes and variables, by name, so that an inserted element
// moves no other. It pairs all others by position.
func projectList(path []string, live, inputs []any) []any {
	names, named := namesOf(inputs)
	liveNames, liveNamed := namesOf(live)
	projected := make([]any, 0, len(inputs))
	for i, input := range inputs {
		at := i
		if named && liveNamed {
			at = slices.Index(liveNames, names[i])
		}
		if at >= 0 && at < len(live) {
			projected = append(projected, projectValue(path, live[at], input))
		}
	}
	return projected
}

// namesOf returns the names of a list's elements. It returns false unless each has a unique name.
func namesOf(list []any) ([]string, bool) {
	names := make([]string, 0, len(list))
	for _, element := range list {
		fields, _ := element.(map[string]any)
		name, _ := fields["name"].(string)
		if name == "" || slices.Contains(names, name) {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}
