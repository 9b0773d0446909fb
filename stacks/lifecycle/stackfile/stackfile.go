// Package stackfile reads a stack's configuration file (Pulumi.<stack>.yaml):
// it finds the environment object in it, applies overrides for one run, and
// writes the copy that a workspace uses. It never writes to the file it read.
package stackfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.yaml.in/yaml/v3"
)

// EnvironmentKey is the name of the environment object within a project's
// configuration. In a file it stands as <project>:environment, or bare.
const EnvironmentKey = "environment"

// File is one stack's configuration.
type File struct {
	// Path it was read from; empty for one that was made in memory.
	Path string

	project string
	root    map[string]any
}

// Read reads the configuration of a stack of the project. An absent file is an
// error that errors.Is calls fs.ErrNotExist.
func Read(path, project string) (*File, error) {
	raw, err := os.ReadFile(path)
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

// Decode reads a configuration from the text of its file.
func Decode(raw []byte, project string) (*File, error) {
	root := map[string]any{}
	if err := yaml.Unmarshal(raw, &root); err != nil {
		return nil, fmt.Errorf("it is not a YAML object: %w", err)
	}
	file := &File{project: project, root: root}
	if _, err := file.config(); err != nil {
		return nil, err
	}
	return file, nil
}

// Empty is a configuration that says nothing.
func Empty(project string) *File {
	return &File{project: project, root: map[string]any{}}
}

// WithEnvironment is a configuration that consists of one environment object,
// for callers that hold the environment as a value instead of a file. The value
// itself is never changed.
func WithEnvironment(project string, environment map[string]any) *File {
	key := project + ":" + EnvironmentKey
	return &File{project: project, root: map[string]any{"config": map[string]any{key: deepCopy(environment)}}}
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

// Encode writes the whole configuration as YAML.
func (f *File) Encode() ([]byte, error) {
	raw, err := yaml.Marshal(f.root)
	if err != nil {
		return nil, fmt.Errorf("writing the stack's configuration: %w", err)
	}
	return raw, nil
}

// environment returns the environment object and the key it stands under. A
// missing one is nil with the key it would have.
func (f *File) environment() (key string, value any, err error) {
	config, err := f.config()
	if err != nil {
		return "", nil, err
	}
	qualified := f.project + ":" + EnvironmentKey
	long, hasLong := config[qualified]
	short, hasShort := config[EnvironmentKey]
	if hasLong && hasShort {
		return "", nil, fmt.Errorf("config has both %s and %s: keep one", qualified, EnvironmentKey)
	}
	if hasShort {
		return EnvironmentKey, short, nil
	}
	return qualified, long, nil
}

// Text is the text at a place of the environment; empty where there is none.
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
	value, has := f.root["config"]
	if !has || value == nil {
		return map[string]any{}, nil
	}
	config, isMap := value.(map[string]any)
	if !isMap {
		return nil, fmt.Errorf("config is not an object but %T", value)
	}
	return config, nil
}

// IsMissing says whether an error of Read means that there is no such file.
func IsMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
