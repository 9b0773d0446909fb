package lifecycle

import (
	"slices"
	"strings"
)

// withoutSwitches leaves out variables of a user's shell that change what Pulumi's commands do. They are meant for its
// own command: here, each of them would change a plan that has been judged, or leave the state behind the resources.
// ProjectOptions.Env may have them all the same.
func withoutSwitches(environment []string) []string {
	switches := []string{
		"PULUMI_SKIP_CHECKPOINTS",         // no state of a run that is killed
		"PULUMI_CONTINUE_ON_ERROR",        // goes on after a failed migration
		"PULUMI_DISABLE_PROVIDER_PREVIEW", // a plan without what the providers know
		"PULUMI_ENABLE_LEGACY_DIFF",       // another plan
		"PULUMI_DISABLE_VALIDATION",       // no check of the stack's name and tags
		"PULUMI_RUN_PROGRAM",              // a destroy that runs the program
		"PULUMI_STACK",                    // another stack
	}
	return slices.DeleteFunc(slices.Clone(environment), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		// PULUMI_OPTION_TARGET is the flag --target of every command that has one, and so on.
		return strings.HasPrefix(name, "PULUMI_OPTION_") || slices.Contains(switches, name)
	})
}
