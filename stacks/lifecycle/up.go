package lifecycle

import (
	"context"
	"errors"
	"slices"
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
// earlier run was interrupted, Up continues it. Before its first step it checks the configuration, what it needs
// (ProjectOptions.Check and Preflight), and that its plan keeps all protected resources. Errors are
// *ConfigInvalidError, *RefusedError, *ProvidersError, *UpdateFailedError, *LockedError and *CancelledError.
func (s *Stack) Up(ctx context.Context) (UpResult, error) {
	if s.options.ReadOnly {
		return UpResult{}, errReadOnly
	}
	began := time.Now()
	collected, outputs, err := s.up(ctx)
	return UpResult{Result: s.summarize(began, collected, outputs, err), Outputs: outputs}, err
}

func (s *Stack) up(ctx context.Context) (*collector, Outputs, error) {
	environment, err := s.checkConfiguration()
	if err != nil {
		return nil, nil, err
	}
	if err := s.checkReachable(ctx, environment); err != nil {
		return nil, nil, err
	}
	stack, created, err := s.selectOrCreate(ctx)
	if err != nil {
		return nil, nil, err
	}
	lost, err := s.prepareUpdate(ctx, created)
	if err != nil {
		if created {
			err = errors.Join(err, s.remove(context.WithoutCancel(ctx)))
		}
		return nil, nil, err
	}
	var outputs Outputs
	collected, err := s.runOperation(ctx, operationUpdate, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optup.Option{optup.EventStreams(stream), optup.SuppressProgress(), optup.SuppressOutputs(), optup.ShowSecrets(false), optup.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optup.Parallel(s.options.Parallel))
		}
		if len(lost) > 0 {
			options = append(options, optup.Message(lossMessage(lost)))
		}
		result, err := stack.Up(ctx, options...)
		outputs = outputsOf(result.Outputs)
		return err
	})
	if len(s.exports.unprotected) > 0 {
		err = errors.Join(err, s.endAllowance(ctx))
	}
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

// prepareUpdate checks what an update would do and removes the protection of the resources that may be lost, which
// it returns.
func (s *Stack) prepareUpdate(ctx context.Context, created bool) ([]Protected, error) {
	if err := s.encryptEnvironment(ctx); err != nil {
		return nil, err
	}
	before, err := s.stateBefore(ctx, created)
	if err != nil {
		return nil, err
	}
	if before.isInterrupted {
		if err := s.retireInterruptedCreations(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.checkProviders(ctx, before, created); err != nil {
		return nil, err
	}
	guard, err := s.newGuard(before)
	if err != nil {
		return nil, err
	}
	lost, err := s.checkPlan(ctx, guard)
	if err != nil {
		return nil, err
	}
	s.warnOfWords(guard.allowed, lost)
	if before.hasReplaced() {
		restored, err := s.restoreReplaced(ctx)
		if err != nil {
			return nil, err
		}
		if restored {
			more, err := s.prepareUpdate(ctx, false)
			return slices.Concat(lost, more), err
		}
	}
	if err := s.rememberOwner(ctx, before, guard.environment); err != nil {
		return nil, err
	}
	s.exports = exports{record: record{Environment: guard.environment, Providers: s.project.options.Providers}, allowed: before.exports.allowed}
	others, err := s.unprotectedByWords(ctx, guard.allowed)
	if err != nil {
		return nil, err
	}
	if len(lost) == 0 && len(others) == 0 {
		return nil, nil
	}
	return lost, s.allow(ctx, operationUpdate, guard.allowed, lost, others)
}

// checkPlan previews the update and refuses it if it deletes or replaces protected resources. It returns those that
// the configuration allows to be lost. There is nothing to check while the state protects nothing and no volume may get smaller, except that
// the first update of an environment on a cloud is previewed to notice that the account cannot be reached.
func (s *Stack) checkPlan(ctx context.Context, guard *guard) ([]Protected, error) {
	isFirst := len(guard.before.resources) == 0
	if len(guard.before.protected()) == 0 && (!isFirst || !guard.usesCloud()) && !guard.mayShrink() {
		return nil, nil
	}
	s.logInfo("checking the whole plan before its first step")
	plan, err := s.quietPlan(ctx)
	if err != nil {
		return nil, err
	}
	refusal, lost := guard.judge(operationUpdate, s.name, plan)
	if refusal != nil {
		s.explain(ctx, guard, refusal, plan)
		return nil, refusal
	}
	return lost, nil
}

// Refresh updates the state from the real resources. Errors are *NotFoundError, *ProvidersError, *UpdateFailedError,
// *LockedError and *CancelledError.
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
	before, err := s.readState(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.checkProviders(ctx, before, false); err != nil {
		return nil, err
	}
	return s.runOperation(ctx, operationRefresh, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		options := []optrefresh.Option{optrefresh.EventStreams(stream), optrefresh.SuppressProgress(), optrefresh.ShowSecrets(false), optrefresh.Color("never")}
		if s.options.Parallel > 0 {
			options = append(options, optrefresh.Parallel(s.options.Parallel))
		}
		_, err := stack.Refresh(ctx, options...)
		return err
	})
}
