package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

// Texts by which the engine's messages are recognized, where no event says the same.
const (
	pendingText   = "pending operations from previous deployment"
	protectedText = "because it is protected"
	// droppedText is of the provider built in, publishedDroppedText and unreachableText are of the published one.
	droppedText          = "deleteUnreachable is set: dropped from the state"
	publishedDroppedText = "Deleting the unreachable resource from Pulumi state"
	unreachableText      = "configured Kubernetes cluster is unreachable: "
	markedText           = "marked for protection"
)

// stackType is the type of the root resource of a stack, which has its outputs.
const stackType = "pulumi:pulumi:Stack"

// severityError is the severity of messages about a failure.
const severityError = "error"

// collector converts the engine's events of one operation and keeps what the result needs. One goroutine
// uses it at a time.
type collector struct {
	stack string
	now   func() time.Time
	emit  func(Event)
	// conceal replaces secrets in a text.
	conceal func(text string) string
	starts  map[string]time.Time

	changes Changes
	// unlisted are the steps of the resources that no plan lists.
	unlisted map[unlistedStep]bool
	failures []*Failure
	messages []string
	// refused are the protected resources whose deletion or replacement Pulumi refused.
	refused []Protected
	plan    []Event
	// losses are the resources that the plan deletes or replaces, by URN, and lossOrder their URNs in order.
	losses    map[string]*loss
	lossOrder []string
	// held is what the components of the plan say about the data that they hold, by URN.
	held map[string]heldData
	// protects are the URNs of the resources that the plan protects.
	protects map[string]bool
	// dropped counts the objects of a cluster out of reach that were removed from the state, and unreachable is true once
	// a message has said why it is out of reach.
	dropped     int
	unreachable bool
	// pending is true if an earlier run was interrupted during a change.
	pending bool
	// explained are the causes, by URN, for which pods do not start and that a message has named.
	explained map[string]bool
}

// isDefaultProvider reports whether a resource is a provider that the engine adds by itself and
// leaves out of its counts.
func isDefaultProvider(event Event) bool {
	return strings.HasPrefix(event.ResourceType, "pulumi:providers:") && strings.HasPrefix(event.Name, "default")
}

// unlistedStep is what happens to one resource. The engine may report it more than once.
type unlistedStep struct{ urn, op string }

// unlistedChanges counts the steps of the resources that no plan lists.
func (c *collector) unlistedChanges() Changes {
	changes := Changes{}
	for step := range c.unlisted {
		changes[step.op]++
	}
	return changes
}

func newCollector(stack string, emit func(Event), now func() time.Time) *collector {
	return &collector{
		stack: stack, now: now, emit: emit, conceal: func(text string) string { return text }, unlisted: map[unlistedStep]bool{}, starts: map[string]time.Time{}, losses: map[string]*loss{}, held: map[string]heldData{}, protects: map[string]bool{}, explained: map[string]bool{},
	}
}

func (c *collector) send(event Event) {
	event.Time = c.now()
	event.Stack = c.stack
	c.emit(event)
}

func (c *collector) handle(event events.EngineEvent) {
	switch {
	case event.ResourcePreEvent != nil:
		c.started(event.ResourcePreEvent.Metadata, event.ResourcePreEvent.Planning)
	case event.ResOutputsEvent != nil:
		c.outputs(event.ResOutputsEvent.Metadata, event.ResOutputsEvent.Planning)
	case event.ResOpFailedEvent != nil:
		c.failed(event.ResOpFailedEvent.Metadata)
	case event.DiagnosticEvent != nil:
		c.diagnostic(event.DiagnosticEvent)
	case event.SummaryEvent != nil:
		c.changes = Changes{}
		for op, count := range event.SummaryEvent.ResourceChanges {
			c.changes[string(op)] = count
		}
	}
}

// isUnchanged reports whether a step changes nothing itself: the resource stays as it is, or the step
// groups the steps of a replacement.
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
		Retained:     isDeletion(step.Op) && step.Old != nil && step.Old.RetainOnDelete,
	}
}

func isDeletion(op apitype.OpType) bool {
	return op == apitype.OpDelete || op == apitype.OpDeleteReplaced
}

func (c *collector) outputs(step apitype.StepEventMetadata, planning bool) {
	if !planning {
		c.ended(EventDone, step)
		return
	}
	if step.New == nil {
		return
	}
	if held, describes := heldIn(step.New.Outputs); describes {
		c.held[step.URN] = held
	}
}

func (c *collector) started(step apitype.StepEventMetadata, planning bool) {
	if event := eventOf(step, EventStart); !event.Listed() && !isDefaultProvider(event) {
		c.unlisted[unlistedStep{step.URN, string(step.Op)}] = true
	}
	if planning {
		c.addPlan(step)
		return
	}
	if isUnchanged(step) {
		return
	}
	c.starts[step.URN] = c.now()
	c.send(eventOf(step, EventStart))
}

