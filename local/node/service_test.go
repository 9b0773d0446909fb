package node

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServiceIsRestarted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	log := &buffer{}
	done := make(chan struct{})
	go func() {
		service{name: "short", command: []string{"/bin/sh", "-c", "echo at work; exit 3"}}.keepRunning(ctx, log)
		close(done)
	}()
	require.Eventually(t, func() bool { return strings.Count(log.String(), "at work") >= 2 }, time.Minute, 10*time.Millisecond)
	assert.Contains(t, log.String(), "exit status 3; restarting in 500ms")
	cancel()
	select {
	case <-done:
	case <-time.After(time.Minute):
		require.Fail(t, "the service must end with its context")
	}
}

func TestRetryReturnsLastError(t *testing.T) {
	calls := 0
	require.NoError(t, retry(context.Background(), time.Minute, "trying", func() error {
		calls++
		if calls < 3 {
			return assert.AnError
		}
		return nil
	}))
	assert.Equal(t, 3, calls)
	err := retry(context.Background(), 150*time.Millisecond, "trying", func() error { return assert.AnError })
	require.ErrorIs(t, err, assert.AnError)
	assert.ErrorContains(t, err, "trying: gave up after 150ms")
}

// buffer is a log that a test can read while a service writes to it.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
