package image

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/local/ports"
)

// runIn runs a shell script in an image. $PORT and the next one are free ports.
func runIn(t *testing.T, name, script string) (string, error) {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("set DJANGOSTACK_E2E=1 to run the real images (root, Debian's mirror)")
	}
	b := &Builder{Out: imageFolder(t), App: filepath.Join("..", "..", "examples", "blog")}
	archives, err := b.Build(context.Background(), name)
	require.NoError(t, err)
	const waitFor = `wait_for() { end=$(($(date +%s)+120)); until "$@"; do test $(date +%s) -lt $end; sleep 0.2; done; }
`
	var output bytes.Buffer
	err = b.Run(t.Context(), archives[0], Run{
		Command:  []string{"sh", "-ec", waitFor + script},
		Env:      []string{"PORT=" + freePort(t)},
		Writable: []string{"/data", "/run/postgresql", "/var/lib/postgresql/data"},
		Stdout:   &output,
		Stderr:   &output,
	})
	return output.String(), err
}

// imageFolder returns the image folder of the state directory, so that tests reuse its base.
func imageFolder(t *testing.T) string {
	t.Helper()
	state := os.Getenv("DJANGOSTACK_STATE")
	if state == "" {
		state = filepath.Join("..", "..", ".djangostack")
	}
	folder, err := filepath.Abs(filepath.Join(state, "images"))
	require.NoError(t, err)
	return folder
}

// freePort returns the first of two free ports.
func freePort(t *testing.T) string {
	t.Helper()
	port, err := ports.Free(2)
	require.NoError(t, err)
	return strconv.Itoa(port)
}

// getPages is Python code that requests pages like a load balancer that terminates TLS. It waits until the app is ready
// and prints the response of the readiness check.
const getPages = `
import os, re, time, urllib.request
def get(path):
    request = urllib.request.Request(f"http://127.0.0.1:{os.environ['PORT']}{path}", headers={"Host": "blog.example.com", "X-Forwarded-Proto": "https"})
    return urllib.request.urlopen(request)
for attempt in range(600):
    try:
        print(get("/healthz/ready").read().decode())
        break
    except OSError:
        time.sleep(0.2)
`