// addPlan reports a replacement once, by its grouping step: that one knows which properties force the
// replacement.
func (c *collector) addPlan(step apitype.StepEventMetadata) {
	c.addLoss(step)
	if step.New != nil && step.New.Protect {
		c.protects[step.URN] = true
	}
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
	for i, change := range event.Properties {
		event.Properties[i].Old, event.Properties[i].New = concealValue(change.Old, c.conceal), concealValue(change.New, c.conceal)
	}
	c.plan = append(c.plan, event)
	c.send(event)
}

// addLoss keeps what the guard needs of a step. Several steps replace one resource; the one with the most inputs
// explains the replacement.
func (c *collector) addLoss(step apitype.StepEventMetadata) {
	found := lossOf(step)
	if found == nil {
		return
	}
	known, exists := c.losses[found.urn]
	if !exists {
		c.lossOrder = append(c.lossOrder, found.urn)
		c.losses[found.urn] = found
		return
	}
	known.protected = known.protected || found.protected
	if len(known.new) == 0 {
		known.new = found.new
	}
	if found.op == opReplace {
		known.op = opReplace
	}
}

func (c *collector) ended(kind EventType, step apitype.StepEventMetadata) {
	if isUnchanged(step) {
		return
	}
	event := eventOf(step, kind)
	if start, known := c.starts[step.URN]; known {
		event.ElapsedMS = c.now().Sub(start).Milliseconds()
		delete(c.starts, step.URN)
	}
	c.send(event)
}

func (c *collector) failed(step apitype.StepEventMetadata) {
	c.failureOf(step.URN).Op = string(step.Op)
	delete(c.unlisted, unlistedStep{step.URN, string(step.Op)})
	c.ended(EventFailed, step)
}

// failureOf returns the failure of a resource and creates it if necessary: the engine sends the messages of
// a resource before the event that it failed.
func (c *collector) failureOf(urn string) *Failure {
	for _, known := range c.failures {
		if known.URN == urn {
			return known
		}
	}
	failure := &Failure{URN: urn, Type: typeOf(urn), Name: nameOf(urn)}
	c.failures = append(c.failures, failure)
	return failure
}

func (c *collector) diagnostic(diagnostic *apitype.DiagnosticEvent) {
	message := c.conceal(strings.TrimSpace(colors.Never.Colorize(diagnostic.Message)))
	if message == "" {
		return
	}
	event := Event{
		Type: EventDiagnostic, URN: diagnostic.URN, Severity: severity(diagnostic.Severity), Message: message,
	}
	if diagnostic.URN != "" {
		event.Name, event.ResourceType = nameOf(diagnostic.URN), typeOf(diagnostic.URN)
	}
	if event.Severity != severityError && c.isRepeated(message) {
		return
	}
	switch {
	case diagnostic.Ephemeral:
		event.Type = EventProgress
		if start, known := c.starts[diagnostic.URN]; known {
			event.ElapsedMS = c.now().Sub(start).Milliseconds()
		}
		c.explainStart(diagnostic.URN, message)
	case strings.Contains(message, pendingText):
		c.pending = true
		event.Severity = "info"
		event.Message = "the previous run was interrupted during a change; this run continues from there" + interruptedChanges(message)
	case event.Severity == severityError:
		c.addError(diagnostic.URN, message)
	}
	c.send(event)
}

// isRepeated reports whether a message is one of those that a provider sends for each object of a cluster out of reach.
func (c *collector) isRepeated(message string) bool {
	switch {
	case strings.Contains(message, droppedText), strings.Contains(message, publishedDroppedText):
		c.dropped++
		return true
	case strings.Contains(message, unreachableText):
		known := c.unreachable
		c.unreachable = true
		return known
	default:
		return false
	}
}

// finish reports what was counted instead of reported one by one.
func (c *collector) finish() {
	if c.dropped == 0 {
		return
	}
	c.send(Event{Type: EventDiagnostic, Severity: "warning", Message: fmt.Sprintf(
		"the cluster cannot be reached and deleteUnreachable is set: %d of its objects were dropped from the state and not deleted", c.dropped)})
	c.dropped = 0
}

// interruptedChanges extracts the list of changes from the engine's warning. The warning's advice is left
// out, because Up repairs the state itself.
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

func (c *collector) addError(urn, message string) {
	if strings.Contains(message, protectedText) || strings.Contains(message, markedText) {
		resource := Protected{URN: urn, Type: typeOf(urn), Name: nameOf(urn)}
		if !slices.ContainsFunc(c.refused, func(known Protected) bool { return known.URN == urn }) {
			c.refused = append(c.refused, resource)
		}
		return
	}
	if urn == "" || typeOf(urn) == stackType {
		if !isFinalMessage(message) {
			c.messages = append(c.messages, message)
		}
		return
	}
	failure := c.failureOf(urn)
	failure.Messages = append(failure.Messages, message)
	if _, next := startCauseOf(urn, message); next != "" {
		failure.Next = next
	}
}

// isFinalMessage recognizes the engine's last message, which only says that there were errors.
func isFinalMessage(message string) bool {
	return message == "update failed" || message == "preview failed" || message == "destroy failed" || message == "refresh failed"
}
