package cli

import (
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// check reads and checks a stack's configuration without running Pulumi. The error is a
// *lifecycle.ConfigInvalidError that names every mistake.
func check(project *lifecycle.Project, stack string, overrides []stackfile.Override) (*spec.Environment, error) {
	file, err := project.Configuration(stack, overrides)
	if err != nil {
		return nil, err
	}
	return checkFile(file, stack)
}

func checkFile(file *stackfile.File, stack string) (*spec.Environment, error) {
	encrypted := false
	raw, err := file.EnvironmentJSON(func(string) string {
		encrypted = true
		return placeholderSecret()
	})
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	environment, err := spec.Parse(raw, stack)
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if err := environment.CheckSecrecy(encrypted); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	return environment, nil
}

// placeholderSecret replaces an encrypted value while the rest of the configuration is checked. It
// is long enough to pass the check of every secret.
func placeholderSecret() string { return strings.Repeat("hidden-", 10) }
