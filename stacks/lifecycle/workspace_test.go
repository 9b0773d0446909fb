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

func TestTheSaltIsKeptInTheWorkspaceAndFoundAgainWhenThatIsLost(t *testing.T) {
	b := newBench(t)
	path := b.configure("dev", thing{Name: "a", Secret: "s1"})
	b.up("dev")
	copied := filepath.Join(b.dir, "state", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml")
	first, err := os.ReadFile(copied)
	require.NoError(t, err)
	assert.Contains(t, string(first), "encryptionsalt: v1:")
	own, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(own), "encryptionsalt")

	b.assertUpToDate()
	again, err := os.ReadFile(copied)
	require.NoError(t, err)
	assert.Equal(t, saltLine(string(first)), saltLine(string(again)))

	require.NoError(t, os.RemoveAll(filepath.Dir(copied)))
	b.assertUpToDate()
}

func TestTheProjectsOwnEncryptionSettingsAreUsed(t *testing.T) {
	b := newBench(t)
	b.configure("dev", thing{Name: "a"})
	b.up("dev")
	copied, err := os.ReadFile(filepath.Join(b.dir, "state", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml"))
	require.NoError(t, err)
	salt := saltLine(string(copied))
	require.NotEmpty(t, salt)

	// Another state directory: the salt can only come from the project's file.
	text, err := os.ReadFile(filepath.Join(b.dir, "Pulumi.dev.yaml"))
	require.NoError(t, err)
	passphrase := filepath.Join(b.dir, "state", "pulumi", "passphrase")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", passphrase)
	b.options.StateDir = filepath.Join(b.dir, "other")
	b.write("Pulumi.dev.yaml", salt+"\n"+string(text))
	b.up("dev")
	copied, err = os.ReadFile(filepath.Join(b.dir, "other", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml"))
	require.NoError(t, err)
	assert.Equal(t, salt, saltLine(string(copied)))
}

func TestAWrongPassphraseIsAConfigurationError(t *testing.T) {
	b := newBench(t)
	b.configure("dev", thing{Name: "a", Secret: "s1"})
	b.up("dev")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", b.write("other-passphrase", "another"))

	_, err := b.open("dev", lifecycle.StackOptions{}).Up(context.Background())

	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Contains(t, err.Error(), "PULUMI_CONFIG_PASSPHRASE_FILE")
}

func TestChangingTheSecretsProviderInPassingIsRefused(t *testing.T) {
	b := newBench(t)
	b.configure("dev", thing{Name: "a"})
	b.up("dev")
	b.options.SecretsProvider = "awskms://alias/other"

	_, err := b.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})

	assert.ErrorContains(t, err, "change-secrets-provider")
}

func TestAServiceMayHandTheEnvironmentOver(t *testing.T) {
	b := newBench(t)
	stack := b.open("made", lifecycle.StackOptions{Environment: map[string]any{
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
