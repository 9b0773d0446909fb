package lifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
)

// operation is one call of the Automation API that sends engine events.
type operation func(ctx context.Context, stream chan<- events.EngineEvent) error

// run does an operation: it passes its events on, waits out or removes locks, and
// turns its end into a typed error. The stream is returned in any case.
func (s *Stack) runOperation(ctx context.Context, name string, stack *auto.Stack, do operation) (*collector, error) {
	deadline := time.Now().Add(s.project.options.LockWait)
	removed, told := false, false
	for {
		kept := newCollector(s.name, s.emit, time.Now)
		err := collect(ctx, kept, do)
		if err == nil {
			return kept, nil
		}
		if ctx.Err() != nil || !auto.IsConcurrentUpdateError(err) {
			return kept, s.operationError(ctx, name, kept)
		}
		holders := lockOwners(err.Error())
		if isStale(holders) && !removed {
			s.logInfo(fmt.Sprintf("removing the lock that a killed run left behind: %s", holders[0]))
			if err := stack.Cancel(ctx); err != nil {
				return kept, s.commandError(ctx, "removing the stale lock of stack")
			}
			removed = true
			continue
		}
		if !time.Now().Before(deadline) {
			return kept, &LockedError{Stack: s.name, Owners: holders}
		}
		if !told {
			s.logInfo((&LockedError{Stack: s.name, Owners: holders}).Error())
			told = true
		}
		if err := sleep(ctx, lockRetryInterval); err != nil {
			return kept, &CancelledError{Operation: name, Stack: s.name}
		}
	}
}

// collect runs the operation while its events are handled, every one of them: an
// unread event would block the engine.
func collect(ctx context.Context, kept *collector, do operation) error {
	channel := make(chan events.EngineEvent, 64)
	ended := make(chan struct{})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for {
			select {
			case event, open := <-channel:
				if !open {
					return
				}
				kept.handle(event)
			case <-ended:
				handleRest(kept, channel)
				return
			}
		}
	}()
	err := do(ctx, channel)
	// The channel stays open where Pulumi ended before it sent any event.
	close(ended)
	<-drained
	return err
}

func handleRest(kept *collector, channel <-chan events.EngineEvent) {
	for {
		select {
		case event, open := <-channel:
			if !open {
				return
			}
			kept.handle(event)
		default:
			return
		}
	}
}

// failed is the typed error of an operation that did not succeed.
func (s *Stack) operationError(ctx context.Context, name string, kept *collector) error {
	if ctx.Err() != nil {
		return &CancelledError{Operation: name, Stack: s.name, Killed: s.command.latest().killed}
	}
	if len(kept.protected) > 0 {
		return &RefusedError{Operation: name, Stack: s.name, Resources: kept.protected}
	}
	failure := &UpdateFailedError{Operation: name, Stack: s.name, Messages: kept.messages}
	for _, each := range kept.failures {
		failure.Failures = append(failure.Failures, *each)
	}
	if len(failure.Failures)+len(failure.Messages) > 0 {
		return failure
	}
	return s.commandError(ctx, name+" of stack")
}

func sleep(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
