package security_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/golden"
	"github.com/djangostack/djangostack/tests/mocks"
	"github.com/djangostack/djangostack/tests/security"
)

const (
	onExisting = "On a cluster that exists"
	onAWS      = "On AWS, with managed servers"
	onGCP      = "On Google Cloud, with managed servers"
)

// withSecrets are the environments of the page, with everything that has a Secret.
func withSecrets(t *testing.T) map[string]security.State {
	t.Helper()
	inCluster := environments.Small(spec.NoCloud).Set(t, "tier=production", "database={kind: in-cluster, pooler: {kind: pgbouncer}}", "cache.kind=in-cluster",
		"release.superuser={username: admin, email: admin@example.com}", "shell={enabled: true, reason: a test}",
		`cron=[{name: clean, schedule: "@daily", command: [clean]}]`)
	environment := inCluster.Parse(t)
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return existing.Deploy(ctx, environment) })
	return map[string]security.State{
		onExisting: stateOf(t, ran),
		onAWS:      asked(t, spec.AWSCloud, spec.Production, security.Other),
		onGCP:      asked(t, spec.GCPCloud, spec.Production, security.Other),
	}
}

// named is the name that the mocks give a Secret in the cluster.
func named(r security.Resource) string { return r.Name + "-1a2b3c4d" }

func TestThePageOfSecretsIsCurrent(t *testing.T) {
	uses := map[string][]security.SecretUse{}
	for name, state := range withSecrets(t) {
		uses[name] = state.SecretUses(named)
		require.GreaterOrEqual(t, len(uses[name]), 2, name)
	}
	page := security.SecretsPage([]string{onExisting, onAWS, onGCP}, uses)
	golden.Equal(t, filepath.Join("..", "..", "docs", "security-secrets.md"), page)
}

// administers reports whether a Secret holds what administers a data service or signs in as it.
func administers(use security.SecretUse) bool {
	return strings.Contains(use.Secret, "admin") || slices.Contains(use.Keys, "admin-password") || slices.Contains(use.Keys, "tls.key")
}

// appReads reports what is wrong with the Secrets that the app's pods read.
func appReads(state security.State) []string {
	servers := []string{"postgres", "redis-cache", "redis-broker", "pgbouncer", "database-role", "dump", "rabbitmq", "opensearch", "backup", "restore", "restore-drill"}
	var wrong []string
	for _, use := range state.SecretUses(named) {
		for component := range use.Readers {
			if !slices.Contains(servers, component) && (administers(use) || !slices.Contains(appSecrets(), use.Secret)) {
				wrong = append(wrong, component+" reads "+use.Secret)
			}
		}
	}
	return wrong
}

// appSecrets are the Secrets that the app's pods may read.
func appSecrets() []string { return []string{"blog-env", "blog-superuser"} }

func TestTheAppsPodsReadNoAdministratorsPassword(t *testing.T) {
	for name, state := range withSecrets(t) {
		assert.Empty(t, appReads(state), name)
		found := 0
		for _, use := range state.SecretUses(named) {
			if !administers(use) || slices.Contains(use.Keys, "tls.key") {
				continue
			}
			found++
			for component := range use.Readers {
				assert.Contains(t, []string{"postgres", "database-role"}, component, "%s: %s", name, use.Secret)
			}
			if name != onExisting {
				assert.Equal(t, "blog-dev-admin", use.Namespace, "%s: %s is not where the app's pods are", name, use.Secret)
			}
		}
		assert.Equal(t, 1, found, "%s: the administrator's Secret", name)
	}
}

// The first superuser's password is for one Job, and the settings are for the app alone.
func TestASecretHasNoMoreReadersThanItNeeds(t *testing.T) {
	for _, use := range withSecrets(t)[onExisting].SecretUses(named) {
		for _, only := range []struct {
			secret string
			pods   []string
		}{
			{"blog-superuser", []string{"superuser"}},
			{"blog-postgres-admin", []string{"postgres", "database-role"}},
			{"blog-postgres-tls", []string{"postgres"}},
			{"blog-redis-broker", []string{"redis-broker"}},
		} {
			if use.Secret == only.secret {
				for component := range use.Readers {
					assert.Contains(t, only.pods, component, use.Secret)
				}
				assert.NotEmpty(t, use.Readers, use.Secret)
			}
		}
	}
}

func TestAPodThatReadsAnAdministratorsPasswordIsFound(t *testing.T) {
	state := withSecrets(t)[onExisting]
	for _, volume := range []map[string]any{
		{"name": "x", "secret": map[string]any{"secretName": "blog-postgres-admin-1a2b3c4d"}},
		{"name": "x", "projected": map[string]any{"sources": []any{map[string]any{"secret": map[string]any{"name": "blog-postgres-admin-1a2b3c4d"}}}}},
	} {
		var spoiled security.State
		for _, r := range state {
			if r.Type == security.Pods && r.Name == "blog-web" {
				volumes, _ := r.Inputs["volumes"].([]any)
				inputs := map[string]any{}
				for key, value := range r.Inputs {
					inputs[key] = value
				}
				inputs["volumes"] = append(slices.Clone(volumes), volume)
				r.Inputs = inputs
			}
			spoiled = append(spoiled, r)
		}
		assert.Equal(t, []string{"web reads blog-postgres-admin"}, appReads(spoiled))
	}
}

func TestNoPodHasATokenForTheCluster(t *testing.T) {
	for name, state := range withSecrets(t) {
		pods := 0
		for _, r := range state {
			if r.Type != security.Pods || r.Inputs["namespace"] == "kube-system" {
				continue
			}
			pods++
			assert.Equal(t, false, r.Inputs["automountServiceAccountToken"], "%s: %s", name, r.Name)
			volumes, _ := r.Inputs["volumes"].([]any)
			for _, volume := range volumes {
				fields, _ := volume.(map[string]any)
				assert.NotContains(t, fields, "projected", "%s: %s", name, r.Name)
			}
		}
		assert.GreaterOrEqual(t, pods, 7, name)
	}
}
