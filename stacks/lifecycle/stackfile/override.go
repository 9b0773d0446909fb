package stackfile

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Override changes one value of the environment for one run.
type Override struct {
	// Path in the environment: app.image, workers[0].replicas.
	Path string
	// Value is a string, number, boolean, nil, list or object.
	Value any
}

// ParseOverride parses path=value. The value has the type that YAML gives a scalar: 3 is a number, true a
// boolean, and "3" and everything else a string. [...] and {...} are a list and an object. No value is the empty
// string.
func ParseOverride(text string) (Override, error) {
	path, value, found := strings.Cut(text, "=")
	path = strings.TrimSpace(path)
	if !found || path == "" {
		return Override{}, fmt.Errorf("override %s: write path=value, for example app.image=registry.example/shop:1.4", pathOf(text))
	}
	if _, err := parsePath(path); err != nil {
		return Override{}, err
	}
	typed, err := parseValue(value)
	if err != nil {
		return Override{}, fmt.Errorf("override %s: %w", path, err)
	}
	return Override{Path: path, Value: typed}, nil
}

// Apply sets the overrides in the environment, in order. It creates missing objects. A list grows only by its
// next index.
func (f *File) Apply(overrides []Override) error {
	if len(overrides) == 0 {
		return nil
	}
	key, environment, err := f.environment()
	if err != nil {
		return err
	}
	for _, override := range overrides {
		steps, err := parsePath(override.Path)
		if err != nil {
			return err
		}
		if environment, err = set(environment, steps, override.Value); err != nil {
			return fmt.Errorf("override %s: %w", override.Path, err)
		}
	}
	config, err := f.config()
	if err != nil {
		return err
	}
	config[key] = environment
	f.root["config"] = config
	return nil
}

// CheckOverrides refuses secrets as overrides: they would be in the arguments of the command,
// which other users see, and in plain text in the workspace's copy of the file. The error names every path.
func CheckOverrides(overrides []Override) error {
	var problems []error
	for _, override := range overrides {
		steps, err := parsePath(override.Path)
		if err != nil {
			return err
		}
		for _, path := range spec.PlainSecrets(written(steps), override.Value) {
			problems = append(problems, fmt.Errorf("override %s: is secret and must be encrypted in the stack's file instead: djangostack config secret -s STACK %s", path, path))
		}
	}
	return errors.Join(problems...)
}

// written returns a path as messages and package spec write it.
func written(steps resource.PropertyPath) string {
	path := ""
	for _, step := range steps {
		if index, isIndex := step.(int); isIndex {
			path += fmt.Sprintf("[%d]", index)
			continue
		}
		path = join(path, fmt.Sprint(step))
	}
	return path
}

var leadingPath = regexp.MustCompile(`^[A-Za-z0-9_.\[\]-]*`)

// pathOf returns the part of an override that can be its path, for a message that must not
// print a value.
func pathOf(text string) string {
	const longest = 100
	path := leadingPath.FindString(text)
	return fmt.Sprintf("%q", path[:min(len(path), longest)])
}

func parsePath(path string) (resource.PropertyPath, error) {
	steps, err := resource.ParsePropertyPathStrict(path)
	if err != nil || len(steps) == 0 {
		return nil, fmt.Errorf("override %s: write the path as app.env.NAME or workers[0].replicas, for example", pathOf(path))
	}
	return steps, nil
}

func parseValue(text string) (any, error) {
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return nil, fmt.Errorf("the value is not a YAML list or object: %s", withoutValues(err))
		}
		return value, nil
	}
	if text == "" {
		return "", nil
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil || !isScalar(node) {
		return text, nil
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return nil, fmt.Errorf("the value is not YAML: %s", withoutValues(err))
	}
	switch value.(type) {
	case string, bool, int, int64, uint64, float64, nil:
		return value, nil
	default: // a date; the environment has none
		return text, nil
	}
}

func isScalar(document yaml.Node) bool {
	return len(document.Content) == 1 && document.Content[0].Kind == yaml.ScalarNode
}

// set returns the value with the part at the path replaced.
func set(value any, steps resource.PropertyPath, replacement any) (any, error) {
	if len(steps) == 0 {
		return replacement, nil
	}
	switch step := steps[0].(type) {
	case string:
		node, isMap := value.(map[string]any)
		if value != nil && !isMap {
			return nil, fmt.Errorf("%q is in a value that is not an object", step)
		}
		if node == nil {
			node = map[string]any{}
		}
		child, err := set(node[step], steps[1:], replacement)
		if err != nil {
			return nil, err
		}
		node[step] = child
		return node, nil
	case int:
		list, isList := value.([]any)
		if value != nil && !isList {
			return nil, fmt.Errorf("[%d] is in a value that is not a list", step)
		}
		if step < 0 || step > len(list) {
			return nil, fmt.Errorf("[%d] is outside a list of length %d", step, len(list))
		}
		if step == len(list) {
			list = append(list, nil)
		}
		child, err := set(list[step], steps[1:], replacement)
		if err != nil {
			return nil, err
		}
		list[step] = child
		return list, nil
	default:
		return nil, fmt.Errorf("%v in the path is neither a name nor an index", step)
	}
}
