package configurations

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// Valid generates configurations of a cloud until one is valid. It returns that one and how many it generated.
func (g *Generator) Valid(cloud spec.Cloud) (environments.Environment, int, error) {
	const most = 1000
	for tried := 1; tried <= most; tried++ {
		environment := g.Next(cloud)
		raw, err := json.Marshal(environment)
		if err != nil {
			return nil, tried, fmt.Errorf("writing a generated configuration: %w", err)
		}
		_, err = spec.Parse(raw, environments.Stack)
		var problems spec.Problems
		if err == nil {
			return environment, tried, nil
		}
		if !errors.As(err, &problems) {
			return nil, tried, fmt.Errorf("checking %s: %w", raw, err)
		}
	}
	return nil, most, fmt.Errorf("none of %d configurations of cloud %s is valid", most, cloud)
}

// File returns a configuration as the text of Pulumi.<stack>.yaml. Its secrets are encrypted for a passphrase that does not
// exist; a rehearsal and a rendering replace them.
func File(environment environments.Environment) ([]byte, error) {
	secret, _ := encrypted("", map[string]any(environment)).(map[string]any)
	text, err := stackfile.WithEnvironment(environments.Project, secret).Encode()
	if err != nil {
		return nil, fmt.Errorf("writing a generated configuration: %w", err)
	}
	return text, nil
}

// encrypted returns a value of a path with every secret below it replaced.
func encrypted(path string, value any) any {
	if spec.IsSecret(path) && !hasNames(value) {
		return map[string]any{"secure": "v1:of:another:passphrase"}
	}
	switch node := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, child := range node {
			below := name
			if path != "" {
				below = path + "." + name
			}
			object[name] = encrypted(below, child)
		}
		return object
	case []any:
		list := make([]any, len(node))
		for i, child := range node {
			list[i] = encrypted(fmt.Sprintf("%s[%d]", path, i), child)
		}
		return list
	default:
		return value
	}
}

// hasNames reports whether a value is a map whose values are secret, and whose names are not.
func hasNames(value any) bool {
	_, is := value.(map[string]any)
	return is
}
