package lifecycle

import (
	"strings"
	"time"
)

// EventType says what an event tells.
type EventType string

// The types of events, in the order in which a resource meets them.
const (
	// EventPlan is one change of a preview.
	EventPlan EventType = "plan"
	// EventStart is the begin of a change.
	EventStart EventType = "start"
	// EventProgress is what a change under way is waiting for.
	EventProgress EventType = "progress"
	// EventDone is the success of a change.
	EventDone EventType = "done"
	// EventFailed is the failure of a change.
	EventFailed EventType = "failed"
	// EventDiagnostic is a message of the program, the engine or a provider.
	EventDiagnostic EventType = "diagnostic"
	// EventSummary ends an operation.
	EventSummary EventType = "summary"
	// EventStep is the begin or the end of a step of several operations, which Name
	// names; at its end Result is passed or failed.
	EventStep EventType = "step"
)

// Event is one thing that happened in an operation. Secret values never stand
// in it.
type Event struct {
	Time  time.Time `json:"time"`
	Stack string    `json:"stack"`
	Type  EventType `json:"type"`
	// URN, ResourceType and Name are of the resource it is about, if any.
	URN          string `json:"urn,omitempty"`
	ResourceType string `json:"resourceType,omitempty"`
	Name         string `json:"name,omitempty"`
	// Component says that the resource only groups others.
	Component bool `json:"component,omitempty"`
	// Op is the engine's word for the change: create, update, delete, replace,
	// create-replacement, delete-replaced, read, refresh.
	Op string `json:"op,omitempty"`
	// Severity of a diagnostic: debug, info, warning or error.
	Severity string `json:"severity,omitempty"`
	Message  string `json:"message,omitempty"`
	// ElapsedMS is the time since the change began; in a summary, since the
	// operation began.
	ElapsedMS int64 `json:"elapsedMs,omitempty"`
	// Properties are the changes of a plan event.
	Properties []PropertyChange `json:"properties,omitempty"`
	// Changes counts resources by the engine's word, in a summary.
	Changes Changes `json:"changes,omitempty"`
	// Result of a summary: succeeded, failed, cancelled or refused; of a step: passed
	// or failed.
	Result string `json:"result,omitempty"`
	// Outputs of a summary; secret ones are "[secret]".
	Outputs map[string]any `json:"outputs,omitempty"`
}

// Changes counts resources by what happened to them, in the engine's words:
// create, update, delete, replace, same and so on.
type Changes map[string]int

// Any says that something was or would be changed.
func (c Changes) Any() bool {
	for op, count := range c {
		if count > 0 && op != "same" && op != "read" && op != "refresh" {
			return true
		}
	}
	return false
}

// ShortType is the last part of a type token: Deployment for
// kubernetes:apps/v1:Deployment.
func ShortType(token string) string {
	return token[strings.LastIndexByte(token, ':')+1:]
}
