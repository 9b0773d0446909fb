package architecture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// namedTests matches a folder and the tests of it in the last column of docs/failures.md.
var (
	namedTests = regexp.MustCompile("`([a-z/]+)`: ((?:`Test\\w+`(?:, )?)+)")
	testName   = regexp.MustCompile(`Test\w+`)
)

func TestEveryFailureNamesTestsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "failures.md"))
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| what happens") {
			continue
		}
		rows++
		cells := strings.Split(strings.TrimSuffix(strings.TrimSpace(line), "|"), " | ")
		require.Len(t, cells, 4, line)
		missing, count := missingTests(t, cells[3])
		assert.Positive(t, count, "no test shows: %s", cells[0])
		assert.Empty(t, missing, cells[0])
	}
	assert.Positive(t, rows)
}

func TestAMissingTestOfAFailureIsFound(t *testing.T) {
	missing, count := missingTests(t, "`tests/architecture`: `TestImportsRunOneWay`, `TestNothingAtAll`")
	assert.Equal(t, 2, count)
	assert.Equal(t, []string{"tests/architecture: TestNothingAtAll"}, missing)
}

// missingTests returns the tests that a cell names and that do not exist, and how many it names.
func missingTests(t *testing.T, cell string) (missing []string, count int) {
	t.Helper()
	for _, match := range namedTests.FindAllStringSubmatch(cell, -1) {
		source := sourceOf(t, match[1])
		for _, name := range testName.FindAllString(match[2], -1) {
			count++
			if !strings.Contains(source, "\nfunc "+name+"(t *testing.T)") {
				missing = append(missing, match[1]+": "+name)
			}
		}
	}
	return missing, count
}

// sourceOf returns the text of all tests in a folder of the repository.
func sourceOf(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*_test.go"))
	require.NoError(t, err)
	var source strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source.Write(text)
	}
	return source.String()
}
