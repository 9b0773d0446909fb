package lifecycle

import (
	"errors"
	"time"
)

// Result is how an operation ended.
type Result struct {
	// Changes counts resources by what happened to them.
	Changes Changes
	// Duration is the time from the call to its end.
	Duration time.Duration
}

// summarise sends the event that ends every operation.
func (s *Stack) summarise(began time.Time, kept *collector, outputs Outputs, err error) Result {
	result := Result{Duration: time.Since(began)}
	if kept != nil {
		result.Changes = kept.changes
	}
	s.emit(Event{
		Time: time.Now(), Stack: s.name, Type: EventSummary, Result: resultOf(err),
		Changes: result.Changes, ElapsedMS: result.Duration.Milliseconds(), Outputs: outputs.masked(),
	})
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
