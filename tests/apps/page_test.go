package apps_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/testenv"
)

// shown matches a test in a table of docs/apps.md: a function of a file, or a mistake that is refused.
var shown = regexp.MustCompile(`\[([^\]]+)\]\(\.\./([a-z0-9/_]+_test\.go)\)( \(refused\))?`)

// Every row of docs/apps.md names tests, and each of them exists where the row says.
func TestEveryTestOfThePageOfAppsExists(t *testing.T) {
	root := testenv.Root(t)
	page, err := os.ReadFile(filepath.Join(root, "docs", "apps.md"))
	require.NoError(t, err)
	tables, _, whole := strings.Cut(string(page), "## Not possible yet")
	require.True(t, whole)
	rows, tests := 0, 0
	for line := range strings.Lines(tables) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| what |") {
			continue
		}
		rows++
		found := shown.FindAllStringSubmatch(line, -1)
		assert.NotEmpty(t, found, "no test in the row %s", line)
		tests += len(found)
		for _, one := range found {
			name, path, refused := one[1], one[2], one[3] != ""
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
			require.NoError(t, err, name)
			declared := "func " + name + "("
			if refused {
				declared = `{"` + name + `", `
			}
			assert.Contains(t, string(text), declared, "%s has no such test", path)
		}
	}
	t.Logf("%d rows with %d tests", rows, tests)
	assert.Greater(t, rows, 50)
}
