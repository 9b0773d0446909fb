package stackfile

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/djangostack/djangostack/stacks/spec"
)

// MaskedEnvironment returns the environment as plain data with the types of JSON. Each encrypted value is replaced
// by mask(encrypted), where encrypted is its ciphertext. If the file has no environment, the result is empty. The
// error says that the environment is no object.
func (f *File) MaskedEnvironment(mask func(encrypted string) string) (map[string]any, error) {
	key, value, err := f.environment()
	if err != nil {
		return nil, err
	}
	raw, err := f.EnvironmentJSON(func(path string) string { return mask(ciphertext(value, path)) })
	if err != nil {
		return nil, err
	}
	environment := map[string]any{}
	if len(raw) == 0 {
		return environment, nil
	}
	if err := json.Unmarshal(raw, &environment); err != nil {
		return nil, fmt.Errorf("%s must be an object: %w", key, err)
	}
	return environment, nil
}

// TakeSecrets replaces each secret in plain text by an encrypted value that has the mark as its ciphertext, and returns
// the secrets by their paths. An empty one stays.
func (f *File) TakeSecrets(mark string) map[string]string {
	taken := map[string]string{}
	_, environment, err := f.environment()
	if err != nil {
		return taken
	}
	takeSecrets(environment, "", func(path, value string) any {
		taken[path] = value
		return map[string]any{"secure": mark}
	})
	return taken
}

// takeSecrets replaces the secrets in a value, below a path, by what take returns.
func takeSecrets(value any, path string, take func(path, value string) any) any {
	switch node := value.(type) {
	case map[string]any:
		if isEncrypted(node) {
			return node
		}
		for name, child := range node {
			node[name] = takeSecrets(child, join(path, name), take)
		}
		return node
	case []any:
		for i, child := range node {
			node[i] = takeSecrets(child, fmt.Sprintf("%s[%d]", path, i), take)
		}
		return node
	case nil:
		return nil
	default:
		if text := fmt.Sprint(node); text != "" && spec.IsSecret(path) {
			return take(path, text)
		}
		return node
	}
}

// ciphertext returns the encrypted value at a path, or the path itself if the path cannot be followed.
func ciphertext(value any, path string) string {
	steps, err := resource.ParsePropertyPath(path)
	if err != nil {
		return path
	}
	for _, step := range append(steps, "secure") {
		value = child(value, step)
	}
	if text, isText := value.(string); isText {
		return text
	}
	return path
}

// Copy returns a copy that shares nothing with the file.
func (f *File) Copy() *File {
	root, _ := deepCopy(f.root).(map[string]any)
	return &File{Path: f.Path, project: f.project, root: root}
}

// Unset removes the value at a path of the environment. It is not an error if there is none. An element of a list
// cannot be removed.
func (f *File) Unset(path string) error {
	_, environment, err := f.environment()
	if err != nil {
		return err
	}
	steps, err := parsePath(path)
	if err != nil {
		return err
	}
	last, isName := steps[len(steps)-1].(string)
	if !isName {
		return fmt.Errorf("%s is an element of a list, which cannot be removed", path)
	}
	for _, step := range steps[:len(steps)-1] {
		environment = child(environment, step)
	}
	if object, isObject := environment.(map[string]any); isObject {
		delete(object, last)
	}
	return nil
}

// child returns the part of a value that a step of a path names, or nil.
func child(value, step any) any {
	switch step := step.(type) {
	case string:
		object, _ := value.(map[string]any)
		return object[step]
	case int:
		list, _ := value.([]any)
		if step >= 0 && step < len(list) {
			return list[step]
		}
	}
	return nil
}
