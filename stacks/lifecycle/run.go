package lifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
)

// operation is a call of the Automation API that sends engine events.
type operation func(ctx context.Context, stream chan<- events.EngineEvent) error

// runOperation runs an operation, forwards its events, waits for another run's lock or removes a stale one,
// and returns a typed error. It always returns the collector.
func (s *Stack) runOperation(ctx context.Context, name string, stack *auto.Stack, do operation) (*collector, error) {
	deadline := time.Now().Add(s.project.options.LockWait)
	removed, reported := false, false
	for {
		collected := newCollector(s.name, s.emit, time.Now)
		err := collect(ctx, collected, do)
		if err == nil {
			return collected, nil
		}
		if ctx.Err() != nil || !auto.IsConcurrentUpdateError(err) {
			return collected, s.operationError(ctx, name, collected)
		}
		owners := lockOwners(err.Error())
		if isStale(owners) && !removed {
			s.logInfo(fmt.Sprintf("removing the lock of a killed run: %s", owners[0]))
			if err := stack.Cancel(ctx); err != nil {
				return collected, s.commandError(ctx, "removing the stale lock of stack")
			}
			removed = true
			continue
		}
		if !time.Now().Before(deadline) {
			return collected, &LockedError{Stack: s.name, Owners: owners}
		}
		if !reported {
			s.logInfo((&LockedError{Stack: s.name, Owners: owners}).Error())
			reported = true
		}
		if err := sleep(ctx, lockRetryInterval); err != nil {
			return collected, &CancelledError{Operation: name, Stack: s.name}
		}
	}
}

// collect runs the operation and handles all of its events: the engine blocks on an event that is not read.
func collect(ctx context.Context, collected *collector, do operation) error {
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
				collected.handle(event)
			case <-ended:
				handleRest(collected, channel)
				return
			}
		}
	}()
	err := do(ctx, channel)
	// If Pulumi ended before it sent an event, nothing closes the channel.
	close(ended)
	<-drained
	return err
}

func handleRest(collected *collector, channel <-chan events.EngineEvent) {
	for {
		select {
		case event, open := <-channel:
			if !open {
				return
			}
			collected.handle(event)
		default:
			return
		}
	}
}

// operationError returns the typed error of a failed operation.
func (s *Stack) operationError(ctx context.Context, name string, collected *collector) error {
	if ctx.Err() != nil {
		return &CancelledError{Operation: name, Stack: s.name, Killed: s.command.latest().killed}
	}
	if len(collected.protected) > 0 {
		return &RefusedError{Operation: name, Stack: s.name, Resources: collected.protected}
	}
	failure := &UpdateFailedError{Operation: name, Stack: s.name, Messages: collected.messages}
	for _, each := range collected.failures {
		failure.Failures = append(failure.Failures, *each)
	}
	if len(failure.Failures)+len(failure.Messages) > 0 {
		return failure
	}
	return s.commandError(ctx, name+" of stack")
}

func sleep(ctx context.Context, duration time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(duration):
		return nil
	}
}
