package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// goMod is what "go mod edit -json" says of a go.mod.
type goMod struct {
	Require []struct {
		Path     string
		Indirect bool
	}
	Tool []struct{ Path string }
}

// module is what "go list -m -u -json" says of a module.
type module struct {
	release
	Path            string
	Replace, Update *release
	Error           *struct{ Err string }
}

type release struct {
	Version string
	Time    time.Time
}

// reportModules names, for every go.mod below root, the direct dependencies that have newer releases.
func reportModules(ctx context.Context, out *bytes.Buffer, root string) error {
	folders, err := moduleFolders(root)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		modules, err := listed(ctx, filepath.Join(root, folder))
		if err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
		fmt.Fprintf(out, "Modules of %s:\n", filepath.Join(folder, "go.mod"))
		quiet := true
		for _, m := range modules {
			if line := m.judge(); line != "" {
				quiet = false
				fmt.Fprintf(out, "  %s\n", line)
			}
		}
		if quiet {
			fmt.Fprintln(out, "  all are the newest")
		}
	}
	return nil
}

// moduleFolders finds the folders of the go.mod files below root.
func moduleFolders(root string) ([]string, error) {
	var folders []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !entry.IsDir() && entry.Name() == "go.mod":
			folder, err := filepath.Rel(root, filepath.Dir(path))
			folders = append(folders, folder)
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for go.mod files: %w", err)
	}
	return folders, nil
}

// listed asks for the direct dependencies of one go.mod, each with its newest release.
func listed(ctx context.Context, folder string) ([]module, error) {
	content, err := command(ctx, folder, "mod", "edit", "-json")
	if err != nil {
		return nil, err
	}
	var parsed goMod
	if err := json.Unmarshal(content, &parsed); err != nil {
		return nil, fmt.Errorf("reading go.mod: %w", err)
	}
	paths := parsed.direct()
	if len(paths) == 0 {
		return nil, nil
	}
	content, err = command(ctx, folder, append([]string{"list", "-m", "-u", "-e", "-json"}, paths...)...)
	if err != nil {
		return nil, err
	}
	return parseModules(content)
}

func parseModules(content []byte) ([]module, error) {
	var modules []module
	for decoder := json.NewDecoder(bytes.NewReader(content)); ; {
		var m module
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return modules, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading what go list says: %w", err)
		}
		modules = append(modules, m)
	}
}

// direct are the modules that the module's own packages need, and those that hold its tools.
func (g goMod) direct() []string {
	holders := map[string]bool{}
	for _, tool := range g.Tool {
		holder := ""
		for _, r := range g.Require {
			if len(r.Path) > len(holder) && strings.HasPrefix(tool.Path+"/", r.Path+"/") {
				holder = r.Path
			}
		}
		holders[holder] = true
	}
	var paths []string
	for _, r := range g.Require {
		if !r.Indirect || holders[r.Path] {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// judge says what is to be known of a module; nothing of one that is the newest.
func (m module) judge() string {
	current := m.release
	if m.Replace != nil {
		current = *m.Replace
	}
	switch {
	case m.Error != nil:
		return fmt.Sprintf("%s %s: cannot be listed", m.Path, current.Version)
	// A higher version that is older was withdrawn; of a replaced module, go list does not know that.
	case m.Update != nil && m.Update.Version != current.Version && !m.Update.Time.Before(current.Time):
		return fmt.Sprintf("%s %s: %s is there", m.Path, current.Version, m.Update.Version)
	}
	return ""
}

// command runs go in a folder.
func command(ctx context.Context, folder string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = folder
	var faults bytes.Buffer
	c.Stderr = &faults
	content, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args[:2], " "), err, strings.TrimSpace(faults.String()))
	}
	return content, nil
}
