package lifecycle

import "sync"

// eventQueue hands events to a handler, one at a time and in order, without making the sender wait: a slow handler
// must not slow an update.
type eventQueue struct {
	handle func(Event)

	mu      sync.Mutex
	idle    *sync.Cond
	waiting []Event
	running bool
}

func newEventQueue(handle func(Event)) *eventQueue {
	queue := &eventQueue{handle: handle}
	queue.idle = sync.NewCond(&queue.mu)
	return queue
}

// send adds an event. It starts a goroutine that ends when no event waits.
func (q *eventQueue) send(event Event) {
	if q.handle == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, event)
	if !q.running {
		q.running = true
		go q.run()
	}
}

func (q *eventQueue) run() {
	for {
		event, exists := q.next()
		if !exists {
			return
		}
		q.handle(event)
	}
}

func (q *eventQueue) next() (Event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.running = false
		q.idle.Broadcast()
		return Event{}, false
	}
	event := q.waiting[0]
	q.waiting = q.waiting[1:]
	return event, true
}

// flush returns when the handler has seen every event.
func (q *eventQueue) flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.running {
		q.idle.Wait()
	}
}
