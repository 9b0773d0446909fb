package kubernetes

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"k8s.io/client-go/rest"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// reconnectPauses are the pauses before a request is sent again. Three attempts survive a load balancer that closes
// connections while an API server restarts.
func reconnectPauses() []time.Duration { return []time.Duration{100 * time.Millisecond, time.Second} }

// reconnecting sends a request again if the connection breaks before the whole answer has arrived. Every request of the
// provider can be sent twice: it reads, applies, or deletes an object of a certain UID. Watches and logs are passed
// through, because their readers begin again by themselves.
type reconnecting struct{ next http.RoundTripper }

func reconnects(config *rest.Config) {
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return reconnecting{next} })
}

func (r reconnecting) RoundTrip(request *http.Request) (*http.Response, error) {
	if query := request.URL.Query(); query.Has("watch") || query.Has("follow") || request.Body != nil && request.GetBody == nil {
		return r.next.RoundTrip(request)
	}
	response, err := r.whole(request)
	for _, pause := range reconnectPauses() {
		if err == nil || !broken(err) {
			break
		}
		select {
		case <-request.Context().Done():
			return nil, err
		case <-time.After(pause):
		}
		response, err = r.again(request)
	}
	return response, err
}

func (r reconnecting) again(request *http.Request) (*http.Response, error) {
	next := request.Clone(request.Context())
	if request.GetBody != nil {
		body, err := request.GetBody()
		if err != nil {
			return nil, err
		}
		next.Body = body
	}
	return r.whole(next)
}

// whole returns a response with its body in memory.
func (r reconnecting) whole(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		utilnet.IsConnectionReset(err) || utilnet.IsHTTP2ConnectionLost(err)
}
