package lifecycle

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// secrets are the secret values of StackOptions.Environment by their paths. They are in no file in plain text.
type secrets map[string]string

// takeSecrets removes the secrets from an environment that a caller gave as a value, and returns them. A mark that says
// nothing about the value takes the place of each, as an encrypted value does in a file.
func takeSecrets(file *stackfile.File) (secrets, error) {
	encrypted, err := file.EncryptedPaths()
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	taken := file.TakeSecrets("given as a value")
	if len(taken) > 0 && len(encrypted) > 0 {
		return nil, configInvalid("the environment has secrets that are encrypted, such as %s, and plain ones: give all of them in plain text, or all encrypted", encrypted[0])
	}
	return taken, nil
}

// concealer returns a function that replaces the secrets in a text. Very short values are left: they would occur in
// other words.
func (s secrets) concealer() func(text string) string {
	const shortest = 4
	var values []string
	for _, value := range s {
		if len(value) < shortest {
			continue
		}
		quoted, err := json.Marshal(value)
		if err != nil { // not for a string
			continue
		}
		values = append(values, value, strings.Trim(string(quoted), `"`), url.QueryEscape(value), url.PathEscape(value))
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) >= shortest {
				values = append(values, line)
			}
		}
	}
	if len(values) == 0 {
		return func(text string) string { return text }
	}
	// The longest first: a secret may be a part of another.
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, value := range slices.Compact(values) {
		pairs = append(pairs, value, maskedSecret)
	}
	return strings.NewReplacer(pairs...).Replace
}

// written is the configuration in the workspace before the stack's key is known: without the environment if it has
// secrets.
func (s *Stack) written() *stackfile.File {
	if len(s.secrets) == 0 {
		return s.file
	}
	return stackfile.Empty(s.project.Name())
}

// writeConfiguration writes a configuration to the workspace, encrypted if it has secrets that the caller gave.
func (s *Stack) writeConfiguration(ctx context.Context, file *stackfile.File) error {
	if len(s.secrets) == 0 {
		return s.workdir.writeStackFile(s.name, file)
	}
	environment, err := file.EnvironmentJSON(func(path string) string { return s.secrets[path] })
	if err != nil {
		return &ConfigInvalidError{Err: err}
	}
	key := s.project.Name() + ":" + spec.ConfigKey
	_, err = s.pulumiIn(ctx, s.workdir.path, strings.NewReader(string(environment)), "encrypting the environment of stack", "config", "set", "--secret", key)
	return err
}

// encryptEnvironment writes the environment, if the caller gave it with secrets, once the stack and its key exist. One
// value is one command, so the whole environment is one encrypted value.
func (s *Stack) encryptEnvironment(ctx context.Context) error {
	if len(s.secrets) == 0 {
		return nil
	}
	return s.writeConfiguration(ctx, s.file)
}

// concealValue replaces the secrets in the texts of a value with the types of JSON.
func concealValue(value any, conceal func(string) string) any {
	switch node := value.(type) {
	case string:
		return conceal(node)
	case []any:
		concealed := make([]any, len(node))
		for i, child := range node {
			concealed[i] = concealValue(child, conceal)
		}
		return concealed
	case map[string]any:
		concealed := make(map[string]any, len(node))
		for name, child := range node {
			concealed[name] = concealValue(child, conceal)
		}
		return concealed
	default:
		return node
	}
}

// checkGiven checks an environment whose secrets the caller gave, with their values.
func (s *Stack) checkGiven() (*spec.Environment, error) {
	environment, err := s.file.EnvironmentJSON(func(path string) string { return s.secrets[path] })
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	checked, err := spec.Check(spec.Input{
		JSON: environment, Stack: s.name,
		Encrypted: func(path string) bool { _, given := s.secrets[path]; return given },
	})
	if err != nil {
		return nil, asConfigInvalid(fmt.Errorf("stack %s: %w", s.name, err))
	}
	return checked, nil
}
