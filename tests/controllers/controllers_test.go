// Package controllers_test leads requests to the sample app through a real controller of Ingresses and Gateways, and
// scales its workers by a real KEDA, sends its logs by a real OpenTelemetry Collector, and watches it by a real Prometheus.
// It needs "make addons".
package controllers_test

import (
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

func TestTraefikServesTheRoutes(t *testing.T) {
	e := newEnvironment(t)
	certificate, trusted := selfSigned(t, own, other, further)
	e.installTraefik(t, certificate)
	b := e.browser(t, trusted)
	for _, by := range []struct {
		name string
		web  settings
		from string
		to   string
	}{
		{"Ingress", settings{"ingress": settings{"ingressClassName": "traefik", "tlsSecretName": tlsSecret}}, "orange", "maroon"},
		{"Gateway", settings{"gateway": settings{"name": "public", "namespace": "traefik", "sectionName": "https", "httpSectionName": "http"}}, "maroon", "orange"},
	} {
		t.Run(by.name, func(t *testing.T) {
			image := "app.image=djangostack.local/blog:" + by.from
			e.configure(t, "https://"+own, by.web)
			e.mustUp(t, image)
			e.storeCertificate(t, namespace, certificate)
			b.shows(t, "https://"+own+"/", `<strong id="version">`+by.from)
			open := b.open(t, "wss://"+own+"/ws/room")
			open.echoes(t, "hello")
			t.Run("hosts", b.hosts)
			t.Run("paths", b.paths)
			t.Run("static files", b.staticFiles)
			e2e.Step(t, "a WebSocket outlives the longest request", func(t *testing.T) { open.outlives(t) })
			e2e.Step(t, "a release loses no request and ends the WebSocket", func(t *testing.T) {
				closed := open.closes()
				b.releases(t, by.name, "https://"+own, by.from, by.to)
				select {
				case err := <-closed:
					var politely *websocket.CloseError
					require.ErrorAs(t, err, &politely)
					assert.Equal(t, websocket.CloseGoingAway, politely.Code)
				case <-time.After(time.Minute):
					assert.Fail(t, "the WebSocket is still open")
				}
			})
			e2e.Step(t, "an app below a path", func(t *testing.T) {
				e.configure(t, "https://"+own+"/shop", by.web)
				e.mustUp(t, "app.image=djangostack.local/blog:"+by.to)
				b.shows(t, "https://"+own+"/shop/", `<strong id="version">`+by.to)
				b.shows(t, "https://"+own+"/ws", "sockets /ws")
				b.shows(t, "https://"+own+"/console", "console /console")
				b.staticFilesOf(t, "/shop")
			})
		})
	}
}

// hosts shows three hosts, with http and https.
func (b *browser) hosts(t *testing.T) {
	b.shows(t, "https://"+further+"/", `<strong id="version">`)
	b.redirects(t, "https://"+other+"/posts/?page=2", "https://"+own+"/posts/?page=2")
	b.redirects(t, "http://"+own+"/a?b=c", "https://"+own+"/a?b=c")
	b.redirects(t, "http://"+further+"/a?b=c", "https://"+further+"/a?b=c")
	b.redirects(t, "http://"+own+"/ws/a", "https://"+own+"/ws/a")
	b.eventually(t, "http://"+other+"/a?b=c", "leads to the app's host", func(a answer) bool {
		return a.location == "https://"+own+"/a?b=c" || a.location == "https://"+other+"/a?b=c"
	})
}

// paths shows that a path leads to the second process, another one to its second port, and what only begins as a path to neither.
func (b *browser) paths(t *testing.T) {
	b.shows(t, "https://"+own+"/ws", "sockets /ws https")
	b.shows(t, "https://"+own+"/ws/", "sockets /ws/ https")
	b.shows(t, "https://"+own+"/ws/a/b", "sockets /ws/a/b https")
	b.shows(t, "https://"+own+"/console", "console /console https")
	b.shows(t, "https://"+own+"/console/a", "console /console/a https")
	b.misses(t, "https://"+own+"/wsx")
	b.misses(t, "https://"+own+"/consoles")
	b.misses(t, "https://"+further+"/ws/")
}

func (b *browser) staticFiles(t *testing.T) { b.staticFilesOf(t, "") }

var stylesheet = regexp.MustCompile(`href="([^"]*/static/[^"]+\.css)"`)

func (b *browser) staticFilesOf(t *testing.T, path string) {
	page, err := b.get("https://" + own + path + "/")
	require.NoError(t, err)
	found := stylesheet.FindStringSubmatch(page.body)
	require.NotNil(t, found, page.body)
	b.shows(t, "https://"+own+found[1], "{")
	assert.Contains(t, found[1], path+"/static/")
}

// outlives waits until the WebSocket has been silent for longer than the usual minute of proxies, and 14 times the longest
// request.
func (s *socket) outlives(t *testing.T) {
	const silent = 70 * time.Second
	time.Sleep(time.Until(s.opened.Add(silent)))
	s.echoes(t, "still here")
	t.Logf("the WebSocket has been open for %s", time.Since(s.opened).Round(time.Second))
}

// closes returns what ends the WebSocket.
func (s *socket) closes() <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, _, err := s.ReadMessage()
		if err == nil {
			err = errors.New("a message that no one asked for")
		}
		ended <- err
	}()
	return ended
}
