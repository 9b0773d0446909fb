package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindsWordsInProseOnly(t *testing.T) {
	c, err := newChecker("words.yaml")
	require.NoError(t, err)
	misspelt := "rec" + "ieve" // The linter would find the whole word here.
	for name, test := range map[string]struct {
		file, content string
		want          []string
	}{
		"comment in Go":             {"a.go", "package a\n\n// A twin.\n", []string{`a.go:3:6: write "emulator", not "twin"`}},
		"comment over two lines":    {"a.go", "package a\n\n// It has a door of its\n// own.\n", []string{`a.go:3:18: write "separate" or "its own …", not "of its own"`}},
		"comment at the line's end": {"a.go", "package a\n\nvar a int // Nobody reads it.\n", []string{`a.go:3:14: write "no one", or name the actor, not "Nobody"`}},
		"message in Go":             {"a.go", "package a\n\nvar a = \"the twin runs\"\n", []string{`a.go:3:14: write "emulator", not "twin"`}},
		"one word in a literal":     {"a.go", "package a\n\nvar a = \"twin\"\n", nil},
		"identifier":                {"a.go", "package a\n\nvar twin int\n", nil},
		"code in a comment":         {"a.go", "package a\n\n// Type `twin`.\n", nil},
		"comments around code":      {"a.go", "package a\n\n// It is of its\nvar own int // own\n", nil},
		"directive":                 {"a.go", "package a\n\n//go:generate twin anew\n", nil},
		"page":                      {"a.md", "# Rooms\n\nText.\n", []string{`a.md:1:3: write "part" or the name of the component, not "Rooms"`}},
		"code in a page":            {"a.md", "Run `twin`.\n\n```\nmake twin\n```\n\n[x](twin.md)\n", nil},
		"YAML comment":              {"a.yaml", "a: twin # a twin\n", []string{`a.yaml:1:13: write "emulator", not "twin"`}},
		"YAML comments":             {"a.yaml", "# is looked\n# after\na: b\n", []string{`a.yaml:1:6: write "managed", not "looked after"`}},
		"Makefile":                  {"Makefile", "up: twin ## Start anew\n", []string{`Makefile:1:19: write "again", not "anew"`}},
		"spelling":                  {"a.md", "We " + misspelt + " it.\n", []string{`a.md:1:4: write "receive", not "` + misspelt + `"`}},
		"spelling in code":          {"a.go", "package a\n\nvar " + misspelt + " int\n", nil},
		"right use":                 {"a.md", "PORT stands for a number.\n", nil},
		"wrong use beside it":       {"a.md", "PORT stands for a number that stands here.\n", []string{`a.md:1:31: write "is", "runs" or "exists", not "stands"`}},
	} {
		t.Run(name, func(t *testing.T) {
			found := c.check(test.file, []byte(test.content))
			require.Len(t, found, len(test.want), "%v", found)
			for i, want := range test.want {
				require.True(t, strings.HasPrefix(found[i], want+": "), "%s\n%s", want, found[i])
			}
		})
	}
}

// Each phrase of the list is found at least once, so no entry is dead.
func TestEveryRuleFindsItsWord(t *testing.T) {
	c, err := newChecker("words.yaml")
	require.NoError(t, err)
	content, err := os.ReadFile("testdata/bad.md")
	require.NoError(t, err)
	for _, r := range c.rules {
		require.NotEmpty(t, r.places(prose("bad.md", content)), r.Avoid)
	}
}

func TestRefusesEntries(t *testing.T) {
	for content, message := range map[string]string{
		"- {avoid: a, write: b}":                 "needs avoid, write and why",
		"- {avoid: '(', write: b, why: c}":       "missing closing",
		"- {avoid: a, write: b, why: c, not: d}": "not found",
	} {
		file := filepath.Join(t.TempDir(), "words.yaml")
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := checkFiles(file, nil)
		require.Regexp(t, regexp.MustCompile(message), err)
	}
}
