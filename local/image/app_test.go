package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReleaseOverridesFilesOfTheApp(t *testing.T) {
	dir := appOnDisk(t)

	orange, maroon := contents(t, dir, "orange"), contents(t, dir, "maroon")

	assert.Equal(t, "orange", orange["/app/VERSION"])
	assert.Equal(t, "maroon", maroon["/app/VERSION"])
	assert.NotContains(t, orange, "/app/posts/new.py")
	assert.Contains(t, maroon, "/app/posts/new.py")
	assert.Contains(t, maroon, "/app/manage.py")
}

func TestImageExcludesGeneratedFiles(t *testing.T) {
	orange := contents(t, appOnDisk(t), "orange")

	assert.Contains(t, orange, "/app/blog/static/style.css")
	for _, name := range []string{
		"/app/db.sqlite3", "/app/static/old.css", "/app/blog/__pycache__/x.pyc", "/app/maroon/VERSION", "/app/Dockerfile",
	} {
		assert.NotContains(t, orange, name)
	}
}

func TestFolderWithoutAppIsRejected(t *testing.T) {
	_, err := appFiles(t.TempDir(), "orange")

	assert.ErrorContains(t, err, "--app DIR")
}

func appOnDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"manage.py": "", "VERSION": "orange", "Dockerfile": "", "db.sqlite3": "", "static/old.css": "",
		"blog/static/style.css": "", "blog/__pycache__/x.pyc": "",
		"maroon/VERSION": "maroon", "maroon/posts/new.py": "",
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

func contents(t *testing.T, dir, release string) map[string]string {
	t.Helper()
	files, err := appFiles(dir, release)
	require.NoError(t, err)
	found := map[string]string{}
	for _, f := range files {
		found[f.path] = string(f.data)
	}
	return found
}
