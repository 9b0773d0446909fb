package lifecycle

import (
	"context"
	"fmt"
)

// Providers says which providers make a stack's resources. The published and the built-in ones read the same
// configuration, and each may find differences in a state of the other.
type Providers string

// Published are the plugins that Pulumi downloads. Embedded are those that are built into a program, such as the
// djangostack command.
const (
	Published Providers = "published"
	Embedded  Providers = "embedded"
)

// providersTag is the stack tag that says which providers made the stack. The record says the same after a complete
// update, and spares the command that reads the tag.
const providersTag = "djangostack:providers"

// ProvidersError reports that a stack was made by other providers than those of the run. Nothing was changed.
type ProvidersError struct {
	Stack string
	// Used made the stack; Requested are those of the run.
	Used, Requested Providers
}

func (e *ProvidersError) Error() string {
	return fmt.Sprintf("stack %s was made by the %s providers, and this run uses the %s ones. Nothing was changed", e.Stack, e.Used, e.Requested)
}

// checkProviders refuses other providers than those that made the stack, and remembers those of a new stack.
func (s *Stack) checkProviders(ctx context.Context, before stackState, created bool) error {
	requested := s.project.options.Providers
	used := before.exports.record.Providers
	if used == requested {
		return nil
	}
	if used == "" && !created {
		tags, err := s.tags(ctx)
		if err != nil {
			return err
		}
		used = Providers(tags[providersTag])
	}
	if used != "" && used != requested && !s.options.SwitchProviders {
		return &ProvidersError{Stack: s.name, Used: used, Requested: requested}
	}
	if used == requested || s.options.ReadOnly {
		return nil
	}
	_, err := s.pulumi(ctx, "remembering the providers of", "stack", "tag", "set", providersTag, string(requested))
	return err
}
