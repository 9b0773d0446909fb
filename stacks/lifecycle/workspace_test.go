package lifecycle_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func TestSaltIsKeptInTheWorkspaceAndTheState(t *testing.T) {
	p := newPassphraseProject(t)
	path := p.configure("dev", thing{Name: "a", Secret: "s1"})
	p.up("dev")
	copied := filepath.Join(p.dir, "state", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml")
	first, err := os.ReadFile(copied)
	require.NoError(t, err)
	assert.Contains(t, string(first), "encryptionsalt: v1:")
	own, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(own), "encryptionsalt")

	p.assertUpToDate()
	again, err := os.ReadFile(copied)
	require.NoError(t, err)
	assert.Equal(t, saltLine(string(first)), saltLine(string(again)))

	require.NoError(t, os.RemoveAll(filepath.Dir(copied)))
	p.assertUpToDate()
}

func TestEncryptionSettingsOfTheProjectAreUsed(t *testing.T) {
	p := newPassphraseProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	copied, err := os.ReadFile(filepath.Join(p.dir, "state", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml"))
	require.NoError(t, err)
	salt := saltLine(string(copied))
	require.NotEmpty(t, salt)

	// Another state directory: the salt can only come from the project's file.
	text, err := os.ReadFile(filepath.Join(p.dir, "Pulumi.dev.yaml"))
	require.NoError(t, err)
	passphrase := filepath.Join(p.dir, "state", "pulumi", "passphrase")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", passphrase)
	p.options.StateDir = filepath.Join(p.dir, "other")
	p.write("Pulumi.dev.yaml", salt+"\n"+string(text))
	p.up("dev")
	copied, err = os.ReadFile(filepath.Join(p.dir, "other", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml"))
	require.NoError(t, err)
	assert.Equal(t, salt, saltLine(string(copied)))
}

func TestWrongPassphraseIsAConfigurationError(t *testing.T) {
	p := newPassphraseProject(t)
	p.configure("dev", thing{Name: "a", Secret: "s1"})
	p.up("dev")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", p.write("other-passphrase", "another"))

	_, err := p.open("dev", lifecycle.StackOptions{}).Up(context.Background())

	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Contains(t, err.Error(), "PULUMI_CONFIG_PASSPHRASE_FILE")
}

func TestAnotherSecretsProviderIsRefused(t *testing.T) {
	p := newPassphraseProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	p.options.SecretsProvider = "awskms://alias/other"

	_, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})

	assert.ErrorContains(t, err, "change-secrets-provider")
}

func TestEnvironmentCanBeAValue(t *testing.T) {
	p := newTestProject(t)
	stack := p.open("fromgo", lifecycle.StackOptions{Environment: map[string]any{
		"things": []any{map[string]any{"name": "a", "label": "from Go"}},
	}})

	result, err := stack.Up(context.Background())

	require.NoError(t, err)
	assert.Equal(t, "from Go", result.Outputs["a"].Value)
}

func saltLine(text string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "encryptionsalt: ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
