package lifecycle

import (
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

// Texts of the engine that carry a meaning which no event has of its own.
const (
	pendingText   = "pending operations from previous deployment"
	protectedText = "because it is protected"
	markedText    = "marked for protection"
)

// stream turns the engine's events of one operation into ours, and keeps what
// the result needs. It is used by one goroutine at a time.
type collector struct {
	stack  string
	now    func() time.Time
	emit   func(Event)
	starts map[string]time.Time

	changes   Changes
	failures  []*Failure
	messages  []string
	protected []Protected
	plan      []Event
	// pending says that an earlier run was interrupted in the middle of a change.
	pending bool
}

func newCollector(stack string, emit func(Event), now func() time.Time) *collector {
	return &collector{stack: stack, now: now, emit: emit, starts: map[string]time.Time{}}
}

func (s *collector) send(event Event) {
	event.Time = s.now()
	event.Stack = s.stack
	s.emit(event)
}

func (s *collector) handle(event events.EngineEvent) {
	switch {
	case event.ResourcePreEvent != nil:
		s.started(event.ResourcePreEvent.Metadata, event.ResourcePreEvent.Planning)
	case event.ResOutputsEvent != nil && !event.ResOutputsEvent.Planning:
		s.ended(EventDone, event.ResOutputsEvent.Metadata)
	case event.ResOpFailedEvent != nil:
		s.failed(event.ResOpFailedEvent.Metadata)
	case event.DiagnosticEvent != nil:
		s.diagnostic(event.DiagnosticEvent)
	case event.SummaryEvent != nil:
		s.changes = Changes{}
		for op, count := range event.SummaryEvent.ResourceChanges {
			s.changes[string(op)] = count
		}
	}
}

// passes says that a step changes nothing that a reader wants to see: the
// resource stays the same, or the step only stands for others.
func isUnchanged(step apitype.StepEventMetadata) bool {
	return step.Op == apitype.OpSame || (step.Op == apitype.OpReplace && step.Logical)
}

func eventOf(step apitype.StepEventMetadata, kind EventType) Event {
	state := step.New
	if state == nil {
		state = step.Old
	}
	return Event{
		Type:         kind,
		URN:          step.URN,
		ResourceType: step.Type,
		Name:         nameOf(step.URN),
		Component:    state != nil && !state.Custom,
		Op:           string(step.Op),
	}
}

func (s *collector) started(step apitype.StepEventMetadata, planning bool) {
	if planning {
		s.addPlan(step)
		return
	}
	if isUnchanged(step) {
		return
	}
	s.starts[step.URN] = s.now()
	s.send(eventOf(step, EventStart))
}

// planned shows a replacement once, as the step which stands for its parts and
// knows its causes.
func (s *collector) addPlan(step apitype.StepEventMetadata) {
	switch step.Op {
	case apitype.OpSame, apitype.OpCreateReplacement, apitype.OpDeleteReplaced:
		return
	}
	event := eventOf(step, EventPlan)
	switch step.Op {
	case apitype.OpCreate:
		event.Properties = initialProperties(step.New)
	case apitype.OpDelete:
	default:
		event.Properties = propertyChanges(step)
	}
	s.plan = append(s.plan, event)
	s.send(event)
}

func (s *collector) ended(kind EventType, step apitype.StepEventMetadata) {
	if isUnchanged(step) {
		return
	}
	event := eventOf(step, kind)
	if start, known := s.starts[step.URN]; known {
		event.ElapsedMS = s.now().Sub(start).Milliseconds()
		delete(s.starts, step.URN)
	}
	s.send(event)
}

func (s *collector) failed(step apitype.StepEventMetadata) {
	s.failureOf(step.URN).Op = string(step.Op)
	s.ended(EventFailed, step)
}

// failure is the one of the resource, made if there is none yet: the engine
// sends a resource's messages before it says that the resource failed.
func (s *collector) failureOf(urn string) *Failure {
	for _, known := range s.failures {
		if known.URN == urn {
			return known
		}
	}
	made := &Failure{URN: urn, Type: typeOf(urn), Name: nameOf(urn)}
	s.failures = append(s.failures, made)
	return made
}

func (s *collector) diagnostic(diagnostic *apitype.DiagnosticEvent) {
	message := strings.TrimSpace(colors.Never.Colorize(diagnostic.Message))
	if message == "" {
		return
	}
	event := Event{
		Type: EventDiagnostic, URN: diagnostic.URN, Severity: severity(diagnostic.Severity), Message: message,
	}
	if diagnostic.URN != "" {
		event.Name, event.ResourceType = nameOf(diagnostic.URN), typeOf(diagnostic.URN)
	}
	switch {
	case diagnostic.Ephemeral:
		event.Type = EventProgress
		if start, known := s.starts[diagnostic.URN]; known {
			event.ElapsedMS = s.now().Sub(start).Milliseconds()
		}
	case strings.Contains(message, pendingText):
		s.pending = true
		event.Severity = "info"
		event.Message = "the run before was interrupted in the middle of a change; going on from there" + interruptedChanges(message)
	case event.Severity == "error":
		s.addError(diagnostic.URN, message)
	}
	s.send(event)
}

// interrupted keeps the list of changes out of the engine's long warning, whose
// advice does not apply: the run that shows it also repairs.
func interruptedChanges(message string) string {
	var list strings.Builder
	for line := range strings.Lines(message) {
		item, isItem := strings.CutPrefix(strings.TrimSpace(line), "* ")
		if !isItem {
			continue
		}
		urn, what, _ := strings.Cut(item, ", ")
		list.WriteString("\n  " + ShortType(typeOf(urn)) + " " + nameOf(urn) + ": " + what)
	}
	return list.String()
}

func severity(engine string) string {
	if engine == "info#err" {
		return "info"
	}
	return engine
}

func (s *collector) addError(urn, message string) {
	if strings.Contains(message, protectedText) || strings.Contains(message, markedText) {
		held := Protected{URN: urn, Type: typeOf(urn), Name: nameOf(urn)}
		if !slices.Contains(s.protected, held) {
			s.protected = append(s.protected, held)
		}
		return
	}
	if urn == "" || typeOf(urn) == "pulumi:pulumi:Stack" {
		if !isFinalMessage(message) {
			s.messages = append(s.messages, message)
		}
		return
	}
	failure := s.failureOf(urn)
	failure.Messages = append(failure.Messages, message)
}

// closing recognises the engine's last words, which only say that there were
// errors.
func isFinalMessage(message string) bool {
	return message == "update failed" || message == "preview failed" || message == "destroy failed" || message == "refresh failed"
}
