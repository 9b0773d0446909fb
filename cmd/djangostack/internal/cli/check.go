package cli

import (
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// check reads and checks a stack's configuration, without Pulumi. The error is a
// *lifecycle.ConfigInvalidError that names every mistake.
func check(project *lifecycle.Project, stack string, overrides []stackfile.Override) (*spec.Environment, error) {
	file, err := project.Configuration(stack, overrides)
	if err != nil {
		return nil, err
	}
	return checkFile(file, stack)
}

func checkFile(file *stackfile.File, stack string) (*spec.Environment, error) {
	hidden := false
	raw, err := file.EnvironmentJSON(func(string) string {
		hidden = true
		return hiddenValue()
	})
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	environment, err := spec.Parse(raw, stack)
	if err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	if err := environment.CheckSecrecy(hidden); err != nil {
		return nil, &lifecycle.ConfigInvalidError{Err: err}
	}
	return environment, nil
}

// hiddenValue stands for an encrypted value while the rest is checked: text that
// passes for any secret.
func hiddenValue() string { return strings.Repeat("hidden-", 10) }
