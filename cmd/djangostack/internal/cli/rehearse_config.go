package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// rehearsalConfig is the configuration of a rehearsal: the stack's, with random secrets.
type rehearsalConfig struct {
	// key of the environment in the configuration file: project:environment.
	key         string
	environment map[string]any
	parsed      *spec.Environment
	// replaced are the values that Pulumi encrypts, by path.
	replaced map[string]string
}

// readRehearsalConfig reads and checks a stack's configuration, with random secrets.
func readRehearsalConfig(project *lifecycle.Project, stack string, overrides []stackfile.Override) (*rehearsalConfig, error) {
	file, err := project.StackConfiguration(stack, overrides)
	if err != nil {
		return nil, err
	}
	config := &rehearsalConfig{key: project.Name() + ":" + stackfile.EnvironmentKey, replaced: map[string]string{}}
	raw, err := file.EnvironmentJSON(func(path string) string {
		config.replaced[path] = randomSecret(path)
		return config.replaced[path]
	})
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	// If this is not an object, spec.Check below reports it.
	if json.Unmarshal(raw, &config.environment) == nil {
		config.addPasswords()
		if raw, err = json.Marshal(config.environment); err != nil {
			return nil, &lifecycle.ConfigInvalidError{Err: err}
		}
	}
	encrypted := func(path string) bool {
		_, is := config.replaced[path]
		return is
	}
	config.parsed, err = spec.Check(spec.Input{JSON: raw, Stack: stack, Read: project.ReadFile, Encrypted: encrypted})
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	return config, config.addProcfile(project)
}

// addProcfile replaces the path of the app's Procfile by its text, since the rehearsal runs in
// another directory.
func (c *rehearsalConfig) addProcfile(project *lifecycle.Project) error {
	app, _ := c.environment["app"].(map[string]any)
	path, _ := app["procfile"].(string)
	if !spec.IsProcfilePath(path) {
		return nil
	}
	text, err := project.ReadFile(path)
	if err != nil {
		return &lifecycle.ConfigInvalidError{Err: fmt.Errorf("app.procfile: %w", err)}
	}
	app["procfile"] = string(text) + "\n"
	return nil
}

// addPasswords sets the missing passwords of external servers to random values.
func (c *rehearsalConfig) addPasswords() {
	for _, service := range []string{"database", "cache", "broker"} {
		settings, _ := c.environment[service].(map[string]any)
		external, isExternal := settings["external"].(map[string]any)
		if !isExternal || !lacksPassword(external) {
			continue
		}
		path := service + ".external.password"
		c.replaced[path] = randomSecret(path)
		external["password"] = c.replaced[path]
	}
}

// lacksPassword reports whether nothing says where the password of an external server is.
func lacksPassword(external map[string]any) bool {
	_, has := external["password"]
	_, stored := external["passwordSecretKeyRef"]
	return !has && !stored && external["auth"] != string(spec.NoAuth)
}

// write writes the rehearsal's project: a copy of Pulumi.yaml and the configuration. The secrets are
// random; encryptValues encrypts them later.
func (c *rehearsalConfig) write(from, to, stack string) error {
	for _, name := range []string{"Pulumi.yaml", "Pulumi.yml"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading the project: %w", err)
		}
		if err := os.WriteFile(filepath.Join(to, "Pulumi.yaml"), text, 0o600); err != nil {
			return fmt.Errorf("writing the rehearsal's project: %w", err)
		}
		break
	}
	text, err := yaml.Marshal(map[string]any{"config": map[string]any{c.key: c.environment}})
	if err != nil {
		return fmt.Errorf("writing the rehearsal's configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(to, "Pulumi."+stack+".yaml"), text, 0o600); err != nil {
		return fmt.Errorf("writing the rehearsal's configuration: %w", err)
	}
	return nil
}
