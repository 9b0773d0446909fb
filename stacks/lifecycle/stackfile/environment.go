package stackfile

import (
	"encoding/json"
	"fmt"
	"math"
)

// EnvironmentJSON returns the environment as JSON, as the program reads it. Each encrypted value is replaced
// by secret(path), where path is relative to the environment. If the file has no environment, the result is
// empty and the error nil, so that the caller's check can say what is missing.
func (f *File) EnvironmentJSON(secret func(path string) string) ([]byte, error) {
	key, value, err := f.environment()
	if err != nil || value == nil {
		return nil, err
	}
	copied := copier{secret: secret, left: MaxBytes}
	plain, err := copied.copy(value, "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return raw, nil
}

// EncryptedPaths returns the paths of the encrypted values, relative to the environment.
func (f *File) EncryptedPaths() ([]string, error) {
	var paths []string
	_, err := f.EnvironmentJSON(func(path string) string {
		paths = append(paths, path)
		return ""
	})
	return paths, err
}

// copier copies a value and replaces every {secure: ...}. It counts bytes, since anchors can
// make a small file a huge value.
type copier struct {
	secret func(path string) string
	left   int
}

func (c *copier) take(bytes int) error {
	if c.left -= bytes; c.left < 0 {
		return fmt.Errorf("may have at most %d bytes with its anchors filled in", MaxBytes)
	}
	return nil
}

func (c *copier) copy(value any, path string) (any, error) {
	switch node := value.(type) {
	case map[string]any:
		if isEncrypted(node) {
			return c.secret(path), nil
		}
		copied := make(map[string]any, len(node))
		for name, child := range node {
			if err := c.take(len(name)); err != nil {
				return nil, err
			}
			plain, err := c.copy(child, join(path, name))
			if err != nil {
				return nil, err
			}
			copied[name] = plain
		}
		return copied, nil
	case []any:
		copied := make([]any, len(node))
		for i, child := range node {
			plain, err := c.copy(child, fmt.Sprintf("%s[%d]", path, i))
			if err != nil {
				return nil, err
			}
			copied[i] = plain
		}
		return copied, nil
	case map[any]any:
		return nil, fmt.Errorf("%s has a key that is not a string: quote it", path)
	case string:
		return node, c.take(len(node))
	case float64:
		if math.IsInf(node, 0) || math.IsNaN(node) {
			return nil, fmt.Errorf("%s is a number that JSON does not have: quote it, if it is a text", path)
		}
		return node, c.take(1)
	default:
		return node, c.take(1)
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
