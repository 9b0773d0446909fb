package show

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// JSON writes each event as one line. It may be used by many goroutines.
type JSON struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

// NewJSON makes a printer of JSON lines.
func NewJSON(out io.Writer) *JSON {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &JSON{encoder: encoder}
}

// Handle writes one event.
func (j *JSON) Handle(event lifecycle.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	// A reader that went away must not stop the work.
	_ = j.encoder.Encode(event)
}
