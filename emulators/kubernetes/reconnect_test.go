package kubernetes

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
)

// breaking cuts the answers to the first requests of a method in half.
type breaking struct {
	method string
	left   atomic.Int32
	next   http.RoundTripper
}

func (b *breaking) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err != nil || request.Method != b.method || b.left.Add(-1) < 0 {
		return response, err
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(io.LimitReader(response.Body, 20), cut{}), response.Body}
	return response, nil
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// behindBreaking is a cluster behind a proxy that loses its connection while it answers.
func behindBreaking(t *testing.T, method string, times int32) *cluster {
	t.Helper()
	server, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	target, err := url.Parse(server.Config().Host)
	require.NoError(t, err)
	breaks := &breaking{method: method, next: http.DefaultTransport}
	breaks.left.Store(times)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Transport: breaks, FlushInterval: -1, Rewrite: func(request *httputil.ProxyRequest) {
		request.SetURL(target)
	}})
	t.Cleanup(proxy.Close)
	config := server.Config()
	config.Host = proxy.URL
	reconnects(config)
	c := &cluster{}
	require.NoError(t, c.open(t.Context(), config))
	return c
}

func TestABrokenConnectionIsOpenedAgain(t *testing.T) {
	settings := application{fieldManager: "test", object: object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "settings", "namespace": "default"},
	}}
	for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodDelete} {
		t.Run(method, func(t *testing.T) {
			c := behindBreaking(t, method, 2)
			_, err := c.apply(t.Context(), settings)
			require.NoError(t, err)
			client, err := c.of(settings.object)
			require.NoError(t, err)
			_, err = client.Get(t.Context(), "settings", metav1.GetOptions{})
			require.NoError(t, err)
			err = client.Delete(t.Context(), "settings", metav1.DeleteOptions{})
			// The first request deleted it, whose answer was lost.
			assert.True(t, err == nil || method == http.MethodDelete && apierrors.IsNotFound(err), "%v", err)
			_, err = client.Get(t.Context(), "settings", metav1.GetOptions{})
			assert.True(t, apierrors.IsNotFound(err))
		})
	}
}

func TestAConnectionThatStaysBrokenIsAnError(t *testing.T) {
	c := behindBreaking(t, http.MethodPatch, 3)
	_, err := c.apply(t.Context(), application{fieldManager: "test", object: object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "settings", "namespace": "default"},
	}})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
