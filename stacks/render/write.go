package render

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Write writes the objects to out as one stream of YAML documents, in their order. The error is that of out.
func Write(out io.Writer, objects []Object) error {
	for _, object := range objects {
		raw, err := encode(object)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "---\n%s", raw); err != nil {
			return fmt.Errorf("writing the manifests: %w", err)
		}
	}
	return nil
}

// Split writes each object to a file in dir, which it creates if needed. The names are
// numbered in order: 001-namespace-blog.yaml. Split removes the numbered files of an earlier
// run and leaves other files alone. It returns the paths in order. The files are readable by
// their owner only, because they may contain secrets. The error names the file that could not be written.
func Split(dir string, objects []Object) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating the directory of manifests: %w", err)
	}
	if err := removeNumbered(dir); err != nil {
		return nil, err
	}
	var paths []string
	for i, object := range objects {
		raw, err := encode(object)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, fmt.Sprintf("%03d-%s-%s.yaml", i+1, strings.ToLower(object.Kind()), object.Name()))
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			return nil, fmt.Errorf("writing a manifest: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

var numbered = regexp.MustCompile(`^\d{3}-[a-z]+-.*\.yaml$`)

func removeNumbered(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading the directory of manifests: %w", err)
	}
	for _, entry := range entries {
		if !numbered.MatchString(entry.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("removing an old manifest: %w", err)
		}
	}
	return nil
}

func encode(object Object) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(object.Manifest); err != nil {
		return nil, fmt.Errorf("writing the manifest of %s: %w", object.URN, err)
	}
	return out.Bytes(), nil
}
