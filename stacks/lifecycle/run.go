package lifecycle

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
)

// operation is a call of the Automation API that sends engine events.
type operation func(ctx context.Context, stream chan<- events.EngineEvent) error

// runOperation runs an operation, forwards its events, waits for another run's lock or releases that of a run that has
// ended, and returns a typed error. It always returns the collector.
func (s *Stack) runOperation(ctx context.Context, name string, do operation) (*collector, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if name == operationPreview || s.backend.isService() { // Pulumi Cloud has its own leases
		return s.runEmitting(ctx, name, s.emit, func() func() { return func() {} }, do)
	}
	return s.runEmitting(ctx, name, s.emit, func() func() { return s.beat(int(s.command.pid.Load()), cancel) }, do)
}

// runQuietly runs an operation that changes nothing without forwarding its events.
func (s *Stack) runQuietly(ctx context.Context, name string, do operation) (*collector, error) {
	return s.runEmitting(ctx, name, func(Event) {}, func() func() { return func() {} }, do)
}

// runEmitting calls begun when the operation holds the lock, and the function that it returns at the operation's end.
func (s *Stack) runEmitting(ctx context.Context, name string, emit func(Event), begun func() (end func()), do operation) (collected *collector, err error) {
	err = s.whenUnlocked(ctx, name, func() error {
		collected = newCollector(s.name, emit, time.Now)
		collected.conceal = s.secrets.concealer()
		err := collect(ctx, collected, begun, do)
		switch {
		case err == nil:
			return nil
		case ctx.Err() == nil && auto.IsConcurrentUpdateError(err):
			return &LockedError{Stack: s.name, Owners: lockOwners(err.Error())}
		default:
			return s.operationError(ctx, name, collected)
		}
	})
	return collected, err
}

// collect runs the operation and handles all of its events: the engine blocks on an event that is not read. The first
// event shows that the operation holds the lock.
func collect(ctx context.Context, collected *collector, begun func() (end func()), do operation) error {
	channel := make(chan events.EngineEvent, 64)
	ended := make(chan struct{})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		first := true
		for {
			select {
			case event, open := <-channel:
				if !open {
					return
				}
				if first {
					defer begun()()
					first = false
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
	collected.finish()
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
	if len(collected.refused) > 0 {
		return &RefusedError{Operation: name, Stack: s.name, Resources: collected.refused, Started: true}
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
