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
	plain, err := withSecrets(value, "", func(path, _ string) string { return secret(path) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return raw, nil
}

// MaskedEnvironment returns the environment as plain data with the types of JSON. Each encrypted value is replaced
// by mask(encrypted), where encrypted is its ciphertext. If the file has no environment, the result is empty.
func (f *File) MaskedEnvironment(mask func(encrypted string) string) (map[string]any, error) {
	environment := map[string]any{}
	key, value, err := f.environment()
	if err != nil || value == nil {
		return environment, err
	}
	plain, err := withSecrets(value, "", func(_, encrypted string) string { return mask(encrypted) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	if err := json.Unmarshal(raw, &environment); err != nil {
		return nil, fmt.Errorf("%s must be an object: %w", key, err)
	}
	return environment, nil
}

// withSecrets copies a value and replaces every {secure: ...} by secret(path, ciphertext).
func withSecrets(value any, path string, secret func(path, encrypted string) string) (any, error) {
	switch node := value.(type) {
	case map[string]any:
		if isEncrypted(node) {
			encrypted, _ := node[secureKey].(string)
			return secret(path, encrypted), nil
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

// secureKey is the key under which Pulumi writes an encrypted value.
const secureKey = "secure"

// isEncrypted recognizes an encrypted value: {secure: ...}.
func isEncrypted(node map[string]any) bool {
	if len(node) != 1 {
		return false
	}
	_, isText := node[secureKey].(string)
	return isText
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
