package cli

import (
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// replaceMark begins the comments above the values of a first file that must be replaced. Whoever finds the value right
// removes the comment.
const replaceMark = "# Replace:"

// markedPaths returns the paths in the environment of a stack's file that have a comment with replaceMark above them.
func markedPaths(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the comments of the stack's file: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("reading the comments of %s: %w", path, err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	var found []string
	config := valueOf(document.Content[0], func(key string) bool { return key == "config" })
	environment := valueOf(config, func(key string) bool {
		return key == stackfile.EnvironmentKey || strings.HasSuffix(key, ":"+stackfile.EnvironmentKey)
	})
	addMarked("", environment, &found)
	return found, nil
}

// valueOf returns the value of the first key of an object that matches, or nil.
func valueOf(object *yaml.Node, matches func(key string) bool) *yaml.Node {
	if object == nil || object.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(object.Content); i += 2 {
		if matches(object.Content[i].Value) {
			return object.Content[i+1]
		}
	}
	return nil
}

func addMarked(path string, object *yaml.Node, found *[]string) {
	if object == nil || object.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(object.Content); i += 2 {
		key, value := object.Content[i], object.Content[i+1]
		child := strings.TrimPrefix(path+"."+key.Value, ".")
		// The parser gives a comment above an object's first key to the object.
		comment := key.HeadComment
		if i == 0 {
			comment += object.HeadComment
		}
		if strings.Contains(comment, replaceMark) {
			*found = append(*found, child)
		}
		addMarked(child, value, found)
	}
}
