package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/tests/testenv"
)

// TestPublicAppsRehearseOnEveryPlace rehearses the stack files of examples: in the short form one app for each target, with
// DJANGOSTACK_SOAK each app for each target.
func TestPublicAppsRehearseOnEveryPlace(t *testing.T) {
	t.Setenv("DJANGOSTACK_PULUMI", testenv.NeedsEngine(t).Path)
	examples := filepath.Join(testenv.Root(t), "examples")
	files := []string{
		filepath.Join(examples, "apps", "weblate", "Pulumi.existing.yaml"),
		filepath.Join(examples, "apps", "defectdojo", "Pulumi.aws.yaml"),
		filepath.Join(examples, "apps", "saleor", "Pulumi.gcp.yaml"),
	}
	if os.Getenv("DJANGOSTACK_SOAK") != "" {
		apps, err := filepath.Glob(filepath.Join(examples, "apps", "*", "Pulumi.*.yaml"))
		require.NoError(t, err)
		small, err := filepath.Glob(filepath.Join(examples, "small", "Pulumi.*.yaml"))
		require.NoError(t, err)
		files = append(apps, small...)
		require.GreaterOrEqual(t, len(files), 11*3+3)
	}
	for _, file := range files {
		name, err := filepath.Rel(examples, file)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			project := t.TempDir()
			for from, to := range map[string]string{filepath.Join(testenv.Root(t), "Pulumi.yaml"): "Pulumi.yaml", file: "Pulumi.dev.yaml"} {
				text, err := os.ReadFile(from)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(project, to), text, 0o600))
			}
			t.Setenv("KUBECONFIG", filepath.Join(project, "there-is-none"))
			var out bytes.Buffer
			needed := dependencies()
			needed.Stdout, needed.Stderr = &out, &out
			require.Equal(t, 0, cli.Run(t.Context(), needed, nil, []string{"rehearse", "-s", "dev", "--dir", project}), out.String())
			assert.Contains(t, out.String(), "the rehearsal of dev passed in")
		})
	}
}
