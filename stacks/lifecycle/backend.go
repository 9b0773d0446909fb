package lifecycle

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// backend is where a stack's state is kept.
type backend struct {
	url string
	// embedded says that it is the one in the state directory.
	inStateDir bool
}

// chooseBackend takes the first that is said: by option, by PULUMI_BACKEND_URL,
// by Pulumi.yaml; then the embedded one if it already holds the stack, so that a
// login made later does not lose it; then a `pulumi login`; else the embedded one.
func (p *Project) chooseBackend(stack string) (backend, error) {
	embedded := backend{url: fileURL(filepath.Join(p.state, "backend")), inStateDir: true}
	if p.options.Backend != "" {
		return p.parseBackend(p.options.Backend)
	}
	if fromEnv := os.Getenv("PULUMI_BACKEND_URL"); fromEnv != "" {
		return p.parseBackend(fromEnv)
	}
	if p.project.Backend != nil && p.project.Backend.URL != "" {
		return p.parseBackend(p.project.Backend.URL)
	}
	if p.stateDirHas(stack) {
		return embedded, nil
	}
	if login := p.login(); login != "" {
		return p.parseBackend(login)
	}
	return embedded, nil
}

func (p *Project) stateDirHas(stack string) bool {
	stacks := filepath.Join(p.state, "backend", workspace.BookkeepingDir, "stacks", p.Name())
	return isFile(filepath.Join(stacks, settingsName(stack)+".json"))
}

// login is the backend of the latest `pulumi login`, empty if there was none.
func (p *Project) login() string {
	if !isFile(filepath.Join(p.home, "credentials.json")) || filepath.Dir(p.home) == p.state {
		return ""
	}
	credentials, err := workspace.GetStoredCredentials()
	if err != nil {
		return ""
	}
	return credentials.Current
}

// absolute makes a file backend's path independent of the working directory: as
// in Pulumi, file://./x is relative to the project and ~ is the user's home.
func (p *Project) parseBackend(raw string) (backend, error) {
	path, isFileURL := strings.CutPrefix(raw, "file://")
	if !isFileURL {
		if _, err := url.Parse(raw); err != nil || !strings.Contains(raw, "://") {
			return backend{}, configInvalid("backend %q is not a URL such as s3://bucket, https://api.pulumi.com or file:///var/lib/state", raw)
		}
		return backend{url: raw}, nil
	}
	query := ""
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path, query = path[:i], path[i:]
	}
	if path == "~" || strings.HasPrefix(path, "~/") {
		home, err := os.UserHomeDir()
		if err != nil {
			return backend{}, configInvalid("backend %q: %w", raw, err)
		}
		path = filepath.Join(home, strings.TrimPrefix(path, "~"))
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	return backend{url: fileURL(path) + query}, nil
}

func fileURL(path string) string { return "file://" + filepath.ToSlash(path) }

// prepare makes what the backend and its encryption need, and returns the
// variables that select them.
func (p *Project) backendEnv(chosen backend, secrets stackfile.Secrets) (map[string]string, error) {
	env := map[string]string{
		"PULUMI_BACKEND_URL": chosen.url,
		// A workspace that was lost finds the salt in the state.
		"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
	}
	if chosen.inStateDir {
		if err := os.MkdirAll(filepath.Join(p.state, "backend"), 0o700); err != nil {
			return nil, fmt.Errorf("making the state's backend: %w", err)
		}
	}
	if given := os.Getenv("PULUMI_CONFIG_PASSPHRASE_FILE"); given != "" {
		absolute, err := filepath.Abs(given)
		if err != nil {
			return nil, fmt.Errorf("finding the passphrase file: %w", err)
		}
		// Commands run in the workspace, not where this process was started.
		env["PULUMI_CONFIG_PASSPHRASE_FILE"] = absolute
		return env, nil
	}
	if _, given := os.LookupEnv("PULUMI_CONFIG_PASSPHRASE"); given || !p.needsPassphrase(chosen, secrets) {
		return env, nil
	}
	if !strings.HasPrefix(chosen.url, "file://") {
		return nil, configInvalid("the secrets in %s need a passphrase: set PULUMI_CONFIG_PASSPHRASE_FILE or PULUMI_CONFIG_PASSPHRASE, or choose a key service as secrets provider", chosen.url)
	}
	path, err := ensurePassphrase(p.state)
	if err != nil {
		return nil, err
	}
	env["PULUMI_CONFIG_PASSPHRASE_FILE"] = path
	return env, nil
}

// needsPassphrase says whether a stack's secrets are encrypted by one.
func (p *Project) needsPassphrase(chosen backend, secrets stackfile.Secrets) bool {
	provider := secrets.Provider
	if provider == "" && secrets.Salt == "" {
		provider = p.options.SecretsProvider
	}
	switch {
	case provider == "passphrase" || secrets.Salt != "":
		return true
	case provider != "" && provider != "default":
		return false
	}
	return !strings.HasPrefix(chosen.url, "https://") && !strings.HasPrefix(chosen.url, "http://")
}
