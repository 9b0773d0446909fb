package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
)

// DestroyOptions are the options of Destroy.
type DestroyOptions struct {
	// DeleteData names the protected resources to delete, by name or URN. The name of a component includes
	// its children.
	DeleteData []string
	// KeepStack keeps the empty stack, its history and its workspace.
	KeepStack bool
}

// DestroyResult is the result of Destroy.
type DestroyResult struct {
	Result
	// Absent is true if the stack did not exist.
	Absent bool
}

// Destroy deletes every resource of the stack and then the stack. It is not an error if the stack does not
// exist. Errors are those of Up. A *RefusedError means that the stack has protected resources that DeleteData
// does not name, and nothing was deleted.
func (s *Stack) Destroy(ctx context.Context, options DestroyOptions) (DestroyResult, error) {
	if s.options.ReadOnly {
		return DestroyResult{}, errReadOnly
	}
	began := time.Now()
	collected, err := s.destroy(ctx, options)
	var missing *NotFoundError
	if errors.As(err, &missing) {
		return DestroyResult{Absent: true, Result: s.summarize(began, collected, nil, nil)}, nil
	}
	return DestroyResult{Result: s.summarize(began, collected, nil, err)}, err
}

func (s *Stack) destroy(ctx context.Context, options DestroyOptions) (*collector, error) {
	stack, err := s.selectStack(ctx)
	if err != nil {
		return nil, err
	}
	state, err := s.readState(ctx)
	if err != nil {
		return nil, err
	}
	if state.isInterrupted {
		if err := s.retireInterruptedCreations(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.checkProviders(ctx, state, false); err != nil {
		return nil, err
	}
	lost, err := s.named(state, options.DeleteData)
	if err != nil {
		return nil, err
	}
	if len(lost) > 0 {
		s.exports.allowed = state.exports.allowed
		if err := s.allow(ctx, operationDestroy, nil, lost, nil); err != nil {
			return nil, err
		}
	}
	collected, err := s.runOperation(ctx, operationDestroy, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		opts := []optdestroy.Option{optdestroy.EventStreams(stream), optdestroy.SuppressProgress(), optdestroy.SuppressOutputs(), optdestroy.ShowSecrets(false), optdestroy.Color("never")}
		if s.options.Parallel > 0 {
			opts = append(opts, optdestroy.Parallel(s.options.Parallel))
		}
		if len(lost) > 0 {
			opts = append(opts, optdestroy.Message(lossMessage(lost)))
		}
		_, err := stack.Destroy(ctx, opts...)
		return err
	})
	if err != nil && len(lost) > 0 {
		err = errors.Join(err, s.endAllowance(ctx))
	}
	if err != nil || options.KeepStack {
		return collected, err
	}
	return collected, s.remove(ctx)
}
