package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// schemaMistake is one field that does not match the schema.
type schemaMistake struct {
	Problem
	// location of the field; it may be missing.
	location []string
	// known is false for a field that the schema does not have.
	known bool
	// ofType is true for a value of another type than the field's.
	ofType bool
	// meant is the field that a misspelt one probably means.
	meant string
}

// withoutMistakes returns a copy of a configuration without the fields that do not match
// the schema, so that the rest can be checked as well, and the paths of the fields that are
// now missing. The copy is nil when it has no tier or no cloud, since without them there are
// no defaults.
func withoutMistakes(raw []byte, mistakes []schemaMistake) (valid map[string]any, missing []string, err error) {
	value, err := decode(raw)
	if err != nil {
		return nil, nil, err
	}
	valid, isObject := value.(map[string]any)
	if !isObject {
		return nil, nil, nil
	}
	for _, mistake := range mistakes {
		removed := remove(valid, mistake.location)
		if mistake.known {
			missing = append(missing, path(removed))
		}
		if mistake.meant != "" {
			missing = append(missing, mistake.meant)
		}
	}
	if valid["tier"] == nil || valid["cloud"] == nil {
		return nil, missing, nil
	}
	return valid, missing, nil
}

// remove deletes the field at a location and returns what it has deleted. For an element of
// a list that is the whole list, so that the other elements keep their paths.
func remove(object map[string]any, location []string) []string {
	if len(location) == 0 {
		return nil
	}
	var value any = object
	holder, deleted := object, location[:1]
	for i, step := range location {
		switch node := value.(type) {
		case map[string]any:
			holder, deleted = node, location[:i+1]
			value = node[step]
		case []any:
			index, err := strconv.Atoi(step)
			if err != nil || index >= len(node) {
				return deleted
			}
			value = node[index]
		default:
			return deleted
		}
	}
	delete(holder, deleted[len(deleted)-1])
	return deleted
}

// decodeValid decodes an environment over its defaults.
func decodeValid(valid map[string]any) (*Environment, error) {
	raw, err := json.Marshal(valid)
	if err != nil {
		return nil, fmt.Errorf("encoding the environment: %w", err)
	}
	var stated struct {
		Tier  Tier  `json:"tier"`
		Cloud Cloud `json:"cloud"`
	}
	if err := json.Unmarshal(raw, &stated); err != nil {
		return nil, fmt.Errorf("decoding the environment's tier and cloud: %w", err)
	}
	environment := defaults(stated.Tier, stated.Cloud)
	if err := json.Unmarshal(raw, &environment); err != nil {
		var unfit *json.UnmarshalTypeError
		if errors.As(err, &unfit) {
			return nil, Problems{{Path: unfit.Field, Allowed: "is a number that is too large"}}
		}
		return nil, fmt.Errorf("decoding the environment: %w", err)
	}
	return &environment, nil
}

// unrelatedTo returns the problems that do not follow from missing fields: those whose path
// and message name none of them.
func (p Problems) unrelatedTo(missing []string) Problems {
	return slices.DeleteFunc(p, func(problem Problem) bool {
		return slices.ContainsFunc(missing, func(field string) bool {
			return within(problem.Path, field) || within(field, problem.Path) || mentions(problem.Allowed, field)
		})
	})
}

// within reports whether a path is the given field or lies below it.
func within(path, field string) bool {
	rest, has := strings.CutPrefix(path, field)
	return has && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// mentions reports whether a message names a field, or one below it.
func mentions(message, field string) bool {
	for _, word := range strings.Fields(message) {
		if within(strings.TrimRight(word, ",.;:"), field) {
			return true
		}
	}
	return false
}
