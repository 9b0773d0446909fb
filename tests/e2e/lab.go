// Package e2e holds what the tests with real pods share: where the programs are,
// a visitor of the sample app, and waiting.
package e2e

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Tools says where the programs and images are that make has built.
type Tools struct {
	// Root is the repository.
	Root string
	// Bin holds the programs, Images the archives.
	Bin    string
	Images string
}

// NewTools finds them, and skips the test where it was not asked for.
func NewTools(t *testing.T) Tools {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") == "" {
		t.Skip("needs root and minutes; run it with: make test-pods")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	state := os.Getenv("DJANGOSTACK_STATE")
	if state == "" {
		state = filepath.Join(root, ".djangostack")
	}
	return Tools{Root: root, Bin: filepath.Join(state, "bin"), Images: filepath.Join(state, "images")}
}

// FreePort is a port of 127.0.0.1 that nothing listens on.
func FreePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// Step runs one part of a story; the parts after a failed one are not run.
func Step(t *testing.T, name string, run func(t *testing.T)) {
	t.Helper()
	if !t.Run(name, run) {
		t.FailNow()
	}
}

// Eventually repeats a check until it holds, within the bound.
func Eventually(t *testing.T, bound time.Duration, what string, check func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(bound); time.Now().Before(deadline); time.Sleep(time.Second / 2) {
		if err = check(); err == nil {
			return
		}
	}
	require.NoError(t, err, "%s within %s", what, bound)
}
