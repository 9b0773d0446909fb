package lifecycle

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// backend is the storage of a stack's state.
type backend struct {
	url string
	// inStateDir is true for the default backend, a directory in the state directory.
	inStateDir bool
}

// isService reports whether the backend is Pulumi Cloud, or a service that speaks its protocol.
func (b backend) isService() bool {
	return strings.HasPrefix(b.url, "https://") || strings.HasPrefix(b.url, "http://")
}

// chooseBackend returns the first of: the option Backend, PULUMI_BACKEND_URL, the backend of Pulumi.yaml,
// the state directory if it holds the stack already, the backend of the last `pulumi login`, and the state
// directory. The state directory comes before the login, so that a login does not hide an existing stack. With an
// empty name, the state directory comes first if it holds any stack.
func (p *Project) chooseBackend(stack string) (backend, error) {
	stateDir := backend{url: fileURL(filepath.Join(p.state, "backend")), inStateDir: true}
	if p.options.Backend != "" {
		return p.parseBackend(p.options.Backend)
	}
	if fromEnv := p.variable("PULUMI_BACKEND_URL"); fromEnv != "" {
		return p.parseBackend(fromEnv)
	}
	if p.project.Backend != nil && p.project.Backend.URL != "" {
		return p.parseBackend(p.project.Backend.URL)
	}
	if p.stateDirHas(stack) {
		return stateDir, nil
	}
	if login := p.login(); login != "" {
		return p.parseBackend(login)
	}
	return stateDir, nil
}

func (p *Project) stateDirHas(stack string) bool {
	if stack == "" {
		return p.stateDirIsUsed()
	}
	stacks := filepath.Join(p.state, "backend", workspace.BookkeepingDir, "stacks", p.Name())
	// The others are those of PULUMI_DIY_BACKEND_GZIP and PULUMI_DIY_BACKEND_ZSTD.
	return slices.ContainsFunc([]string{".json", ".json.gz", ".json.zst"}, func(extension string) bool {
		return isFile(filepath.Join(stacks, settingsName(stack)+extension))
	})
}

// login returns the backend of the last `pulumi login`, or "" without one.
func (p *Project) login() string {
	if filepath.Dir(p.home) == p.state {
		return ""
	}
	text, err := os.ReadFile(filepath.Join(p.home, "credentials.json"))
	if err != nil {
		return ""
	}
	// The part of workspace.Credentials that is read. That package's function reads the home of this process.
	var credentials struct {
		Current string `json:"current"`
	}
	if err := json.Unmarshal(text, &credentials); err != nil {
		return ""
	}
	return credentials.Current
}

// parseBackend checks the URL and makes the path of a file backend absolute. As in Pulumi, file://./x is
// relative to the project's directory and file://~ is the user's home.
func (p *Project) parseBackend(raw string) (backend, error) {
	path, isFileURL := strings.CutPrefix(raw, "file://")
	if !isFileURL {
		if _, err := url.Parse(raw); err != nil || !strings.Contains(raw, "://") {
			return backend{}, configInvalid("backend %q is not a URL: write s3://bucket, https://api.pulumi.com or file:///var/lib/state, for example", raw)
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

// backendEnv creates the directory and the passphrase that the backend needs, and returns the environment
// variables that select them.
func (p *Project) backendEnv(chosen backend, secrets stackfile.Secrets) (map[string]string, error) {
	if err := chosen.removeEmptySidecars(); err != nil {
		return nil, err
	}
	if err := chosen.removeDamagedTags(p.Name()); err != nil {
		return nil, err
	}
	env := map[string]string{
		"PULUMI_BACKEND_URL": chosen.withoutSidecars(),
		// If the workspace was deleted, Pulumi reads the salt from the state.
		"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
	}
	if chosen.inStateDir {
		if err := os.MkdirAll(filepath.Join(p.state, "backend"), 0o700); err != nil {
			return nil, fmt.Errorf("creating the backend's directory: %w", err)
		}
	}
	if path := p.variable("PULUMI_CONFIG_PASSPHRASE_FILE"); path != "" {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("finding the passphrase file: %w", err)
		}
		// Pulumi runs in the workspace, so a relative path would not be found.
		env["PULUMI_CONFIG_PASSPHRASE_FILE"] = absolute
		return env, nil
	}
	if _, isSet := p.lookUp("PULUMI_CONFIG_PASSPHRASE"); isSet || !p.needsPassphrase(chosen, secrets) {
		return env, nil
	}
	if !strings.HasPrefix(chosen.url, "file://") {
		return nil, configInvalid("the secrets in %s need a passphrase: set PULUMI_CONFIG_PASSPHRASE_FILE or PULUMI_CONFIG_PASSPHRASE, or choose a key service (--secrets-provider, ProjectOptions.SecretsProvider)", chosen.url)
	}
	path, err := ensurePassphrase(p.state)
	if err != nil {
		return nil, err
	}
	env["PULUMI_CONFIG_PASSPHRASE_FILE"] = path
	return env, nil
}

// needsPassphrase reports whether a passphrase encrypts the stack's secrets.
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
	return !chosen.isService()
}
