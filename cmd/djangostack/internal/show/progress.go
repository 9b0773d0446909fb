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
	// announceAfter is how long a change runs before a line names it. Shorter changes get one line, when
	// they are done.
	announceAfter = 2 * time.Second
	// heartbeatEvery is the longest time without a line. The first line comes sooner, to show at once that
	// the command works.
	heartbeatEvery = 5 * time.Second
	firstHeartbeat = 2 * time.Second
	// longestList is how many running changes a line names.
	longestList = 3
	// margin is the width of the time and the word at the start of a line.
	margin = 18
)

// Progress prints events as lines of text. Several goroutines may use it.
type Progress struct {
	mu       sync.Mutex
	out      io.Writer
	width    func() int
	now      func() time.Time
	started  time.Time
	lastLine time.Time
	running  map[string]*running
}

// running is one running change.
type running struct {
	event     lifecycle.Event
	since     time.Time
	message   string
	announced bool
}

// NewProgress starts the clock of the printed times. The width is that of the terminal now, in characters, and 0 if out
// is no terminal.
func NewProgress(out io.Writer, now func() time.Time, width func() int) *Progress {
	started := now()
	return &Progress{out: out, now: now, width: width, started: started, lastLine: started, running: map[string]*running{}}
}

// Handle prints one event.
func (p *Progress) Handle(event lifecycle.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch event.Type {
	case lifecycle.EventStart:
		if event.Listed() {
			p.running[event.URN] = &running{event: event, since: p.now()}
		}
	case lifecycle.EventProgress:
		p.progress(event)
	case lifecycle.EventDone, lifecycle.EventFailed:
		p.finish(event)
	case lifecycle.EventDiagnostic:
		p.diagnostic(event)
	}
}

// Tick prints changes that have been running for a while. Call it about once per second.
func (p *Progress) Tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, urn := range p.longestRunning() {
		current := p.running[urn]
		if !current.announced && p.now().Sub(current.since) >= announceAfter {
			p.announce(current)
		}
	}
	longest := heartbeatEvery
	if p.lastLine.Equal(p.started) {
		longest = firstHeartbeat
	}
	if p.now().Sub(p.lastLine) >= longest {
		p.heartbeat()
	}
}

// TickUntil calls Tick every second until the context ends.
func (p *Progress) TickUntil(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.Tick()
		}
	}
}

// Line prints a line of the command itself.
func (p *Progress) Line(word, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line(word, text)
}

func (p *Progress) progress(event lifecycle.Event) {
	current, known := p.running[event.URN]
	if !known || current.message == event.Message {
		return
	}
	current.message = event.Message
	if p.now().Sub(current.since) >= announceAfter {
		p.announce(current)
	}
}

func (p *Progress) announce(current *running) {
	current.announced = true
	doing, _ := words(current.event)
	text := label(current.event) + " …"
	if current.message != "" {
		text += " " + current.message
	}
	p.line(doing, text)
}

func (p *Progress) finish(event lifecycle.Event) {
	if !event.Listed() {
		return
	}
	took := ""
	if current, known := p.running[event.URN]; known {
		if length := p.now().Sub(current.since); length >= time.Second {
			took = " in " + Seconds(length)
		}
		delete(p.running, event.URN)
	}
	_, word := words(event)
	if event.Type == lifecycle.EventFailed {
		word = "FAILED"
	}
	p.line(word, label(event)+took)
}

// diagnostic prints notes and warnings. The command prints errors at its end, with the next step.
func (p *Progress) diagnostic(event lifecycle.Event) {
	if event.Severity == "error" || event.Severity == "debug" {
		return
	}
	word := "note"
	if event.Severity == "warning" {
		word = "warning"
	}
	text := event.Message
	if event.Name != "" && !strings.HasPrefix(event.ResourceType, "pulumi:") {
		text = label(event) + ": " + text
	}
	p.line(word, text)
}

func (p *Progress) heartbeat() {
	if len(p.running) == 0 {
		p.line("…", "working")
		return
	}
	var running []string
	for _, urn := range p.longestRunning() {
		current := p.running[urn]
		text := label(current.event) + " " + Seconds(p.now().Sub(current.since))
		if current.message != "" {
			text += " (" + firstLine(current.message) + ")"
		}
		running = append(running, text)
	}
	const words = "still running: "
	p.line("…", words+listWithin(running, p.lineWidth()-margin-len(words)))
}

// lineWidth returns how many characters a line may have without a break.
func (p *Progress) lineWidth() int {
	if width := p.width(); width > 0 {
		return width
	}
	return defaultWidth
}

// longestRunning returns the URNs of the running changes, the longest running first.
func (p *Progress) longestRunning() []string {
	return slices.SortedFunc(maps.Keys(p.running), func(a, b string) int {
		if order := p.running[a].since.Compare(p.running[b].since); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
}

func (p *Progress) line(word, text string) {
	p.lastLine = p.now()
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+strings.Repeat(" ", margin))
	// A closed terminal must not stop the operation.
	_, _ = fmt.Fprintf(p.out, "%6s  %-8s  %s\n", Seconds(p.now().Sub(p.started)), word, text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
