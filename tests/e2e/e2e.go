// Package e2e starts a Kubernetes cluster on this machine for the tests that need real pods, and gives them a browser for
// the sample app.
package e2e

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/ports"
)

// FreePort returns a port of 127.0.0.1 that nothing listens on.
func FreePort(t *testing.T) string {
	t.Helper()
	port, err := ports.Free(1)
	require.NoError(t, err)
	return strconv.Itoa(port)
}

// Step runs one part of a test as a subtest. A failed step ends the whole test.
func Step(t *testing.T, name string, run func(t *testing.T)) {
	t.Helper()
	if !t.Run(name, run) {
		t.FailNow()
	}
}

// Eventually repeats a check until it returns no error. After the limit the test fails with the last error.
func Eventually(t *testing.T, limit time.Duration, what string, check func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(time.Second / 2) {
		if err = check(); err == nil {
			return
		}
	}
	require.NoError(t, err, "%s within %s", what, limit)
}
