package lifecycle_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/keyservice"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// withKey makes an AWS key encrypt the secrets of the project's stacks.
func (p *testProject) withKey() *keyservice.Service {
	p.t.Helper()
	service, err := keyservice.Start()
	require.NoError(p.t, err)
	p.t.Cleanup(func() { require.NoError(p.t, service.Close()) })
	for name, value := range keyservice.Variables(service.Address()) {
		p.t.Setenv(name, value)
	}
	p.options.SecretsProvider = keyservice.Provider
	return service
}

func TestAWSKeyEncryptsSecrets(t *testing.T) {
	p := newPassphraseProject(t)
	service := p.withKey()
	const value = "correct-horse-battery"
	path := p.configure("dev", thing{Name: "a", Label: "one"})

	stack := p.open("dev", lifecycle.StackOptions{})
	require.NoError(t, stack.SetSecret(context.Background(), "things[0].secret", strings.NewReader(value)))
	require.NoError(t, stack.Close())

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), "secretsprovider: "+p.options.SecretsProvider)
	assert.Contains(t, string(text), "encryptedkey: ")
	assert.NotContains(t, string(text), value)
	assert.NotContains(t, string(text), "encryptionsalt")
	assert.Equal(t, value, p.up("dev").Outputs["a-secret"].Value)
	assert.NotEmpty(t, service.Asked())
	for _, key := range service.Asked() {
		assert.Equal(t, keyservice.Key, key)
	}
	assert.NoFileExists(t, filepath.Join(p.dir, "state", "pulumi", "passphrase"), "no passphrase is created")
}

func TestAWSKeyIsNeededOnlyForTheFirstRun(t *testing.T) {
	p := newPassphraseProject(t)
	p.withKey()
	p.configure("dev", thing{Name: "a", Secret: "one"})
	p.up("dev")
	p.options.SecretsProvider = ""

	assert.Equal(t, "one", p.up("dev").Outputs["a-secret"].Value)

	require.NoError(t, os.RemoveAll(filepath.Join(p.dir, "state", "pulumi", "workspaces")))
	assert.Equal(t, "one", p.up("dev").Outputs["a-secret"].Value, "the state records the key, too")
}

func TestStackMovesFromAPassphraseToAnAWSKey(t *testing.T) {
	p := newPassphraseProject(t)
	p.withKey()
	to := p.options.SecretsProvider
	p.options.SecretsProvider = ""
	path := p.configure("dev", thing{Name: "a", Label: "one"})
	stack := p.open("dev", lifecycle.StackOptions{})
	require.NoError(t, stack.SetSecret(context.Background(), "things[0].secret", strings.NewReader("one")))
	require.NoError(t, stack.Close())
	p.up("dev")

	// The command in docs/secrets-providers.md.
	state := filepath.Join(p.dir, "state", "pulumi")
	move := exec.Command(p.options.CLI.Path, "stack", "change-secrets-provider", "--stack", "dev", "--non-interactive", to)
	move.Dir = p.dir
	move.Env = append(os.Environ(), "PULUMI_BACKEND_URL=file://"+filepath.Join(state, "backend"), "PULUMI_CONFIG_PASSPHRASE_FILE="+filepath.Join(state, "passphrase"))
	output, err := move.CombinedOutput()
	require.NoError(t, err, string(output))

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), "secretsprovider: "+to)
	require.NoError(t, os.Remove(filepath.Join(state, "passphrase")))
	assert.Equal(t, "one", p.up("dev").Outputs["a-secret"].Value)
	assert.NoFileExists(t, filepath.Join(state, "passphrase"))
}
