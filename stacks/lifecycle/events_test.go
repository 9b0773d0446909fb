package lifecycle

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSenderDoesNotWaitForTheHandler(t *testing.T) {
	const count = 1000
	allSent := make(chan struct{})
	var seen []string
	queue := newEventQueue(func(event Event) {
		<-allSent
		seen = append(seen, event.Name)
	})
	for i := range count {
		queue.send(Event{Name: string(rune(i))})
	}
	close(allSent)
	queue.flush()
	require.Len(t, seen, count, "the handler has seen every event")
	for i, name := range seen {
		assert.Equal(t, string(rune(i)), name, "in order")
	}
}
