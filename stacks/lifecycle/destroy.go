package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
)

// DestroyOptions says what may be destroyed.
type DestroyOptions struct {
	// DeleteData names resources that hold data and are deleted all the same: by
	// name or URN; a component stands for all below it.
	DeleteData []string
	// KeepStack leaves the empty stack, its history and its workspace.
	KeepStack bool
}

// DestroyResult is how a destroy ended.
type DestroyResult struct {
	Result
	// Absent says that there was no stack; nothing was done.
	Absent bool
}

// Destroy deletes every resource of the stack and then the stack. Errors are
// *RefusedError where protected resources are in it that DeleteData does not name
// (nothing was touched then), and those of Up.
func (s *Stack) Destroy(ctx context.Context, options DestroyOptions) (DestroyResult, error) {
	if s.options.ReadOnly {
		return DestroyResult{}, errReadOnly
	}
	began := time.Now()
	kept, err := s.destroy(ctx, options)
	var missing *NotFoundError
	if errors.As(err, &missing) {
		return DestroyResult{Absent: true, Result: s.summarise(began, kept, nil, nil)}, nil
	}
	return DestroyResult{Result: s.summarise(began, kept, nil, err)}, err
}

func (s *Stack) destroy(ctx context.Context, options DestroyOptions) (*collector, error) {
	stack, err := s.selectStack(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.unprotect(ctx, options.DeleteData); err != nil {
		return nil, err
	}
	kept, err := s.runOperation(ctx, "destroy", stack, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		opts := []optdestroy.Option{optdestroy.EventStreams(stream), optdestroy.SuppressProgress(), optdestroy.SuppressOutputs(), optdestroy.Color("never")}
		if s.options.Parallel > 0 {
			opts = append(opts, optdestroy.Parallel(s.options.Parallel))
		}
		_, err := stack.Destroy(ctx, opts...)
		return err
	})
	if err != nil || options.KeepStack {
		return kept, err
	}
	return kept, s.remove(ctx)
}
