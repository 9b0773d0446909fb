package kubernetes

import (
	"encoding/base64"
	"reflect"
	"slices"
)

// project cuts a live object down to the fields the inputs have, so that what the server filled in
// is no difference. A value the server only spells otherwise keeps the spelling of the inputs.
func project(live, inputs object) object {
	projected := projectMap(nil, live, inputs)
	if inputs.text("kind") == "Secret" {
		projectStringData(projected, live, inputs)
	}
	return projected
}

func projectMap(path []string, live, inputs map[string]any) map[string]any {
	projected := make(map[string]any, len(inputs))
	for key, input := range inputs {
		value, has := live[key]
		switch {
		case has:
			projected[key] = projectValue(append(path[:len(path):len(path)], key), value, input)
		case isZero(input):
			// The server does not write down what says nothing: {}, false, 0.
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

// projectList pairs named elements (containers, volumes, variables) by name, so that an element the
// server or another manager put in between moves no other; everything else is paired by position.
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

// namesOf are the names of a list's elements; false unless each has one, and no two the same.
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

// projectStringData reads stringData back from data: the server takes it in and never shows it again.
func projectStringData(projected, live, inputs object) {
	wanted, ok := inputs["stringData"].(map[string]any)
	if !ok {
		return
	}
	data, _ := live["data"].(map[string]any)
	texts := make(map[string]any, len(wanted))
	for key := range wanted {
		encoded, has := data[key].(string)
		if !has {
			continue
		}
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			texts[key] = string(decoded)
		}
	}
	projected["stringData"] = texts
}
