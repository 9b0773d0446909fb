package image

import (
	"archive/tar"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFolderOfProgramsBecomesOneImage(t *testing.T) {
	programs := filepath.Join(t.TempDir(), "scaler")
	builder := &Builder{Out: t.TempDir()}
	require.NoError(t, os.Mkdir(programs, 0o700))
	_, err := builder.Program(programs)
	assert.ErrorContains(t, err, "has no program")

	for _, name := range []string{"operator", "adapter"} {
		require.NoError(t, os.WriteFile(filepath.Join(programs, name), []byte(name), 0o600))
	}
	archive, err := builder.Program(programs)
	require.NoError(t, err)
	image, err := tarball.ImageFromPath(archive.File, nil)
	require.NoError(t, err)
	described, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Empty(t, described.Config.Entrypoint, "the pod names one")
	content := tar.NewReader(mutate.Extract(image))
	var names []string
	for header, err := content.Next(); err == nil; header, err = content.Next() {
		names = append(names, header.Name)
	}
	assert.ElementsMatch(t, []string{"tmp", "adapter", "operator"}, names)
}

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
	assert.Equal(t, []string{"/usr/local/bin/proxy"}, described.Config.Entrypoint)
	assert.Equal(t, "65532:65532", described.Config.User)

	_, err = builder.Program(filepath.Join(folder, "absent"))
	assert.ErrorContains(t, err, "reading the program")
}
