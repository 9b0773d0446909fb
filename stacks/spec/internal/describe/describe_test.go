package describe_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/internal/describe"
)

func files(t *testing.T) map[string][]byte {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
	files, err := describe.Files(".")
	require.NoError(t, err)
	return files
}

func TestDerivedFilesAreUpToDate(t *testing.T) {
	for path, want := range files(t) {
		have, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(have), "%s is older than the types; run: make generate", path)
	}
}

func TestNoPageIsLeftOver(t *testing.T) {
	wanted := files(t)
	docs := filepath.Join("..", "..", "docs")
	for _, folder := range []string{"configuration", "changes"} {
		found, err := filepath.Glob(filepath.Join(docs, folder, "*.md"))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, path := range found {
			assert.Contains(t, wanted, path, "no type writes this page any more: remove it")
		}
	}
}

func TestEveryLinkOfThePagesLeadsToAPage(t *testing.T) {
	for path, text := range files(t) {
		if filepath.Ext(path) != ".md" {
			continue
		}
		for _, part := range strings.Split(string(text), "](")[1:] {
			target, _, _ := strings.Cut(part, ")")
			file, anchor, _ := strings.Cut(target, "#")
			linked, err := os.ReadFile(filepath.Join(filepath.Dir(path), file))
			require.NoError(t, err, "%s links to %s", path, target)
			if anchor != "" {
				assert.Contains(t, strings.ToLower(string(linked)), "\n## "+anchor+"\n", "%s links to %s", path, target)
			}
		}
	}
}
