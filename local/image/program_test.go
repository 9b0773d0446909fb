package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAProgramBecomesAnImageOfOneLayer(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "proxy")
	require.NoError(t, os.WriteFile(program, []byte("a static program"), 0o600))
	builder := &Builder{Out: filepath.Join(folder, "images")}
	archive, err := builder.Program(program)
	require.NoError(t, err)
	assert.Equal(t, "djangostack.local/proxy:addon", archive.Tag)

	image, err := tarball.ImageFromPath(archive.File, nil)
	require.NoError(t, err)
	layers, err := image.Layers()
	require.NoError(t, err)
	assert.Len(t, layers, 1)
	described, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, []string{"/proxy"}, described.Config.Entrypoint)
	assert.Equal(t, "65532:65532", described.Config.User)

	_, err = builder.Program(filepath.Join(folder, "absent"))
	assert.ErrorContains(t, err, "reading the program")
}
