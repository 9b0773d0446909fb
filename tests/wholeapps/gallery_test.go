package wholeapps_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// The frontend is an image of NGINX with the app's assets. It is in front of the other processes, as in many charts.
func TestAnAppWithAFrontendOfAnotherImage(t *testing.T) {
	frontend := folder{name: "gallery-frontend", command: []string{"nginx", "-c", "/app/nginx.conf", "-g", "daemon off;"}}
	a := start(t, "gallery", "frontend:8080", []folder{{name: "gallery"}, frontend}, "postgres")
	a.mustUp(t, "app.url="+a.Address)

	e2e.Step(t, "the frontend serves its assets, and leads to the API", func(t *testing.T) {
		assert.Contains(t, a.mustRequest(t, "GET", "/", ""), "<title>Gallery</title>")
		assert.Contains(t, a.mustRequest(t, "GET", "/app.js", ""), "document.title")
		assert.JSONEq(t, `{"photos": []}`, a.mustRequest(t, "GET", "/api/photos", ""))
	})
	e2e.Step(t, "a path leads WebSockets to the second process", func(t *testing.T) {
		socket, response, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(a.Address, "http")+"/ws/room", nil)
		require.NoError(t, err)
		defer response.Body.Close()
		defer func() { _ = socket.Close() }()
		require.NoError(t, socket.WriteMessage(websocket.TextMessage, []byte("hello")))
		_, answer, err := socket.ReadMessage()
		require.NoError(t, err)
		assert.Regexp(t, `^gallery-process-sockets-\S+ /ws/room hello$`, string(answer))

		_, response, err = websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(a.Address, "http")+"/api/photos", nil)
		require.Error(t, err, "control: another path leads to the API, which speaks HTTP only")
		defer response.Body.Close()
		assert.Equal(t, http.StatusOK, response.StatusCode)
	})
	e2e.Step(t, "the frontend serves what the API has written, and it outlives both pods", func(t *testing.T) {
		assert.Contains(t, a.mustRequest(t, "POST", "/api/photos?name=sea.txt", "waves"), "sea.txt")
		assert.Equal(t, "waves", a.mustRequest(t, "GET", "/media/sea.txt", ""))
		a.kubectl(t, "delete", "pod", "--selector=app.kubernetes.io/component in (web, process-frontend)")
		for _, deployment := range []string{"gallery-web", "gallery-process-frontend"} {
			a.kubectl(t, "rollout", "status", "deployment/"+deployment, "--timeout=2m")
		}
		e2e.Eventually(t, time.Minute, "new pods serve the upload", func() error {
			text, err := a.request("GET", "/media/sea.txt", "")
			if err == nil && text != "waves" {
				return fmt.Errorf("it is %q", text)
			}
			return err
		})
		assert.JSONEq(t, `{"photos": ["sea.txt"]}`, a.mustRequest(t, "GET", "/api/photos", ""))
	})
	e2e.Step(t, "control: the frontend may not write, and a process without the volume has no upload", func(t *testing.T) {
		out, err := a.command("exec", "deployment/gallery-process-frontend", "--", "touch", "/media/written").CombinedOutput()
		require.Error(t, err)
		assert.Contains(t, string(out), "Read-only file system")
		out, err = a.command("exec", "deployment/gallery-process-sockets", "--", "ls", "/app/media/sea.txt").CombinedOutput()
		require.Error(t, err)
		assert.Contains(t, string(out), "No such file")
	})
}
