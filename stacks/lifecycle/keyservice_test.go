package lifecycle_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// keyService implements the part of AWS KMS that a secrets provider uses. A ciphertext is an index into
// hidden.
type keyService struct {
	mu     sync.Mutex
	hidden [][]byte
	// asked are the keys of the Encrypt requests, in order.
	asked []string
}

// ServeHTTP answers Encrypt and Decrypt
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html).
func (k *keyService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		KeyID          string `json:"KeyId"`
		Plaintext      []byte
		CiphertextBlob []byte
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	out := map[string]any{"KeyId": in.KeyID}
	switch r.Header.Get("X-Amz-Target") {
	case "TrentService.Encrypt":
		k.asked = append(k.asked, in.KeyID)
		k.hidden = append(k.hidden, in.Plaintext)
		out["CiphertextBlob"] = []byte{byte(len(k.hidden))}
	case "TrentService.Decrypt":
		if len(in.CiphertextBlob) != 1 || int(in.CiphertextBlob[0]) > len(k.hidden) {
			http.Error(w, `{"__type": "InvalidCiphertextException"}`, http.StatusBadRequest)
			return
		}
		out["Plaintext"] = k.hidden[in.CiphertextBlob[0]-1]
	default:
		http.Error(w, `{"__type": "UnknownOperationException"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(out)
}

// withKey makes an AWS key encrypt the secrets of the project's stacks.
func (p *testProject) withKey() *keyService {
	p.t.Helper()
	service := &keyService{}
	server := httptest.NewServer(service)
	p.t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_KMS": server.URL, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		p.t.Setenv(name, value)
	}
	p.options.SecretsProvider = "awskms://alias/shop?region=eu-central-1"
	return service
}

func TestAWSKeyEncryptsSecrets(t *testing.T) {
	p := newTestProject(t)
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
	assert.NotEmpty(t, service.asked)
	for _, key := range service.asked {
		assert.Equal(t, "alias/shop", key)
	}
	assert.NoFileExists(t, filepath.Join(p.dir, "state", "pulumi", "passphrase"), "no passphrase is created")
}

func TestAWSKeyIsNeededOnlyForTheFirstRun(t *testing.T) {
	p := newTestProject(t)
	p.withKey()
	p.configure("dev", thing{Name: "a", Secret: "one"})
	p.up("dev")
	p.options.SecretsProvider = ""

	assert.Equal(t, "one", p.up("dev").Outputs["a-secret"].Value)

	require.NoError(t, os.RemoveAll(filepath.Join(p.dir, "state", "pulumi", "workspaces")))
	assert.Equal(t, "one", p.up("dev").Outputs["a-secret"].Value, "the state records the key, too")
}

func TestStackMovesFromAPassphraseToAnAWSKey(t *testing.T) {
	p := newTestProject(t)
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
