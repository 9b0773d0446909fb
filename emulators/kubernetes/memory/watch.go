package memory

import (
	"encoding/json"
	"net/http"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
)

// watcher is one client that watches a resource.
type watcher struct {
	made    call
	matches func(*unstructured.Unstructured) bool
	events  chan change
}

// change is one event of a watch, as the API writes it.
type change struct {
	Type   watch.EventType            `json:"type"`
	Object *unstructured.Unstructured `json:"object"`
}

// backlog is how many changes a client may be behind. A slower client is disconnected and has to watch again.
const backlog = 1000

// watch sends the existing objects and then every change, until the client disconnects or the cluster is closed.
func (c *Cluster) watch(w http.ResponseWriter, r *http.Request, made call) {
	matches, err := made.selection()
	if err != nil {
		refuse(w, err)
		return
	}
	events := c.subscribe(made, matches)
	defer c.unsubscribe(events)
	w.Header().Set("Content-Type", "application/json;stream=watch")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	encoder := json.NewEncoder(w)
	for {
		if err := flush.Flush(); err != nil {
			return
		}
		select {
		case event, open := <-events.events:
			if !open || encoder.Encode(event) != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-c.ended:
			return
		}
	}
}

func (c *Cluster) subscribe(made call, matches func(*unstructured.Unstructured) bool) *watcher {
	c.mu.Lock()
	defer c.mu.Unlock()
	there := c.in(made.resource(), made.namespace)
	joined := &watcher{made: made, matches: matches, events: make(chan change, backlog+len(there))}
	for _, object := range there {
		if matches(object) {
			joined.events <- change{watch.Added, made.seen(object)}
		}
	}
	c.watchers[joined] = true
	return joined
}

func (c *Cluster) unsubscribe(left *watcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.watchers, left)
}

func (c *Cluster) notify(at address, what watch.EventType, object *unstructured.Unstructured) {
	for watching := range c.watchers {
		if watching.made.resource() != at.resource || watching.made.namespace != "" && watching.made.namespace != at.namespace {
			continue
		}
		if !watching.matches(object) {
			continue
		}
		select {
		case watching.events <- change{what, watching.made.seen(object)}:
		default:
			delete(c.watchers, watching)
			close(watching.events)
		}
	}
}
