package lifecycle

import (
	"strings"
	"time"
)

// EventType is the kind of an event.
type EventType string

// The kinds of events.
const (
	// EventPlan is one planned change of a preview.
	EventPlan EventType = "plan"
	// EventStart is the start of a change.
	EventStart EventType = "start"
	// EventProgress says what a running change is waiting for.
	EventProgress EventType = "progress"
	// EventDone is the successful end of a change.
	EventDone EventType = "done"
	// EventFailed is the failed end of a change.
	EventFailed EventType = "failed"
	// EventDiagnostic is a message from the program, the engine or a provider.
	EventDiagnostic EventType = "diagnostic"
	// EventSummary is the last event of an operation.
	EventSummary EventType = "summary"
	// EventStep is the start or the end of a step of a rehearsal. Name is the step. Result is empty at its
	// start, and passed or failed at its end.
	EventStep EventType = "step"
)

// Event is something that happened in an operation. It contains no secret values.
type Event struct {
	Time  time.Time `json:"time"`
	Stack string    `json:"stack"`
	Type  EventType `json:"type"`
	// URN, ResourceType and Name identify the resource, if the event is about one.
	URN          string `json:"urn,omitempty"`
	ResourceType string `json:"resourceType,omitempty"`
	Name         string `json:"name,omitempty"`
	// Component is true if the resource only groups others.
	Component bool `json:"component,omitempty"`
	// Op is the engine's name of the change: create, update, delete, replace,
	// create-replacement, delete-replaced, read, refresh.
	Op string `json:"op,omitempty"`
	// Retained is true if a deletion removes the resource from the stack only: it stays in the cloud, because
	// something else may need it or it holds data.
	Retained bool `json:"retained,omitempty"`
	// Severity of a diagnostic: debug, info, warning or error.
	Severity string `json:"severity,omitempty"`
	Message  string `json:"message,omitempty"`
	// ElapsedMS is the time since the change started, in milliseconds; in a summary, since the operation
	// started.
	ElapsedMS int64 `json:"elapsedMs,omitempty"`
	// Properties are the changed properties of a plan event.
	Properties []PropertyChange `json:"properties,omitempty"`
	// Changes counts resources in a summary.
	Changes Changes `json:"changes,omitempty"`
	// Result of a summary: succeeded, failed, cancelled or refused; of a step: passed
	// or failed.
	Result string `json:"result,omitempty"`
	// Outputs of a summary; secret ones are "[secret]".
	Outputs map[string]any `json:"outputs,omitempty"`
}

// Changes counts resources by the engine's name of what happened to them: create, update, delete,
// replace, same and so on.
type Changes map[string]int

// Any reports whether any resource was changed or would be.
func (c Changes) Any() bool {
	for op, count := range c {
		if count > 0 && op != "same" && op != "read" && op != "refresh" {
			return true
		}
	}
	return false
}

// ShortType returns the last part of a type token: Deployment for kubernetes:apps/v1:Deployment.
func ShortType(token string) string {
	return token[strings.LastIndexByte(token, ':')+1:]
}

// Listed reports whether plans and progress have a line for the event's resource. They have
// none for components, providers and the stack itself.
func (e Event) Listed() bool {
	return !e.Component && !strings.HasPrefix(e.ResourceType, "pulumi:")
}
