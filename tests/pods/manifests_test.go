package pods_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// accepted renders every shipped configuration and asks the API server to check
// each manifest in a namespace that enforces the restricted level. A warning, such
// as that of a workload whose pods would be refused, counts as a refusal.
func accepted(t *testing.T, e *environment) {
	var stacks []string
	for _, name := range []string{"local", "staging", "production"} {
		stacks = append(stacks, filepath.Join(e.Root, "Pulumi."+name+".yaml"))
	}
	project := e.CopyProject(t, stacks...)
	kinds := filepath.Join(project, "kinds.yaml")
	require.NoError(t, os.WriteFile(kinds, []byte(e2e.Kinds()), 0o600))
	e.kubectl(t, "apply", "--filename", kinds)
	for _, one := range []struct{ stack, place, with string }{
		{"local", "none", ""}, {"staging", "aws", ""}, {"staging", "gcp", ""}, {"production", "aws", ""}, {"production", "gcp", ""},
		{"local", "none", "search that nothing starts"},
	} {
		t.Run(strings.TrimSuffix(one.stack+" on "+one.place+" with "+one.with, " with "), func(t *testing.T) {
			folder, namespace := t.TempDir(), "check-"+one.stack+"-"+one.place
			args := []string{"--dir", project, "render", "-s", one.stack, "--set", "cloud=" + one.place, "--set", "namespace.name=" + namespace, "--generate-secrets", "--split-dir", folder}
			if one.with != "" {
				// A search engine needs a JVM, which the local cluster has no image with.
				args = append(args, "--set", "search={kind: in-cluster, tls: required}")
			}
			require.Zero(t, e.djangostack(t, args...))
			manifests, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
			require.NoError(t, err)
			require.Greater(t, len(manifests), 10)

			for _, manifest := range manifests {
				if isNamespace(t, manifest) {
					e.Kubectl(t, namespace, "apply", "--filename", manifest)
				}
			}
			labels := e.Kubectl(t, namespace, "get", "namespace", namespace, "--output", "jsonpath={.metadata.labels}")
			require.Contains(t, labels, `"pod-security.kubernetes.io/enforce":"restricted"`)
			for _, manifest := range manifests {
				e.Kubectl(t, "", "apply", "--dry-run=server", "--warnings-as-errors", "--filename", manifest)
			}
			assert.Contains(t, e.refusedPod(t, namespace), "violates PodSecurity", "the namespace does refuse")
		})
	}
}

// isNamespace reports whether a manifest is that of a namespace, which must exist before the others are tried.
func isNamespace(t *testing.T, manifest string) bool {
	t.Helper()
	text, err := os.ReadFile(manifest)
	require.NoError(t, err)
	return strings.Contains(string(text), "kind: Namespace\n")
}

// refusedPod tries to create a pod that runs as root, and returns the refusal.
func (e *environment) refusedPod(t *testing.T, namespace string) string {
	t.Helper()
	out, err := e.command("djangostack-local", "kubectl", "--namespace", namespace,
		"run", "root", "--image=djangostack.local/blog:orange", "--dry-run=server").CombinedOutput()
	require.Error(t, err)
	return string(out)
}
