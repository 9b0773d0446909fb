package cli

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheFirstInterruptCancelsAndTheSecondAborts(t *testing.T) {
	said := make(chan string, 2)
	ctx, abort, stop := interrupts(func(text string) { said <- text })
	defer stop()
	pid := syscall.Getpid()

	require.NoError(t, syscall.Kill(pid, syscall.SIGINT))
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		require.Fail(t, "the first interrupt did not end the context")
	}
	assert.Contains(t, <-said, "once more")
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
