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

// TestPublicAppsRehearseOnEveryPlace rehearses the stack files of examples/apps: in the short form one app for each target,
// otherwise each app for each target.
func TestPublicAppsRehearseOnEveryPlace(t *testing.T) {
	t.Setenv("DJANGOSTACK_PULUMI", testenv.NeedsEngine(t).Path)
	root := testenv.Root(t)
	short := map[string]string{"existing": "weblate", "aws": "defectdojo", "gcp": "saleor"}
	for _, app := range []string{"glitchtip", "defectdojo", "saleor", "weblate"} {
		for _, place := range []string{"existing", "aws", "gcp"} {
			if testing.Short() && short[place] != app {
				continue
			}
			t.Run(app+" on "+place, func(t *testing.T) {
				project := t.TempDir()
				for from, to := range map[string]string{
					"Pulumi.yaml": "Pulumi.yaml",
					filepath.Join("examples", "apps", app, "Pulumi."+place+".yaml"): "Pulumi.dev.yaml",
				} {
					text, err := os.ReadFile(filepath.Join(root, from))
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
}
