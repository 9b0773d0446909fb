package spec

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheWorkingDirectoryMayHaveAnyName(t *testing.T) {
	for _, name := range []string{"my shop", "größe", "100%", "a#b", "why?"} {
		t.Run(name, func(t *testing.T) {
			directory := filepath.Join(t.TempDir(), name)
			require.NoError(t, os.Mkdir(directory, 0o700))
			t.Chdir(directory)
			_, err := compileSchema()
			require.NoError(t, err)
		})
	}
}
