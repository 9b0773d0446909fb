package pods_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// acceptedApps asks the API server to check every manifest of the stack files that match patterns below examples. The namespaces of
// each are created first and enforce their level of pod security, so that a workload whose pods would be refused is a warning.
func acceptedApps(t *testing.T, e *environment, patterns ...string) {
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(e.Root, "examples", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, found, pattern)
		files = append(files, found...)
	}
	kinds := filepath.Join(t.TempDir(), "kinds.yaml")
	require.NoError(t, os.WriteFile(kinds, []byte(e2e.Kinds()), 0o600))
	e.Kubectl(t, "", "apply", "--filename", kinds)
	for _, file := range files {
		stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
		name := filepath.Base(filepath.Dir(file)) + "-" + stack
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			require.Zero(t, e.djangostack(t, "--dir", e.CopyProject(t, file), "render", "-s", stack,
				"--set", "namespace.name=check-"+name, "--generate-secrets", "--split-dir", folder), tail(e.log.Bytes()))
			manifests, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(manifests), 10, "an app without data services has few")
			for _, manifest := range manifests {
				if isNamespace(t, manifest) {
					e.Kubectl(t, "", "apply", "--filename", manifest)
				}
			}

			out, err := e.tried(folder)
			require.NoError(t, err, out)
			assert.Equal(t, len(manifests), strings.Count(out, "(server dry run)"), out)
			t.Logf("the API server accepts %d manifests", len(manifests))

			out, err = e.tried(impossiblePort(t, manifests))
			require.Error(t, err, "the API server checks what it is asked")
			assert.Contains(t, out, "must be between 1 and 65535")
		})
	}
}

// tried asks the API server to check the manifests of a folder or a file, with the admission of each, and returns what it said.
func (e *environment) tried(manifests string) (string, error) {
	out, err := e.command("djangostack-local", "kubectl", "--namespace=", "apply", "--dry-run=server", "--warnings-as-errors",
		"--filename", manifests).CombinedOutput()
	return string(out), err
}

// impossiblePort writes the first Deployment with a port that no container can have, and returns the path.
func impossiblePort(t *testing.T, manifests []string) string {
	t.Helper()
	port := regexp.MustCompile(`("?containerPort"?: )\d+`)
	for _, manifest := range manifests {
		text, err := os.ReadFile(manifest)
		require.NoError(t, err)
		if strings.Contains(string(text), "kind: Deployment\n") && port.Match(text) {
			changed := filepath.Join(t.TempDir(), "impossible.yaml")
			require.NoError(t, os.WriteFile(changed, port.ReplaceAll(text, []byte("${1}70000")), 0o600))
			return changed
		}
	}
	require.Fail(t, "no Deployment has a port")
	return ""
}

// The test of the whole environment has the files for an existing cluster; this one has the clouds' too.
func TestTheAPIServerAcceptsEveryPublicApp(t *testing.T) {
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("set DJANGOSTACK_SOAK=1 to start a cluster for the stack files of the clouds")
	}
	e := newEnvironment(t)
	t.Cleanup(func() { _ = e.command("djangostack-local", "down").Run() })
	e.Local(t, nil, "up")
	acceptedApps(t, e, "apps/*/Pulumi.*.yaml", "small/Pulumi.*.yaml")
}
