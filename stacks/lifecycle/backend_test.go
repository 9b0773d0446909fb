package lifecycle

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// isolated returns a project in a temporary directory that does not use the developer's Pulumi home.
func isolated(t *testing.T, pulumiYAML string, options ProjectOptions) *Project {
	t.Helper()
	for _, name := range []string{"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		if os.Getenv(name) != "" {
			t.Setenv(name, "")
		}
	}
	options.Dir = t.TempDir()
	options.StateDir = filepath.Join(options.Dir, "state")
	// Also in a shell with the settings of "make env": a test must not see or change that login.
	t.Setenv("PULUMI_HOME", filepath.Join(options.Dir, "home"))
	require.NoError(t, os.WriteFile(filepath.Join(options.Dir, "Pulumi.yaml"), []byte(pulumiYAML), 0o600))
	project, err := Open(options)
	require.NoError(t, err)
	return project
}

const plainProject = "name: shop\nruntime: go\n"

func backendOf(t *testing.T, project *Project) string {
	t.Helper()
	chosen, err := project.chooseBackend("dev")
	require.NoError(t, err)
	return chosen.url
}

func TestBackendIsChosenInTheDocumentedOrder(t *testing.T) {
	withBackend := plainProject + "backend: {url: 's3://from-project'}\n"

	project := isolated(t, plainProject, ProjectOptions{})
	stateDir := "file://" + filepath.Join(project.state, "backend")
	assert.Equal(t, stateDir, backendOf(t, project), "nothing is configured")

	logIn := func(project *Project) {
		require.NoError(t, os.MkdirAll(project.home, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(project.home, "credentials.json"), []byte(`{"current": "gs://from-login"}`), 0o600))
	}
	logIn(project)
	assert.Equal(t, "gs://from-login", backendOf(t, project), "a login")

	stacks := filepath.Join(project.state, "backend", ".pulumi", "stacks", "shop")
	require.NoError(t, os.MkdirAll(stacks, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(stacks, "dev.json"), nil, 0o600))
	assert.Equal(t, stateDir, backendOf(t, project), "a later login does not hide the stack")

	other := isolated(t, withBackend, ProjectOptions{})
	logIn(other)
	assert.Equal(t, "s3://from-project", backendOf(t, other))

	t.Setenv("PULUMI_BACKEND_URL", "azblob://from-env")
	project.project.Backend = nil
	assert.Equal(t, "azblob://from-env", backendOf(t, project))
	project.options.Backend = "https://from.option"
	assert.Equal(t, "https://from.option", backendOf(t, project))
}

func TestFileBackendPathsAreRelativeToTheProject(t *testing.T) {
	project := isolated(t, plainProject, ProjectOptions{Backend: "file://./states?metadata=skip"})
	assert.Equal(t, "file://"+filepath.Join(project.dir, "states")+"?metadata=skip", backendOf(t, project))

	project.options.Backend = "somewhere"
	_, err := project.chooseBackend("dev")
	var invalid *ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
}

func TestPassphraseIsCreatedOnlyForTheStateDirectory(t *testing.T) {
	if _, isSet := os.LookupEnv("PULUMI_CONFIG_PASSPHRASE"); isSet {
		t.Skip("PULUMI_CONFIG_PASSPHRASE is set, so no passphrase is created")
	}
	stateDir := backend{url: "file:///somewhere"}
	cases := map[string]struct {
		backend  backend
		secrets  stackfile.Secrets
		provider string
		created  bool
		refused  bool
	}{
		"state directory":                  {backend: stateDir, created: true},
		"state directory, key service":     {backend: stateDir, provider: "awskms://alias/key"},
		"state directory, stack has a key": {backend: stateDir, secrets: stackfile.Secrets{Provider: "gcpkms://key", Key: "k"}},
		"bucket":                           {backend: backend{url: "s3://states"}, refused: true},
		"bucket, key service":              {backend: backend{url: "s3://states"}, provider: "awskms://alias/key"},
		"Pulumi Cloud":                     {backend: backend{url: "https://api.pulumi.com"}},
		"Pulumi Cloud, but a passphrase":   {backend: backend{url: "https://api.pulumi.com"}, secrets: stackfile.Secrets{Salt: "v1:x"}, refused: true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			project := isolated(t, plainProject, ProjectOptions{SecretsProvider: test.provider})
			env, err := project.backendEnv(test.backend, test.secrets)
			if test.refused {
				var invalid *ConfigInvalidError
				require.ErrorAs(t, err, &invalid)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.created, env["PULUMI_CONFIG_PASSPHRASE_FILE"] != "")
		})
	}
}

func TestPassphraseIsCreatedOnceAndOnlyReadableByItsOwner(t *testing.T) {
	dir := t.TempDir()
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			_, err := ensurePassphrase(dir)
			assert.NoError(t, err)
		})
	}
	callers.Wait()
	path := filepath.Join(dir, "passphrase")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(first), 26)

	_, err = ensurePassphrase(dir)
	require.NoError(t, err)
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, first, again)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "no temporary files remain")
}
