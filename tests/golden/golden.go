// Package golden holds what a test finds against a file that people read. With -update the
// file is written anew, and its diff shows what a change did.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

//nolint:gochecknoglobals // go test reads its flags before the first test runs
var update = flag.Bool("update", false, "write the golden files anew")

// Equal asserts that the file at path, as seen from the test's own folder, holds have.
func Equal(t *testing.T, path, have string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(have), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test -update, in this package")
	assert.Equal(t, string(want), have, "%s is not what the program does; if it should be, write it anew with: go test -update, in this package", path)
}
