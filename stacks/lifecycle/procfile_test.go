package lifecycle_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func projectWithProcfile(t *testing.T, path string) *lifecycle.Project {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Pulumi.yaml":     "name: shop\nruntime: go\n",
		"Pulumi.dev.yaml": "config:\n  shop:environment:\n    app:\n      procfile: " + path + "\n",
		"Procfile":        "web: gunicorn shop.wsgi",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	project, err := lifecycle.Open(lifecycle.ProjectOptions{Dir: dir, StateDir: filepath.Join(dir, "state"), Home: filepath.Join(dir, "home")})
	require.NoError(t, err)
	return project
}

func TestProcfilePathIsReplacedByItsText(t *testing.T) {
	file, err := projectWithProcfile(t, "Procfile").Configuration("dev", nil)
	require.NoError(t, err)
	raw, err := file.EnvironmentJSON(nil)
	require.NoError(t, err)

	var environment struct {
		App struct{ Procfile string }
	}
	require.NoError(t, json.Unmarshal(raw, &environment))
	assert.Equal(t, "web: gunicorn shop.wsgi\n", environment.App.Procfile)
}

func TestMissingProcfileIsAConfigurationError(t *testing.T) {
	_, err := projectWithProcfile(t, "app/Procfile").Configuration("dev", nil)
	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.ErrorContains(t, err, "app.procfile")
	assert.ErrorContains(t, err, filepath.Join("app", "Procfile"))
}
