package cli

import (
	"crypto/rand"
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
	// replaced are the paths of the secrets that have random values.
	replaced []string
	// encrypted is the one path in replaced whose value Pulumi encrypts; see write.
	encrypted string
}

// readRehearsalConfig reads and checks a stack's configuration, with random secrets.
func readRehearsalConfig(project *lifecycle.Project, stack string, overrides []stackfile.Override) (*rehearsalConfig, error) {
	file, err := project.Configuration(stack, overrides)
	if err != nil {
		return nil, err
	}
	config := &rehearsalConfig{key: project.Name() + ":" + stackfile.EnvironmentKey}
	raw, err := file.EnvironmentJSON(func(path string) string {
		config.replaced = append(config.replaced, path)
		return rand.Text()
	})
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	// If this is not an object, spec.Parse below reports it.
	if json.Unmarshal(raw, &config.environment) == nil {
		config.addPasswords()
		if raw, err = json.Marshal(config.environment); err != nil {
			return nil, &lifecycle.ConfigInvalidError{Err: err}
		}
	}
	if config.parsed, err = spec.Parse(raw, stack); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if err := config.parsed.CheckSecrecy(len(config.replaced) > 0); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if len(config.replaced) > 0 {
		config.encrypted = config.replaced[0]
	}
	return config, nil
}

// addPasswords sets the missing passwords of external servers to random values.
func (c *rehearsalConfig) addPasswords() {
	for _, service := range []string{"database", "cache", "broker"} {
		part, _ := c.environment[service].(map[string]any)
		external, isExternal := part["external"].(map[string]any)
		if _, hasPassword := external["password"]; !isExternal || hasPassword {
			continue
		}
		external["password"] = rand.Text()
		c.replaced = append(c.replaced, service+".external.password")
	}
}

// write writes the rehearsal's project: a copy of Pulumi.yaml and the configuration. The secrets are
// random, so they are written in plain text. One of them is encrypted later, which makes the whole
// environment secret to Pulumi, as it is in the real stack.
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
