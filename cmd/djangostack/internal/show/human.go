// Package show writes an operation's events: as lines for people, or as JSON for
// programs.
package show

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

const (
	// announceAfter is how long a change may go on without a word.
	announceAfter = 2 * time.Second
	// heartbeatEvery is the longest silence while changes go on.
	heartbeatEvery = 5 * time.Second
)

// Human writes progress as lines. It may be used by many goroutines.
type Human struct {
	mu      sync.Mutex
	out     io.Writer
	now     func() time.Time
	began   time.Time
	spoke   time.Time
	running map[string]*running
}

// running is one change under way.
type running struct {
	event     lifecycle.Event
	since     time.Time
	message   string
	announced bool
}

// NewHuman makes a printer whose times count from now.
func NewHuman(out io.Writer, now func() time.Time) *Human {
	return &Human{out: out, now: now, began: now(), spoke: now(), running: map[string]*running{}}
}

// Handle writes one event.
func (h *Human) Handle(event lifecycle.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch event.Type {
	case lifecycle.EventStart:
		if listed(event) {
			h.running[event.URN] = &running{event: event, since: h.now()}
		}
	case lifecycle.EventProgress:
		h.progress(event)
	case lifecycle.EventDone, lifecycle.EventFailed:
		h.finish(event)
	case lifecycle.EventDiagnostic:
		h.diagnose(event)
	}
}

// Tick writes what goes on without events; call it about every second.
func (h *Human) Tick() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, urn := range h.oldest() {
		current := h.running[urn]
		if !current.announced && h.now().Sub(current.since) >= announceAfter {
			h.announce(current)
		}
	}
	if h.now().Sub(h.spoke) >= heartbeatEvery {
		h.heartbeat()
	}
}

// TickUntil ticks until the context ends.
func (h *Human) TickUntil(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			h.Tick()
		}
	}
}

// Line writes a line of the command's own among the progress.
func (h *Human) Line(word, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line(word, text)
}

// listed leaves out what only groups or configures others.
func listed(event lifecycle.Event) bool {
	return !event.Component && !strings.HasPrefix(event.ResourceType, "pulumi:")
}

func (h *Human) progress(event lifecycle.Event) {
	current, known := h.running[event.URN]
	if !known || current.message == event.Message {
		return
	}
	current.message = event.Message
	if h.now().Sub(current.since) >= announceAfter {
		h.announce(current)
	}
}

func (h *Human) announce(current *running) {
	current.announced = true
	doing, _, _ := verbs(current.event.Op)
	text := thing(current.event) + " …"
	if current.message != "" {
		text += " " + current.message
	}
	h.line(doing, text)
}

func (h *Human) finish(event lifecycle.Event) {
	if !listed(event) {
		return
	}
	took := ""
	if current, known := h.running[event.URN]; known {
		if length := h.now().Sub(current.since); length >= time.Second {
			took = " in " + Seconds(length)
		}
		delete(h.running, event.URN)
	}
	_, word, _ := verbs(event.Op)
	if event.Type == lifecycle.EventFailed {
		word = "FAILED"
	}
	h.line(word, thing(event)+took)
}

// diagnose leaves errors to the end, where they stand with the next step.
func (h *Human) diagnose(event lifecycle.Event) {
	if event.Severity == "error" || event.Severity == "debug" {
		return
	}
	word := "note"
	if event.Severity == "warning" {
		word = "warning"
	}
	text := event.Message
	if event.Name != "" && !strings.HasPrefix(event.ResourceType, "pulumi:") {
		text = thing(event) + ": " + text
	}
	h.line(word, text)
}

func (h *Human) heartbeat() {
	if len(h.running) == 0 {
		h.line("…", "working")
		return
	}
	var parts []string
	for _, urn := range h.oldest() {
		current := h.running[urn]
		text := thing(current.event) + " " + Seconds(h.now().Sub(current.since))
		if current.message != "" {
			text += " (" + firstLine(current.message) + ")"
		}
		parts = append(parts, text)
	}
	h.line("…", "still under way: "+strings.Join(parts, ", "))
}

// oldest are the changes under way, the longest first.
func (h *Human) oldest() []string {
	return slices.SortedFunc(maps.Keys(h.running), func(a, b string) int {
		if order := h.running[a].since.Compare(h.running[b].since); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
}

func (h *Human) line(word, text string) {
	h.spoke = h.now()
	const margin = 18 // under the text of the line above
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+strings.Repeat(" ", margin))
	// Progress that cannot be written must not stop the work.
	_, _ = fmt.Fprintf(h.out, "%6s  %-8s  %s\n", Seconds(h.now().Sub(h.began)), word, text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
