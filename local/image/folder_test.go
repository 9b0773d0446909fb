package image

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFolderBecomesAnImage(t *testing.T) {
	b := builderWithBase(t)
	storeBase(t, b.baseFile(appPackages()))
	dir := filepath.Join(t.TempDir(), "shop")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "config"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config", "wsgi.py"), []byte("application = None"), 0o600))

	built, err := b.Folder(context.Background(), dir, "gunicorn", "config.wsgi")
	require.NoError(t, err)
	again, err := b.Folder(context.Background(), dir, "gunicorn", "config.wsgi")
	require.NoError(t, err)

	assert.Equal(t, "djangostack.local/shop:folder", built.Tag)
	assert.Equal(t, filepath.Join(b.Out, "shop.tar"), built.File)
	assert.True(t, built.Fresh)
	assert.False(t, again.Fresh)
	image, err := tarball.ImageFromPath(built.File, nil)
	require.NoError(t, err)
	described, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, []string{"gunicorn", "config.wsgi"}, described.Config.Cmd)
	assert.Equal(t, "/app", described.Config.WorkingDir)
	b.removeOld()
	assert.FileExists(t, b.baseFile(appPackages()), "the next folder needs it")
}
