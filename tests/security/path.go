package security

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// step is one part of a path.
type step struct {
	kind stepKind
	key  string
}

type stepKind string

const (
	keyStep  stepKind = "key"
	eachStep stepKind = "each"
	jsonStep stepKind = "json"
)

// stepsOf parses a path: names joined by dots, ["…"] for a name that contains dots, [*] for every element of a list,
// and > for the content of a JSON text. The empty path is the whole value.
func stepsOf(path string) []step {
	var steps []step
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case path[0] == '>':
			steps, path = append(steps, step{kind: jsonStep}), path[1:]
		case strings.HasPrefix(path, "[*]"):
			steps, path = append(steps, step{kind: eachStep}), path[len("[*]"):]
		case strings.HasPrefix(path, `["`):
			key, rest, _ := strings.Cut(path[len(`["`):], `"]`)
			steps, path = append(steps, step{kind: keyStep, key: key}), rest
		default:
			end := strings.IndexAny(path, ".>[")
			if end < 0 {
				end = len(path)
			}
			steps, path = append(steps, step{kind: keyStep, key: path[:end]}), path[end:]
		}
	}
	return steps
}

// valuesAt returns the values at a path, nil for a missing one. [*] returns none for an empty list.
func valuesAt(at any, path string) []any { return follow(at, stepsOf(path)) }

func follow(at any, steps []step) []any {
	if len(steps) == 0 {
		return []any{at}
	}
	switch steps[0].kind {
	case eachStep:
		list, ok := at.([]any)
		if !ok {
			return []any{nil}
		}
		var all []any
		for _, element := range list {
			all = append(all, follow(element, steps[1:])...)
		}
		return all
	case jsonStep:
		return follow(decoded(at), steps[1:])
	default:
		object, _ := at.(map[string]any)
		return follow(object[steps[0].key], steps[1:])
	}
}

func decoded(text any) any {
	var value any
	if text, ok := text.(string); !ok || json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return value
}

// absent removes a value instead of replacing it.
type absent struct{}

// replaced returns a value with another one at a path; in a list, at its first element.
func replaced(at any, steps []step, value any) any {
	if len(steps) == 0 {
		return value
	}
	switch steps[0].kind {
	case eachStep:
		list, _ := at.([]any)
		list = slices.Clone(list)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = replaced(list[0], steps[1:], value)
		return list
	case jsonStep:
		text, err := json.Marshal(replaced(decoded(at), steps[1:], value))
		if err != nil {
			return nil
		}
		return string(text)
	default:
		object, _ := at.(map[string]any)
		object = maps.Clone(object)
		if object == nil {
			object = map[string]any{}
		}
		next := replaced(object[steps[0].key], steps[1:], value)
		object[steps[0].key] = next
		if _, gone := next.(absent); gone {
			delete(object, steps[0].key)
		}
		return object
	}
}
