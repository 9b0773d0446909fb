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

// script is the configuration that is rehearsed.
type script struct {
	key         string
	environment map[string]any
	checked     *spec.Environment
	// replaced are the paths of secret values that are made up.
	replaced []string
	// encrypted is the one of them that is encrypted.
	encrypted string
}

// readScript reads a stack's configuration with made-up secrets in it, and checks it.
func readScript(project *lifecycle.Project, stack string, overrides []stackfile.Override) (*script, error) {
	file, err := project.Configuration(stack, overrides)
	if err != nil {
		return nil, err
	}
	made := &script{key: project.Name() + ":" + stackfile.EnvironmentKey}
	raw, err := file.EnvironmentJSON(func(path string) string {
		made.replaced = append(made.replaced, path)
		return rand.Text()
	})
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	// Whatever is wrong with its form, the check below says in full.
	if json.Unmarshal(raw, &made.environment) == nil {
		made.addPasswords()
		if raw, err = json.Marshal(made.environment); err != nil {
			return nil, &lifecycle.ConfigInvalidError{Err: err}
		}
	}
	if made.checked, err = spec.Parse(raw, stack); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if err := made.checked.CheckSecrecy(len(made.replaced) > 0); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if len(made.replaced) > 0 {
		made.encrypted = made.replaced[0]
	}
	return made, nil
}

// addPasswords makes up the passwords of external servers that nobody has set yet.
func (s *script) addPasswords() {
	for _, service := range []string{"database", "cache", "broker"} {
		part, _ := s.environment[service].(map[string]any)
		external, given := part["external"].(map[string]any)
		if _, set := external["password"]; !given || set {
			continue
		}
		external["password"] = rand.Text()
		s.replaced = append(s.replaced, service+".external.password")
	}
}

// write makes the rehearsal's project: a copy of the project's file and the
// configuration. One encrypted value, set later, makes the whole object secret to
// Pulumi; the other secrets in it are made up, and stand there as they are.
func (s *script) write(from, to, stack string) error {
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
	text, err := yaml.Marshal(map[string]any{"config": map[string]any{s.key: s.environment}})
	if err != nil {
		return fmt.Errorf("writing the rehearsal's configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(to, "Pulumi."+stack+".yaml"), text, 0o600); err != nil {
		return fmt.Errorf("writing the rehearsal's configuration: %w", err)
	}
	return nil
}
