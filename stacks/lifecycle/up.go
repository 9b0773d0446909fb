package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// errReadOnly is a mistake of the caller.
var errReadOnly = errors.New("the stack was opened to read only")

// UpResult is how an update ended.
type UpResult struct {
	Result
	Outputs Outputs
}

// Up makes the stack if there is none and brings it to what the program says. A
// run that was interrupted is gone on with. Errors are *UpdateFailedError,
// *RefusedError, *LockedError and *CancelledError.
func (s *Stack) Up(ctx context.Context) (UpResult, error) {
	if s.options.ReadOnly {
		return UpResult{}, errReadOnly
	}
	began := time.Now()
	kept, outputs, err := s.up(ctx)
	return UpResult{Result: s.summarise(began, kept, outputs, err), Outputs: outputs}, err
}

func (s *Stack) up(ctx context.Context) (*collector, Outputs, error) {
	stack, _, err := s.selectOrCreate(ctx)
	if err != nil {
		return nil, nil, err
	}
	var outputs Outputs
	kept, err := s.runOperation(ctx, "update", stack, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optup.Option{optup.EventStreams(stream), optup.SuppressProgress(), optup.SuppressOutputs(), optup.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optup.Parallel(s.options.Parallel))
		}
		result, err := stack.Up(ctx, options...)
		outputs = outputsOf(result.Outputs)
		return err
	})
	if err != nil {
		return kept, nil, err
	}
	if kept.pending {
		if err := s.removePendingOperations(ctx); err != nil {
			return kept, outputs, err
		}
	}
	return kept, outputs, nil
}

// Refresh reads the real resources into the state. Errors are as for Up.
func (s *Stack) Refresh(ctx context.Context) (Result, error) {
	if s.options.ReadOnly {
		return Result{}, errReadOnly
	}
	began := time.Now()
	kept, err := s.refresh(ctx)
	return s.summarise(began, kept, nil, err), err
}

func (s *Stack) refresh(ctx context.Context) (*collector, error) {
	stack, err := s.selectStack(ctx)
	if err != nil {
		return nil, err
	}
	return s.runOperation(ctx, "refresh", stack, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optrefresh.Option{optrefresh.EventStreams(stream), optrefresh.SuppressProgress(), optrefresh.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optrefresh.Parallel(s.options.Parallel))
		}
		_, err := stack.Refresh(ctx, options...)
		return err
	})
}
