package cli

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheFirstInterruptCancelsAndTheSecondAborts(t *testing.T) {
	messages := make(chan string, 2)
	ctx, abort, stop := handleInterrupts(func(text string) { messages <- text })
	defer stop()
	pid := syscall.Getpid()

	require.NoError(t, syscall.Kill(pid, syscall.SIGINT))
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		require.Fail(t, "the first interrupt did not end the context")
	}
	assert.Contains(t, <-messages, "interrupt again")
	select {
	case <-abort:
		require.Fail(t, "the first interrupt aborted")
	default:
	}

	require.NoError(t, syscall.Kill(pid, syscall.SIGTERM))
	select {
	case <-abort:
	case <-time.After(10 * time.Second):
		require.Fail(t, "the second interrupt did not abort")
	}
}
