package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/tests/testenv"
)

func TestAFirstFileRehearsesCleanOnEveryCloud(t *testing.T) {
	t.Setenv("DJANGOSTACK_PULUMI", testenv.NeedsEngine(t).Path)
	for _, cloud := range []string{"none", "aws", "gcp"} {
		t.Run(cloud, func(t *testing.T) {
			project := t.TempDir()
			t.Setenv("KUBECONFIG", filepath.Join(project, "there-is-none"))
			run := func(args ...string) string {
				var out bytes.Buffer
				needed := dependencies()
				needed.Stdout, needed.Stderr = &out, &out
				require.Equal(t, 0, cli.Run(t.Context(), needed, nil, append(args, "--dir", project)), out.String())
				return out.String()
			}
			run("init", "-s", "dev", "--yes", "--cloud", cloud, "--app", "shop", "--image", "registry.example.com/shop:1.0")
			assert.Contains(t, run("rehearse", "-s", "dev"), "the rehearsal of dev passed in")
		})
	}
}
