// Command generate writes what is derived from the types of the environment
// value: its JSON Schema and its reference pages.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/djangostack/djangostack/stacks/spec/internal/describe"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	files, err := describe.Files(".")
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("creating the directory of %s: %w", path, err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("writing %s: %w", path, err)
		}
	}
	return nil
}
