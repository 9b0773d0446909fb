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
	// Plan has one event for each resource that would change.
	Plan []Event
}

// Preview says what Up would do, and does nothing. A stack that it has to make for
// that is removed again. Errors are *UpdateFailedError, *RefusedError where a
// protected resource would be replaced, and *CancelledError.
func (s *Stack) Preview(ctx context.Context) (PreviewResult, error) {
	began := time.Now()
	kept, err := s.preview(ctx)
	result := PreviewResult{Result: s.summarise(began, kept, nil, err)}
	if kept != nil {
		result.Plan = kept.plan
	}
	return result, err
}

func (s *Stack) preview(ctx context.Context) (*collector, error) {
	stack, made, err := s.selectOrCreate(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := s.runOperation(ctx, "preview", stack, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optpreview.Option{optpreview.EventStreams(stream), optpreview.SuppressProgress(), optpreview.SuppressOutputs(), optpreview.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optpreview.Parallel(s.options.Parallel))
		}
		_, err := stack.Preview(ctx, options...)
		return err
	})
	if !made {
		return kept, err
	}
	// An interrupted preview cleans up as well.
	if removal := s.remove(context.WithoutCancel(ctx)); removal != nil && err == nil {
		return kept, removal
	}
	return kept, err
}

// remove takes the stack, which has no resources, out of the backend. Its
// workspace goes when the stack is closed.
func (s *Stack) remove(ctx context.Context) error {
	if err := s.auto.RemoveStack(ctx, s.name); err != nil {
		return s.commandError(ctx, "removing stack")
	}
	s.workdir.removeOnClose = true
	return nil
}
