package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// errReadOnly reports a mistake of the caller.
var errReadOnly = errors.New("the stack was opened with StackOptions.ReadOnly: open it without to change it")

// UpResult is the result of Up.
type UpResult struct {
	Result
	Outputs Outputs
}

// Up creates the stack if it does not exist, and updates its resources to what the program declares. If an
// earlier run was interrupted, Up continues it. Errors are *UpdateFailedError, *RefusedError, *LockedError
// and *CancelledError.
func (s *Stack) Up(ctx context.Context) (UpResult, error) {
	if s.options.ReadOnly {
		return UpResult{}, errReadOnly
	}
	began := time.Now()
	collected, outputs, err := s.up(ctx)
	return UpResult{Result: s.summarize(began, collected, outputs, err), Outputs: outputs}, err
}

func (s *Stack) up(ctx context.Context) (*collector, Outputs, error) {
	stack, _, err := s.selectOrCreate(ctx)
	if err != nil {
		return nil, nil, err
	}
	var outputs Outputs
	collected, err := s.runOperation(ctx, "update", stack, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optup.Option{optup.EventStreams(stream), optup.SuppressProgress(), optup.SuppressOutputs(), optup.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optup.Parallel(s.options.Parallel))
		}
		result, err := stack.Up(ctx, options...)
		outputs = outputsOf(result.Outputs)
		return err
	})
	if err != nil {
		return collected, nil, err
	}
	if collected.pending {
		if err := s.removePendingOperations(ctx); err != nil {
			return collected, outputs, err
		}
	}
	return collected, outputs, nil
}

// Refresh updates the state from the real resources. Errors are those of Up, and *NotFoundError.
func (s *Stack) Refresh(ctx context.Context) (Result, error) {
	if s.options.ReadOnly {
		return Result{}, errReadOnly
	}
	began := time.Now()
	collected, err := s.refresh(ctx)
	return s.summarize(began, collected, nil, err), err
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
