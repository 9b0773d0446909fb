package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestAModuleIsNamedWhenItFallsBehind(t *testing.T) {
	modules, err := parseModules([]byte(`
{"Path": "example.org/newest", "Version": "v1.0.0"}
{"Path": "example.org/behind", "Version": "v1.0.0", "Update": {"Version": "v1.1.0"}}
{"Path": "example.org/replaced", "Version": "v0.0.0", "Replace": {"Version": "v1.1.0"}, "Update": {"Version": "v1.1.0"}}
{"Path": "example.org/replaced-behind", "Version": "v0.0.0", "Replace": {"Version": "v1.1.0"}, "Update": {"Version": "v1.2.0"}}
{"Path": "example.org/withdrawn", "Version": "v0.0.0", "Replace": {"Version": "v0.9.0", "Time": "2026-10-28T08:22:09Z"}, "Update": {"Version": "v1.5.2", "Time": "2021-02-25T12:24:29Z"}}
{"Path": "example.org/refused", "Version": "v2.0.0", "Error": {"Err": "reading the list: 403 Forbidden"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range modules {
		lines = append(lines, m.judge())
	}
	want := []string{
		"",
		"example.org/behind v1.0.0: v1.1.0 is there",
		"",
		"example.org/replaced-behind v1.1.0: v1.2.0 is there",
		"",
		"example.org/refused v2.0.0: cannot be listed",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got %q", lines)
	}
	if _, err := parseModules([]byte("{")); err == nil {
		t.Error("half an answer is taken for a whole one")
	}
}

func TestDirectDependenciesIncludeTheHoldersOfTools(t *testing.T) {
	var parsed goMod
	err := json.Unmarshal([]byte(`{
		"Require": [
			{"Path": "example.org/direct"},
			{"Path": "example.org/indirect", "Indirect": true},
			{"Path": "example.org/linter", "Indirect": true},
			{"Path": "example.org/linter/v2", "Indirect": true}
		],
		"Tool": [{"Path": "example.org/linter/v2/cmd/lint"}]
	}`), &parsed)
	if err != nil {
		t.Fatal(err)
	}
	if got := parsed.direct(); !slices.Equal(got, []string{"example.org/direct", "example.org/linter/v2"}) {
		t.Errorf("got %q", got)
	}
}

func TestEveryGoModIsFound(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"go.mod", "local/go.mod", ".cache/go.mod", "local/testdata/go.mod"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("module m\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := moduleFolders(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []string{".", "local"}) {
		t.Errorf("found %q", found)
	}
}

func TestAModuleWithoutDependenciesAsksNobody(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module m\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	modules, err := listed(t.Context(), folder)
	if err != nil || len(modules) != 0 {
		t.Errorf("%v, %v", modules, err)
	}
	if _, err := listed(t.Context(), filepath.Join(folder, "missing")); err == nil {
		t.Error("a folder that is not there is no error")
	}
}
