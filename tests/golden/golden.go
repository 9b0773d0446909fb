// Package golden compares what a test computes with a file that people read. With -update it writes the file, whose diff
// then shows what a change did.
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

//nolint:gochecknoglobals // go test reads its flags before the first test runs
var update = flag.Bool("update", false, "write the golden files")

// Equal asserts that the file holds the text. The path is relative to the test's directory.
func Equal(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	file, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test -update, in this package")
	if string(file) != text {
		assert.Fail(t, "the golden file differs", "%s\n%s\nIf the change is intended, run go test -update in this package.", path, firstDifference(string(file), text))
	}
}

// firstDifference shows the first line that differs.
func firstDifference(file, text string) string {
	before, after := strings.Split(file, "\n"), strings.Split(text, "\n")
	for i := range max(len(before), len(after)) {
		if line(before, i) != line(after, i) {
			return fmt.Sprintf("line %d of the file: %s\nline %d now:         %s", i+1, line(before, i), i+1, line(after, i))
		}
	}
	return ""
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end of file)"
}
