package kubernetes_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// The container starts again in the same pod, with the files of the time before.
func TestOpenSearchStartsTwiceWithItsConfigurationBesideTheImages(t *testing.T) {
	command := mocks.Run(t, mocks.Known, withSearch(searchArgs())).OfKind("StatefulSet")[0].At(t, "spec.template.spec.containers[0].command").([]any)
	home, target, files := t.TempDir(), t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		home + "/config/jvm.options":                            "-Xmx1g",
		home + "/config/opensearch.yml":                         "of the image",
		home + "/config/opensearch-security/internal_users.yml": "of the demonstration",
		home + "/config/opensearch-notifications/settings.yml":  "of a plugin",
		home + "/bin/opensearch":                                "#!/bin/sh\necho started from $OPENSEARCH_PATH_CONF\n",
		target + "/opensearch-security/internal_users.yml":      "of the Secret",
		files + "/opensearch.yml":                               "of the ConfigMap",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o500))
	}
	for range 2 {
		run := exec.CommandContext(t.Context(), command[0].(string), command[1].(string), command[2].(string))
		run.Env = append(os.Environ(), "OPENSEARCH_HOME="+home, "OPENSEARCH_PATH_CONF="+target, "CONFIGURATION="+files)
		out, err := run.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Equal(t, "started from "+target+"\n", string(out))
	}
	for path, want := range map[string]string{
		"jvm.options": "-Xmx1g", "opensearch.yml": "of the ConfigMap",
		"opensearch-security/internal_users.yml": "of the Secret", "opensearch-notifications/settings.yml": "of a plugin",
	} {
		text, err := os.ReadFile(filepath.Join(target, path))
		require.NoError(t, err)
		assert.Equal(t, want, string(text), path)
	}
}
