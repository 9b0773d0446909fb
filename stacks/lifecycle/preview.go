package lifecycle

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// PreviewResult is what an update would do.
type PreviewResult struct {
	Result
	// Plan has one event per resource that would change.
	Plan []Event
}

// Preview returns what Up would do. It changes no resource; a stack that it has to create for the preview
// is removed afterwards. Errors are *UpdateFailedError, *CancelledError, and *RefusedError if a protected
// resource would be replaced.
func (s *Stack) Preview(ctx context.Context) (PreviewResult, error) {
	began := time.Now()
	collected, err := s.preview(ctx)
	result := PreviewResult{Result: s.summarize(began, collected, nil, err)}
	if collected != nil {
		result.Plan = collected.plan
	}
	return result, err
}

func (s *Stack) preview(ctx context.Context) (*collector, error) {
	stack, created, err := s.selectOrCreate(ctx)
	if err != nil {
		return nil, err
	}
	collected, err := s.runOperation(ctx, "preview", stack, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optpreview.Option{optpreview.EventStreams(stream), optpreview.SuppressProgress(), optpreview.SuppressOutputs(), optpreview.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optpreview.Parallel(s.options.Parallel))
		}
		_, err := stack.Preview(ctx, options...)
		return err
	})
	if !created {
		return collected, err
	}
	// An interrupted preview removes the stack, too.
	if removeErr := s.remove(context.WithoutCancel(ctx)); removeErr != nil && err == nil {
		return collected, removeErr
	}
	return collected, err
}

// remove removes the stack, which has no resources, from the backend. Close removes its workspace.
func (s *Stack) remove(ctx context.Context) error {
	if err := s.auto.RemoveStack(ctx, s.name); err != nil {
		return s.commandError(ctx, "removing stack")
	}
	s.workdir.removeOnClose = true
	return nil
}
