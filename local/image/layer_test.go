package image

import (
	"archive/tar"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLayerDependsOnFilesNotTheirOrder(t *testing.T) {
	one := file{path: "/app/one", mode: 0o644, data: []byte("1")}
	two := folder("/app", 7, 0o755)

	assert.Equal(t, diffID(t, one, two), diffID(t, two, one))
	for name, other := range map[string]file{
		"content": {path: "/app/one", mode: 0o644, data: []byte("2")},
		"mode":    {path: "/app/one", mode: 0o600, data: []byte("1")},
		"owner":   {path: "/app/one", mode: 0o644, data: []byte("1"), owner: 1},
		"path":    {path: "/app/two", mode: 0o644, data: []byte("1")},
	} {
		assert.NotEqual(t, diffID(t, one), diffID(t, other), name)
	}
}

func TestLayerKeepsOwnersAndModesAndUsesOneDate(t *testing.T) {
	layer, err := layerOf([]file{folder("/data", 999, 0o700), {path: "/bin/x", mode: 0o755, data: []byte("hello")}})
	require.NoError(t, err)
	content, err := layer.Uncompressed()
	require.NoError(t, err)
	defer content.Close()

	r := tar.NewReader(content)
	script, err := r.Next()
	require.NoError(t, err)
	body, err := io.ReadAll(r)
	require.NoError(t, err)
	data, err := r.Next()
	require.NoError(t, err)

	assert.Equal(t, []any{"bin/x", int64(0o755), "hello"}, []any{script.Name, script.Mode, string(body)})
	assert.Equal(t, []any{"data/", int64(0o700), 999, 999}, []any{data.Name, data.Mode, data.Uid, data.Gid})
	assert.True(t, script.ModTime.Equal(buildTime()))
}

func diffID(t *testing.T, files ...file) string {
	t.Helper()
	layer, err := layerOf(files)
	require.NoError(t, err)
	id, err := layer.DiffID()
	require.NoError(t, err)
	return id.String()
}
