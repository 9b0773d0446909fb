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

// onAWS is an environment with everything in it.
const onAWS = `config:
  djangostack:environment:
    place: aws
    shape: SHAPE
    owner: web-team
    aws: {region: eu-central-1, accountId: "111122223333", admins: ["arn:aws:iam::111122223333:role/deployer"]}
    cluster: {endpoint: {allowedCIDRs: ["203.0.113.0/24"]}}
    app: {name: blog, image: "registry.example.com/blog:1.4.0", settingsModule: blog.settings, celeryApp: blog, url: "https://blog.example.com"}
    workers: [{name: default}]
    beat: {enabled: true}
    database: {kind: managed}
    cache: {kind: managed}
    broker: {kind: managed}
    static: {store: bucket, cors: [{origins: ["https://blog.example.com"]}]}
    media: {store: bucket}
    dns: {zone: example.com}
    budget: {monthlyUSD: 500, emails: [ops@example.com]}
`

// rehearsed rehearses a stack of the repository and returns what was written and the
// state after up.
func rehearsed(t *testing.T, stack string, more ...string) (text string, code int, urns []string) {
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
	for name, text := range map[string]string{
		"protected":      protected,
		"aws-staging":    strings.Replace(onAWS, "SHAPE", "staging", 1),
		"aws-production": strings.Replace(onAWS, "SHAPE", "production", 1),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(project, "Pulumi."+name+".yaml"), []byte(text), 0o600))
	}
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

func TestEveryShippedConfigurationRehearsesClean(t *testing.T) {
	for _, args := range [][]string{{"local"}, {"staging"}, {"production"}, {"staging", "--set", "place=gcp"}, {"production", "--set", "place=gcp"}} {
		stack := args[0]
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			text, code, urns := rehearsed(t, stack, args[1:]...)
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

func TestAnEnvironmentOnAWSRehearsesClean(t *testing.T) {
	for _, shape := range []string{"staging", "production"} {
		t.Run(shape, func(t *testing.T) {
			text, code, urns := rehearsed(t, "aws-"+shape)
			require.Equal(t, 0, code, text)
			assert.Greater(t, len(urns), 140)
			_, teardown, found := strings.Cut(text, ". destroy\n")
			require.True(t, found)
			at := func(what string) int {
				place := strings.Index(teardown, what+"\n")
				assert.GreaterOrEqual(t, place, 0, what)
				return place
			}
			for _, pair := range [][2]string{
				{"  Namespace blog-namespace", "  Cluster blog-cluster"},
				{"  Cluster blog-cluster", "  Vpc blog-vpc"},
				{"  Instance blog-database", "  SubnetGroup blog-database"},
			} {
				assert.Less(t, at(pair[0]), at(pair[1]), "%v", pair)
			}
			_, left, _ := strings.Cut(text, "what is left\n")
			assert.Contains(t, left, "Zone Zexample.com (was there before)")
			assert.Equal(t, shape == "production", strings.Contains(left, "the final snapshot of blog"), left)
		})
	}
}
