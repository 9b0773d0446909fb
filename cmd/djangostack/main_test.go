package main

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// protected is a production environment with its data in the cluster, unlike the shipped one.
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

// rehearsed rehearses a stack of the repository and returns the output, the exit code and the resources
// after up.
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
	t.Setenv("KUBECONFIG", filepath.Join(project, "no-kubeconfig"))
	t.Setenv("TMPDIR", t.TempDir())

	var out bytes.Buffer
	needed := dependencies()
	needed.Stdout, needed.Stderr = &out, &out
	export := filepath.Join(t.TempDir(), "state.json")
	code = cli.Run(t.Context(), needed, nil, append([]string{"rehearse", "-s", stack, "--dir", project, "--export", export}, more...))
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left, "the temporary files are removed")

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

// shipped is a configuration of the repository and what its rehearsal prints.
type shipped struct {
	stack, cloud string
	// deletedBefore are pairs of resources; the first must be deleted before the second.
	deletedBefore [][2]string
	// kept are resources that remain after destroy, with the reason.
	kept []string
}

func shippedConfigurations() []shipped {
	inCluster := [][2]string{{"Deployment blog-beat", "Deployment blog-web"}, {"Deployment blog-web", "Namespace blog-namespace"}}
	onAWS := append(slices.Clone(inCluster), [][2]string{
		{"TargetGroupBinding blog", "TargetGroup blog"}, {"Namespace blog-namespace", "Cluster blog-cluster"}, {"Cluster blog-cluster", "Vpc blog-vpc"},
	}...)
	onGCP := append(slices.Clone(inCluster), [][2]string{
		{"Gateway blog-gateway", "Cluster blog-cluster"}, {"Namespace blog-namespace", "Cluster blog-cluster"}, {"Cluster blog-cluster", "Network blog-network"},
	}...)
	return []shipped{
		{"local", "none", inCluster, nil},
		{"staging", "aws", onAWS, []string{"Zone Zexample.com (was there before)"}},
		{"staging", "gcp", onGCP, []string{"managedZones/example-com (was there before)", "(key rings cannot be deleted)"}},
		{"production", "aws", onAWS, []string{"Zone Zexample.com (was there before)", "the final snapshot of blog"}},
		{"production", "gcp", onGCP, []string{"managedZones/example-com (was there before)", "(kept, because Cloud SQL takes no final snapshot)"}},
	}
}

func TestRehearsalOfEveryShippedConfigurationPasses(t *testing.T) {
	for _, one := range shippedConfigurations() {
		t.Run(one.stack+" on "+one.cloud, func(t *testing.T) {
			text, code, urns := rehearsed(t, one.stack, "--set", "cloud="+one.cloud)
			require.Equal(t, 0, code, text)
			assert.Contains(t, text, "the rehearsal of "+one.stack+" passed in")
			assert.True(t, slices.ContainsFunc(urns, func(urn string) bool { return strings.HasSuffix(urn, "kubernetes:apps/v1:Deployment::blog-web") }), urns)
			plan, _, _ := strings.Cut(text, "2. up\n")
			assert.Contains(t, plan, fmt.Sprintf("\n  %d to create", strings.Count(plan, "\n  create    ")), "the count is that of the list")
			for _, pair := range one.deletedBefore {
				first, second := strings.LastIndex(text, "deleted   "+pair[0]), strings.LastIndex(text, "deleted   "+pair[1])
				assert.Positive(t, first, pair[0])
				assert.Less(t, first, second, "%v", pair)
			}
			_, remaining, found := strings.Cut(text, "remaining resources\n")
			require.True(t, found)
			for _, kept := range one.kept {
				assert.Contains(t, remaining, kept)
			}
		})
	}
}

func TestRehearsalShowsThatProtectedDataIsKept(t *testing.T) {
	text, code, _ := rehearsed(t, "protected")
	require.Equal(t, 0, code, text)
	assert.Contains(t, text, "refused, as expected, because these resources are protected")
	for _, resource := range []string{"blog-postgres-data", "blog-redis-broker-data"} {
		assert.Contains(t, text, resource)
	}
	assert.Contains(t, text, "random values replace these secrets: app.secretEnv.STRIPE_KEY")
}
