package architecture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/architecture"
	"github.com/djangostack/djangostack/tests/golden"
)

const (
	begin = "<!-- packages: drawn by go test ./tests/architecture -update -->\n"
	end   = "<!-- end of packages -->\n"
)

var page = filepath.Join("..", "..", "docs", "architecture.md")

func graph(t *testing.T) architecture.Graph {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	read, err := architecture.Read(root)
	require.NoError(t, err)
	return read
}

func TestThePictureShowsThePackagesAsTheyAre(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, "the page has no picture")
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "the picture has no end")
	golden.Equal(t, page, before+begin+graph(t).Reduced().Mermaid()+end+after)
}

func TestImportsRunOneWay(t *testing.T) {
	assert.Empty(t, graph(t).Cycle())
}

func TestACycleIsFound(t *testing.T) {
	assert.NotEmpty(t, architecture.Graph{"a": {"b": true}, "b": {"a": true}}.Cycle())
}

func TestTheProgramDoesNotKnowTheEmulators(t *testing.T) {
	for from, imports := range graph(t) {
		if !strings.HasPrefix(from, "stacks") && !strings.HasPrefix(from, "components") && from != "main" {
			continue
		}
		for to := range imports {
			assert.False(t, strings.HasPrefix(to, "emulators"), "%s imports %s", from, to)
		}
	}
}

// stop is one numbered line of a journey: the file and the name in it.
var stop = regexp.MustCompile("(?m)^[1-9]\\. `([^`]+)` in \\[[^\\]]+\\]\\(\\.\\./([^)]+)\\)")

func TestEveryStopOfAJourneyExists(t *testing.T) {
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	_, journeys, found := strings.Cut(string(text), "## Three journeys")
	require.True(t, found)
	parts := strings.Split(journeys, "\n### ")[1:]
	require.Len(t, parts, 3)
	for _, journey := range parts {
		title, _, _ := strings.Cut(journey, "\n")
		stops := stop.FindAllStringSubmatch(journey, -1)
		assert.NotEmpty(t, stops, title)
		assert.LessOrEqual(t, len(stops), 6, title)
		seen := map[string]bool{}
		for _, one := range stops {
			assert.False(t, seen[one[2]], "%s goes back to %s", title, one[2])
			seen[one[2]] = true
			source, err := os.ReadFile(filepath.Join("..", "..", one[2]))
			if assert.NoError(t, err, title) {
				name := one[1][strings.LastIndex(one[1], ".")+1:]
				assert.Regexp(t, `\b`+regexp.QuoteMeta(name)+`\b`, string(source), "%s: %s has no %s", title, one[2], one[1])
			}
		}
	}
}
