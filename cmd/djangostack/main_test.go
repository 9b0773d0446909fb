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
	"github.com/djangostack/djangostack/tests/testenv"
)

// Protected holds data in the cluster, as production does not ship.
const protected = `config:
  djangostack:environment:
    cloud: none
    tier: production
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
    web: {ingress: {ingressClassName: traefik, host: blog.example.com, tlsSecretName: blog-example-com}}
`

// rehearsed rehearses a stack of the repository and returns what was written and the
// state after up.
func rehearsed(t *testing.T, stack string, more ...string) (text string, code int, urns []string) {
	t.Helper()
	t.Setenv("DJANGOSTACK_PULUMI", testenv.NeedsEngine(t).Path)
	root := testenv.Root(t)
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
	code = cli.Run(t.Context(), needed, nil, append([]string{"rehearse", "-s", stack, "--dir", project, "--export", export}, more...))
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

// shipped is a configuration of the repository, and what its rehearsal shows.
type shipped struct {
	stack, place string
	// pairs are what goes before what, in the teardown.
	pairs [][2]string
	// stays are said to be left, and why.
	stays []string
}

func everyShipped() []shipped {
	inCluster := [][2]string{{"Deployment blog-beat", "Deployment blog-web"}, {"Deployment blog-web", "Namespace blog-namespace"}}
	onAWS := append(slices.Clone(inCluster), [][2]string{
		{"TargetGroupBinding blog", "TargetGroup blog"}, {"Namespace blog-namespace", "Cluster blog-cluster"}, {"Cluster blog-cluster", "Vpc blog-vpc"},
	}...)
	onGCP := append(slices.Clone(inCluster), [][2]string{
		{"Gateway blog-gateway", "Cluster blog-cluster"}, {"Namespace blog-namespace", "Cluster blog-cluster"}, {"Cluster blog-cluster", "Network blog-network"},
	}...)
	return []shipped{
		{"local", "existing", inCluster, nil},
		{"staging", "aws", onAWS, []string{"Zone Zexample.com (was there before)"}},
		{"staging", "gcp", onGCP, []string{"managedZones/example-com (was there before)", "(key rings cannot be deleted)"}},
		{"production", "aws", onAWS, []string{"Zone Zexample.com (was there before)", "the final snapshot of blog"}},
		{"production", "gcp", onGCP, []string{"managedZones/example-com (was there before)", "(kept, because Cloud SQL takes no last snapshot)"}},
	}
}

func TestEveryShippedConfigurationRehearsesClean(t *testing.T) {
	for _, one := range everyShipped() {
		t.Run(one.stack+" on "+one.place, func(t *testing.T) {
			text, code, urns := rehearsed(t, one.stack, "--set", "cloud="+one.place)
			require.Equal(t, 0, code, text)
			assert.Contains(t, text, one.stack+" rehearses clean in")
			assert.True(t, slices.ContainsFunc(urns, func(urn string) bool { return strings.HasSuffix(urn, "kubernetes:apps/v1:Deployment::blog-web") }), urns)
			for _, pair := range one.pairs {
				first, second := strings.LastIndex(text, "deleted   "+pair[0]), strings.LastIndex(text, "deleted   "+pair[1])
				assert.Positive(t, first, pair[0])
				assert.Less(t, first, second, "%v", pair)
			}
			_, left, found := strings.Cut(text, "what is left\n")
			require.True(t, found)
			for _, stays := range one.stays {
				assert.Contains(t, left, stays)
			}
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
