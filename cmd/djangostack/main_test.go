package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
)

// Protected holds data in the cluster, as production does not ship.
const protected = `config:
  djangostack:environment:
    place: existing
    shape: production
    owner: web-team
    cluster: {context: production}
    app:
      name: blog
      image: registry.example.com/blog:1.4.0
      settingsModule: blog.settings
      celeryApp: blog
      url: https://blog.example.com
      secretEnv:
        STRIPE_KEY: {secure: v1:of:another:passphrase}
    database: {kind: in-cluster}
    cache: {kind: in-cluster}
    broker: {kind: in-cluster}
    static: {store: image}
    workers: [{name: default, heartbeatFile: /tmp/celery-heartbeat}]
    web: {ingress: {className: traefik, host: blog.example.com, tlsSecret: blog-example-com}}
`

// rehearsed rehearses a stack of the repository and returns what was written and the
// state after up.
func rehearsed(t *testing.T, stack string) (text string, code int, urns []string) {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs Pulumi's command line: run with DJANGOSTACK_E2E=1")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	if os.Getenv("DJANGOSTACK_PULUMI") == "" && os.Getenv("DJANGOSTACK_STATE") == "" {
		t.Setenv("DJANGOSTACK_STATE", filepath.Join(root, ".djangostack"))
	}
	project := t.TempDir()
	for _, file := range []string{"Pulumi.yaml", "Pulumi.local.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(project, file), text, 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(project, "Pulumi.protected.yaml"), []byte(protected), 0o600))
	t.Setenv("KUBECONFIG", filepath.Join(project, "there-is-none"))
	t.Setenv("TMPDIR", t.TempDir())

	var out bytes.Buffer
	needed := dependencies()
	needed.Stdout, needed.Stderr = &out, &out
	export := filepath.Join(t.TempDir(), "state.json")
	code = cli.Run(t.Context(), needed, nil, []string{"rehearse", "-s", stack, "--dir", project, "--export", export})
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left, "temporary files are gone")

	var state struct {
		Deployment struct{ Resources []struct{ URN string } }
	}
	exported, err := os.ReadFile(export)
	require.NoError(t, err, out.String())
	require.NoError(t, json.Unmarshal(exported, &state))
	for _, resource := range state.Deployment.Resources {
		urns = append(urns, resource.URN)
	}
	return out.String(), code, urns
}

func TestEveryShippedConfigurationRehearsesClean(t *testing.T) {
	for _, stack := range []string{"local", "staging", "production"} {
		t.Run(stack, func(t *testing.T) {
			text, code, urns := rehearsed(t, stack)
			require.Equal(t, 0, code, text)
			assert.Contains(t, text, stack+" rehearses clean in")
			assert.True(t, slices.ContainsFunc(urns, func(urn string) bool { return strings.HasSuffix(urn, "kubernetes:apps/v1:Deployment::blog-web") }), urns)
			at := func(what string) int { return strings.LastIndex(text, what) }
			assert.Less(t, at("deleted   Deployment blog-web"), at("deleted   Namespace blog-namespace"), "the namespace goes last")
			assert.Less(t, at("deleted   Deployment blog-beat"), at("deleted   Deployment blog-web"), "beat stops first")
		})
	}
}

func TestWhatHoldsDataIsShownToBeKept(t *testing.T) {
	text, code, _ := rehearsed(t, "protected")
	require.Equal(t, 0, code, text)
	assert.Contains(t, text, "refused, as it should be, because of")
	for _, holder := range []string{"blog-postgres-data", "blog-redis-broker-data"} {
		assert.Contains(t, text, holder)
	}
	assert.Contains(t, text, "throwaway values stand for app.secretEnv.STRIPE_KEY")
}
