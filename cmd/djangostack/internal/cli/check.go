package cli

import (
	"fmt"

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

// checkPlaceholders refuses or notes the values of the stack's file that have to be replaced.
func (a *app) checkPlaceholders(project *lifecycle.Project, overrides []stackfile.Override, action onPlaceholders) error {
	if action == ignorePlaceholders {
		return nil
	}
	file, err := project.StackConfiguration(a.flags.stack, overrides)
	if err != nil {
		return err
	}
	path := project.StackFile(a.flags.stack)
	found, err := placeholders(path, file)
	if err != nil {
		return &lifecycle.ConfigInvalidError{Err: err}
	}
	refusal := requireReplaced(path, found)
	if refusal == nil || action == refusePlaceholders {
		return refusal
	}
	_, err = fmt.Fprintf(a.Stderr, "note: up refuses this configuration: %v\n", refusal)
	return err
}
