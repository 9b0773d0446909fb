package stackfile

import (
	"encoding/json"
	"fmt"
)

// EnvironmentJSON returns the environment as JSON, as the program reads it. Each encrypted value is replaced
// by secret(path), where path is relative to the environment. If the file has no environment, the result is
// empty and the error nil, so that the caller's check can say what is missing.
func (f *File) EnvironmentJSON(secret func(path string) string) ([]byte, error) {
	key, value, err := f.environment()
	if err != nil || value == nil {
		return nil, err
	}
	plain, err := withSecrets(value, "", secret)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return raw, nil
}

// withSecrets copies a value and replaces every {secure: ...}.
func withSecrets(value any, path string, secret func(string) string) (any, error) {
	switch node := value.(type) {
	case map[string]any:
		if isEncrypted(node) {
			return secret(path), nil
		}
		copied := make(map[string]any, len(node))
		for name, child := range node {
			plain, err := withSecrets(child, join(path, name), secret)
			if err != nil {
				return nil, err
			}
			copied[name] = plain
		}
		return copied, nil
	case []any:
		copied := make([]any, len(node))
		for i, child := range node {
			plain, err := withSecrets(child, fmt.Sprintf("%s[%d]", path, i), secret)
			if err != nil {
				return nil, err
			}
			copied[i] = plain
		}
		return copied, nil
	case map[any]any:
		return nil, fmt.Errorf("%s has a key that is not a string: quote it", path)
	default:
		return node, nil
	}
}

// isEncrypted recognizes an encrypted value: {secure: ...}.
func isEncrypted(node map[string]any) bool {
	if len(node) != 1 {
		return false
	}
	_, isText := node["secure"].(string)
	return isText
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
