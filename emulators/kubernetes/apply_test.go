package kubernetes

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
)

// interrupting ends a run when an object is sent.
type interrupting struct {
	next      http.RoundTripper
	interrupt context.CancelFunc
}

func (i interrupting) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPatch {
		i.interrupt()
	}
	return i.next.RoundTrip(request)
}

func TestAnInterruptedApplyIsInTheState(t *testing.T) {
	server, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	ctx, interrupt := context.WithCancel(t.Context())
	config := server.Config()
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return interrupting{next: next, interrupt: interrupt} })
	c := &cluster{}
	require.NoError(t, c.open(ctx, config))
	settings := application{fieldManager: "test", object: object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "settings", "namespace": "default"},
	}}

	live, err := c.apply(ctx, settings)
	require.NoError(t, err)
	assert.Equal(t, "settings", live.name())

	_, err = c.apply(ctx, settings)
	assert.ErrorIs(t, err, context.Canceled, "nothing more is sent")
}
