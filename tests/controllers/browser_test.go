package controllers_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// browser knows the controller's addresses by every host name, and follows no redirect.
type browser struct {
	environment *environment
	trusted     *x509.CertPool
	client      *http.Client
}

func (e *environment) browser(t *testing.T, trusted *x509.CertPool) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &browser{environment: e, trusted: trusted}
	b.client = &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{DialContext: b.dial, TLSClientConfig: b.tls(), MaxIdleConnsPerHost: 50},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return b
}

// dial connects to the controller, whatever the host.
func (b *browser) dial(ctx context.Context, network, address string) (net.Conn, error) {
	to := b.environment.secure
	if strings.HasSuffix(address, ":80") {
		to = b.environment.plain
	}
	return (&net.Dialer{}).DialContext(ctx, network, to)
}

func (b *browser) tls() *tls.Config { return &tls.Config{RootCAs: b.trusted} }

// answer is what a server sent.
type answer struct {
	status   int
	location string
	body     string
}

func (b *browser) get(address string) (answer, error) {
	response, err := b.client.Get(address)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, location: response.Header.Get("Location"), body: string(text)}, err
}

// eventually asks for an address until the answer is as wanted.
func (b *browser) eventually(t *testing.T, address, what string, wanted func(answer) bool) {
	t.Helper()
	e2e.Eventually(t, 20*time.Second, address+" "+what, func() error {
		found, err := b.get(address)
		if err == nil && !wanted(found) {
			return fmt.Errorf("status %d, location %q: %.200s", found.status, found.location, found.body)
		}
		return err
	})
}

// shows waits for a page with a text.
func (b *browser) shows(t *testing.T, address, text string) {
	t.Helper()
	b.eventually(t, address, "shows "+text, func(a answer) bool { return a.status == http.StatusOK && strings.Contains(a.body, text) })
}

// misses waits for the app's own answer to a page that it has not.
func (b *browser) misses(t *testing.T, address string) {
	t.Helper()
	b.eventually(t, address, "is unknown to the app", func(a answer) bool {
		return a.status == http.StatusNotFound && strings.Contains(a.body, "<title>")
	})
}

// redirects waits for a permanent redirect.
func (b *browser) redirects(t *testing.T, address, to string) {
	t.Helper()
	b.eventually(t, address, "leads to "+to, func(a answer) bool {
		return (a.status == http.StatusMovedPermanently || a.status == http.StatusPermanentRedirect) && a.location == to
	})
}

// socket is an open WebSocket.
type socket struct {
	*websocket.Conn
	opened time.Time
}

func (b *browser) open(t *testing.T, address string) *socket {
	t.Helper()
	dialer := websocket.Dialer{NetDialContext: b.dial, TLSClientConfig: b.tls(), HandshakeTimeout: 10 * time.Second}
	connection, response, err := dialer.Dial(address, nil)
	require.NoError(t, err, address)
	t.Cleanup(func() { _ = errors.Join(connection.Close(), response.Body.Close()) })
	return &socket{Conn: connection, opened: time.Now()}
}

// echoes sends a text and expects it back.
func (s *socket) echoes(t *testing.T, text string) {
	t.Helper()
	require.NoError(t, s.WriteMessage(websocket.TextMessage, []byte(text)))
	_, read, err := s.ReadMessage()
	require.NoError(t, err)
	require.Equal(t, text, string(read))
}
