package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// leftOfInit are the paths that init leaves to replace, by cloud and stack, if its suggestions are accepted.
func leftOfInit() map[string][]string {
	return map[string][]string{
		"none staging":    {"app.image", "app.settingsModule", "cluster.context"},
		"none production": {"app.image", "app.settingsModule", "cluster.context"},
		"aws staging":     {"app.image", "app.settingsModule", "app.url", "aws.admins[0]", "aws.region", "dns.zone"},
		"aws production":  {"app.image", "app.settingsModule", "app.url", "aws.admins[0]", "aws.region", "cluster.endpoint.allowedCIDRs[0]", "dns.zone"},
		"gcp staging":     {"app.image", "app.settingsModule", "app.url", "dns.zone", "gcp.admins[0]", "gcp.project", "gcp.region"},
		"gcp production":  {"app.image", "app.settingsModule", "app.url", "cluster.endpoint.allowedCIDRs[0]", "dns.zone", "gcp.admins[0]", "gcp.project", "gcp.region"},
	}
}

func TestUpRefusesEveryValueOfInitThatNobodyReplaced(t *testing.T) {
	for name, want := range leftOfInit() {
		t.Run(name, func(t *testing.T) {
			cloud, stack, _ := strings.Cut(name, " ")
			p, file := initialized(t, stack, "--yes", "--cloud", cloud, "--app", "shop")
			require.Equal(t, 0, p.run("config", "validate", "-s", stack, "--json"), p.stderr)
			var checked struct {
				Valid     bool
				ToReplace []struct {
					Path     string
					FromInit bool
				}
			}
			require.NoError(t, json.Unmarshal([]byte(p.stdout), &checked))
			assert.True(t, checked.Valid)
			var left []string
			for _, each := range checked.ToReplace {
				if each.FromInit {
					left = append(left, each.Path)
				}
			}
			assert.Equal(t, want, left)

			require.Equal(t, 0, p.run("config", "validate", file), p.stderr)
			assert.Equal(t, 2, p.run("up", "-s", stack, "--pulumi", p.pulumi("3.259.0")))
			for _, path := range want {
				assert.Contains(t, p.stderr, "\n  "+path+": ")
			}
			assert.Contains(t, p.stderr, "is still the value that init wrote")
			assert.Contains(t, p.stderr, "next: replace each in the file")

			p.run("preview", "-s", stack, "--pulumi", "/nowhere/pulumi")
			assert.Contains(t, p.stderr, "note: up refuses this configuration")
		})
	}
}

func TestAValueOfInitIsAcceptedOnceItsCommentIsRemovedOrItIsReplaced(t *testing.T) {
	p, file := initialized(t, "dev", "--yes", "--cloud", "none", "--app", "shop", "--image", "ghcr.io/acme/shop:1")
	up := func(args ...string) {
		p.run(append([]string{"up", "-s", "dev", "--pulumi", "/nowhere/pulumi"}, args...)...)
	}
	up()
	assert.Contains(t, p.stderr, "has 2 values to replace first")
	up("--set", "cluster.context=production")
	assert.Contains(t, p.stderr, "has 1 value to replace first")
	assert.NotContains(t, p.stderr, "cluster.context")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	text = []byte(strings.Replace(string(text), "# Replace: the module", "# The module", 1))
	require.NoError(t, os.WriteFile(file, text, 0o600))
	up("--set", "cluster.context=production")
	assert.Contains(t, p.stderr, "running /nowhere/pulumi", "the configuration is accepted")
}

func TestOtherExamplesAreNotedAndNotRefused(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", valid+"    release: {superuser: {email: admin@example.com}}\n")
	require.Equal(t, 0, p.run("config", "validate", "-s", "dev"), p.stderr)
	assert.Contains(t, p.stdout, "  to replace: release.superuser.email: admin@example.com can only be an example\n")
	assert.NotContains(t, p.stdout, "127.0.0.1")
	p.run("up", "-s", "dev", "--pulumi", "/nowhere/pulumi")
	assert.NotContains(t, p.stderr, "to replace")

	p.write("Pulumi.dev.yaml", strings.Replace(valid, "ghcr.io/acme", "ghcr.io/example-org", 1))
	require.Equal(t, 0, p.run("config", "validate", "-s", "dev"), p.stderr)
	assert.NotContains(t, p.stdout, "to replace")
}

func TestAFileIsValidatedInTheProjectOfTheFlag(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.yaml", "name: shop\nruntime: go\n")
	elsewhere := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	require.NoError(t, os.WriteFile(elsewhere, []byte(strings.Replace(valid, "djangostack:environment", "shop:environment", 1)), 0o600))
	assert.Equal(t, 0, p.run("config", "validate", elsewhere), p.stderr)
}
