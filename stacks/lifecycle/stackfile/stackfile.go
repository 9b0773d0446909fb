// Package stackfile reads a stack's configuration file, Pulumi.<stack>.yaml. It finds the environment in
// it, applies overrides for one run, and encodes the copy for a workspace. It never writes to the file that
// it read. It imports Pulumi's property paths, a YAML parser, and package spec, which knows what is secret.
package stackfile

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// EnvironmentKey is the name of the environment in a project's configuration. A file writes it as
// <project>:environment or as environment.
const EnvironmentKey = "environment"

// File is one stack's configuration file.
type File struct {
	// Path of the file. Empty if it was not read from a file.
	Path string

	project string
	root    map[string]any
}

// Read reads the configuration file of a stack of the project. For a missing file, IsMissing(err) is true.
func Read(path, project string) (*File, error) {
	raw, err := readBounded(path, MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("reading the stack's configuration: %w", err)
	}
	file, err := Decode(raw, project)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	file.Path = path
	return file, nil
}

// Decode parses the text of a configuration file. It refuses what would be ignored: keys that
// nothing reads, and a second document.
func Decode(raw []byte, project string) (*File, error) {
	root, err := decodeYAML(raw)
	if err != nil {
		return nil, err
	}
	file := &File{project: project, root: root}
	config, err := file.config()
	if err != nil {
		return nil, err
	}
	if err := file.checkKeys(config); err != nil {
		return nil, err
	}
	return file, nil
}

// Empty returns an empty configuration.
func Empty(project string) *File {
	return &File{project: project, root: map[string]any{}}
}

// WithEnvironment returns a configuration that only has the environment, for callers without a file. It copies
// the value: maps with string keys, slices, and what they hold.
func WithEnvironment(project string, environment map[string]any) *File {
	key := project + ":" + EnvironmentKey
	return &File{project: project, root: map[string]any{"config": map[string]any{key: plain(reflect.ValueOf(environment))}}}
}

// plain copies a value, with map[string]any for every map and []any for every slice: what looks for secrets knows no
// other types.
func plain(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Interface, reflect.Pointer:
		return plain(value.Elem())
	case reflect.Map:
		object := make(map[string]any, value.Len())
		for _, key := range value.MapKeys() {
			object[fmt.Sprint(key)] = plain(value.MapIndex(key))
		}
		return object
	case reflect.Slice:
		list := make([]any, value.Len())
		for i := range list {
			list[i] = plain(value.Index(i))
		}
		return list
	case reflect.String:
		return value.String()
	default:
		return value.Interface()
	}
}

func deepCopy(value any) any {
	switch node := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(node))
		for name, child := range node {
			out[name] = deepCopy(child)
		}
		return out
	case []any:
		out := make([]any, len(node))
		for i, child := range node {
			out[i] = deepCopy(child)
		}
		return out
	default:
		return node
	}
}

// Encode returns the whole configuration as YAML.
func (f *File) Encode() ([]byte, error) {
	raw, err := yaml.Marshal(f.root)
	if err != nil {
		return nil, fmt.Errorf("writing the stack's configuration: %w", err)
	}
	return raw, nil
}

// environment returns the environment and its key. If the file has none, the value is nil.
func (f *File) environment() (key string, value any, err error) {
	config, err := f.config()
	if err != nil {
		return "", nil, err
	}
	qualifiedKey := f.project + ":" + EnvironmentKey
	qualified, hasQualified := config[qualifiedKey]
	bare, hasBare := config[EnvironmentKey]
	if hasQualified && hasBare {
		return "", nil, fmt.Errorf("config has both %s and %s: keep one", qualifiedKey, EnvironmentKey)
	}
	if hasBare {
		return EnvironmentKey, bare, nil
	}
	return qualifiedKey, qualified, nil
}

// Text returns the string at a path in the environment, or "" if there is none.
func (f *File) Text(steps ...string) string {
	_, value, err := f.environment()
	if err != nil {
		return ""
	}
	for _, step := range steps {
		node, _ := value.(map[string]any)
		value = node[step]
	}
	text, _ := value.(string)
	return text
}

func (f *File) config() (map[string]any, error) {
	value, exists := f.root["config"]
	if !exists || value == nil {
		return map[string]any{}, nil
	}
	config, isMap := value.(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("config must be an object, not %T", value)
	}
	return config, nil
}

// IsMissing reports whether an error of Read means that the file does not exist.
func IsMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
