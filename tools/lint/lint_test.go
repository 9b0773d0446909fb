package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every check finds its fault, and no check finds anything else.
func TestFindsEveryFault(t *testing.T) {
	found, err := lintAll("testdata/faults.yaml", []string{"testdata/faults"})
	require.NoError(t, err)

	root, err := filepath.Abs("testdata/faults")
	require.NoError(t, err)
	got := []string{}
	for _, f := range found {
		file, err := filepath.Rel(root, f.Position.Filename)
		require.NoError(t, err)
		got = append(got, fmt.Sprintf("%s:%d %s", file, f.Position.Line, f.Check))
	}
	slices.Sort(got)
	require.Equal(t, wanted(t, root), slices.Compact(got))
}

// wanted reads the comments "want CHECK...".
func wanted(t *testing.T, root string) []string {
	t.Helper()
	want := regexp.MustCompile(`(?://|/\*) want ([\w ]+)`)
	all := []string{}
	require.NoError(t, filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := filepath.Rel(root, path)
		for i, line := range strings.Split(string(content), "\n") {
			if m := want.FindStringSubmatch(line); m != nil {
				for _, check := range strings.Fields(m[1]) {
					all = append(all, fmt.Sprintf("%s:%d %s", file, i+1, check))
				}
			}
		}
		return err
	}))
	slices.Sort(all)
	return all
}

func TestRefusesRulesThatNameNoCheck(t *testing.T) {
	for name, content := range map[string]string{
		"disable":        "disable: [nonsense]",
		"not in tests":   "not-in-tests: [nonsense]",
		"flags":          "flags: {nonsense: {a: b}}",
		"flag":           "flags: {gocognit: {nonsense: b}}",
		"unknown key":    "nonsense: 1",
		"unknown import": "imports: {a: {nonsense: 1}}",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "rules.yaml")
			require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
			_, err := lintAll(file, []string{"testdata/faults"})
			require.ErrorContains(t, err, "nonsense")
		})
	}
}

func TestReportsCodeThatDoesNotCompile(t *testing.T) {
	module := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(module, "go.mod"), []byte("module example.com/broken\n\ngo 1.26\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(module, "broken.go"), []byte("package broken\n\nvar x int = \"text\"\n"), 0o600))
	_, err := lintAll("testdata/faults.yaml", []string{module})
	require.ErrorContains(t, err, "cannot use")
}
