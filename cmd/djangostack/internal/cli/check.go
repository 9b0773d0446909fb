package cli

import (
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// check reads and checks a stack's configuration without running Pulumi. The error is a
// *lifecycle.ConfigInvalidError that names every mistake.
func check(project *lifecycle.Project, stack string, overrides []stackfile.Override) (*spec.Environment, error) {
	file, err := project.StackConfiguration(stack, overrides)
	if err != nil {
		return nil, err
	}
	return lifecycle.CheckEnvironmentIn(project.ReadFile, file, stack)
}
