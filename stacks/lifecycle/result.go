package lifecycle

import (
	"errors"
	"time"
)

// Result is the result of an operation.
type Result struct {
	// Changes counts resources by what happened to them.
	Changes Changes
	// Unlisted counts those of them that have no line in a plan: components, providers and the
	// stack itself.
	Unlisted Changes
	// Duration of the call.
	Duration time.Duration
}

// summarize sends the last event of an operation and waits until the handler has seen all of them.
func (s *Stack) summarize(began time.Time, collected *collector, outputs Outputs, err error) Result {
	result := Result{Duration: time.Since(began)}
	if collected != nil {
		result.Changes, result.Unlisted = collected.changes, collected.unlistedChanges()
	}
	s.emit(Event{
		Time: time.Now(), Stack: s.name, Type: EventSummary, Result: resultOf(err),
		Changes: result.Changes, ElapsedMS: result.Duration.Milliseconds(), Outputs: outputs.masked(),
	})
	s.events.flush()
	return result
}

func resultOf(err error) string {
	var cancelled *CancelledError
	var refused *RefusedError
	switch {
	case err == nil:
		return "succeeded"
	case errors.As(err, &cancelled):
		return "cancelled"
	case errors.As(err, &refused):
		return "refused"
	default:
		return "failed"
	}
}
