package describe_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/internal/describe"
)

func TestDerivedFilesAreUpToDate(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	files, err := describe.Files(".")
	require.NoError(t, err)
	require.Len(t, files, 3)
	for path, want := range files {
		have, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(have), "%s is older than the types; run: make generate", path)
	}
}
