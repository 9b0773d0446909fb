// Package architecture draws the program's packages from its source and holds
// docs/architecture.md against it. It reads imports only, so nothing is compiled.
package architecture

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Module is the path that the program's own imports begin with.
const Module = "github.com/djangostack/djangostack"

// Graph holds the imports between boxes of the picture: box to the boxes it imports.
type Graph map[string]map[string]bool

// Read returns the graph of the Go files below the root, without tests. The error is a
// file that cannot be parsed.
func Read(root string) (Graph, error) {
	graph := Graph{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skip(filepath.ToSlash(path), entry.Name(), path == root)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		return graph.add(path, filepath.ToSlash(folder))
	})
	if err != nil {
		return nil, fmt.Errorf("reading the packages below %s: %w", root, err)
	}
	return graph, nil
}

// skip leaves out folders that hold no package of the program.
func skip(path, name string, root bool) error {
	if root {
		return nil
	}
	if strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" {
		return fs.SkipDir
	}
	for _, module := range []string{"/local", "/tools", "/tests", "/examples", "/docs", "/scripts"} {
		if strings.HasSuffix(path, module) && !strings.Contains(strings.TrimSuffix(path, module), "/components") {
			return fs.SkipDir
		}
	}
	return nil
}

func (g Graph) add(path, folder string) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		return fmt.Errorf("parsing %s: %w", path, err)
	}
	from := box(folder)
	if g[from] == nil {
		g[from] = map[string]bool{}
	}
	for _, imported := range file.Imports {
		name, err := strconv.Unquote(imported.Path.Value)
		if err != nil {
			return fmt.Errorf("reading an import of %s: %w", path, err)
		}
		rest, own := strings.CutPrefix(name, Module+"/")
		if to := box(rest); own && to != from {
			g[from][to] = true
		}
	}
	return nil
}

// box is the node of the picture that a package belongs to. Packages that hold only
// values or helpers share one.
func box(folder string) string {
	parts := strings.Split(folder, "/")
	switch {
	case folder == ".":
		return "main"
	case parts[0] == "cmd", parts[0] == "emulators":
		return strings.Join(parts[:min(2, len(parts))], "/") + map[bool]string{true: "/…"}[parts[0] == "emulators" && len(parts) > 1]
	case parts[0] == "components" && len(parts) > 1:
		if slices.Contains([]string{"aws", "gcp", "kubernetes", "django"}, parts[1]) && len(parts) == 2 {
			return folder
		}
		return "components/… (values and helpers)"
	case parts[0] == "stacks" && len(parts) > 2:
		return strings.Join(parts[:2], "/")
	}
	return folder
}

// Reduced returns the graph without arrows that follow from others.
func (g Graph) Reduced() Graph {
	reduced := Graph{}
	for from, all := range g {
		reduced[from] = map[string]bool{}
		for to := range all {
			if !g.reaches(from, to) {
				reduced[from][to] = true
			}
		}
	}
	return reduced
}

// reaches says whether from imports to by way of another box.
func (g Graph) reaches(from, to string) bool {
	seen := map[string]bool{from: true}
	var walk func(at string) bool
	walk = func(at string) bool {
		if seen[at] {
			return false
		}
		seen[at] = true
		if g[at][to] {
			return true
		}
		for next := range g[at] {
			if next != to && walk(next) {
				return true
			}
		}
		return false
	}
	for next := range g[from] {
		if next != to && walk(next) {
			return true
		}
	}
	return false
}

// Mermaid draws the graph from the top down.
func (g Graph) Mermaid() string {
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	names := slices.Sorted(maps.Keys(g))
	for i, name := range names {
		fmt.Fprintf(&b, "  p%d[\"%s\"]\n", i, name)
	}
	for i, from := range names {
		for _, to := range slices.Sorted(maps.Keys(g[from])) {
			fmt.Fprintf(&b, "  p%d --> p%d\n", i, slices.Index(names, to))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// Cycle names boxes that import each other, or nothing.
func (g Graph) Cycle() []string {
	for _, from := range slices.Sorted(maps.Keys(g)) {
		if g.reaches(from, from) || g[from][from] {
			return []string{from}
		}
		for to := range g[from] {
			if g[to][from] {
				return []string{from, to}
			}
		}
	}
	return nil
}
