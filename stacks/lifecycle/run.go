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
func (s *Stack) run(ctx context.Context, name string, stack *auto.Stack, do operation) (*stream, error) {
	deadline := time.Now().Add(s.project.options.LockWait)
	removed, told := false, false
	for {
		kept := newStream(s.name, s.emit, time.Now)
		err := collect(ctx, kept, do)
		if err == nil {
			return kept, nil
		}
		if ctx.Err() != nil || !auto.IsConcurrentUpdateError(err) {
			return kept, s.failed(ctx, name, kept)
		}
		holders := lockHolders(err.Error())
		if stale(holders) && !removed {
			s.say(fmt.Sprintf("removing the lock that a killed run left behind: %s", holders[0]))
			if err := stack.Cancel(ctx); err != nil {
				return kept, s.commandError(ctx, "removing the stale lock of stack")
			}
			removed = true
			continue
		}
		if !time.Now().Before(deadline) {
			return kept, &LockedError{Stack: s.name, Holders: holders}
		}
		if !told {
			s.say((&LockedError{Stack: s.name, Holders: holders}).Error())
			told = true
		}
		if err := pause(ctx, lockPoll); err != nil {
			return kept, &CancelledError{Operation: name, Stack: s.name}
		}
	}
}

// collect runs the operation while its events are handled, every one of them: an
// unread event would block the engine.
func collect(ctx context.Context, kept *stream, do operation) error {
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

func handleRest(kept *stream, channel <-chan events.EngineEvent) {
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
func (s *Stack) failed(ctx context.Context, name string, kept *stream) error {
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

func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
