package show

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// JSON prints each event as one line of JSON. Several goroutines may use it.
type JSON struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

// NewJSON prints to out.
func NewJSON(out io.Writer) *JSON {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &JSON{encoder: encoder}
}

// Handle prints one event.
func (j *JSON) Handle(event lifecycle.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	// A closed pipe must not stop the operation.
	_ = j.encoder.Encode(event)
}
