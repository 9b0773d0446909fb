package load_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// This test runs an application as Debian 13 packages it, with nothing but configuration: its own settings file, and
// the names that this file reads.
func TestAThirdPartyApp(t *testing.T) {
	builder := e2e.NewCluster(t)
	out, err := builder.Command("djangostack-image", "build", "--app", filepath.Join(builder.Root, "examples", "blog"), "--out", builder.Images, "graphite").CombinedOutput()
	require.NoError(t, err, string(out))
	e := startCluster(t, "graphite", "graphite", "graphite-web", "graphite", "postgres")
	e.mustUp(t)

	visitor := e2e.NewVisitor(t, e.Address)
	e2e.Step(t, "it serves its pages and its static files", func(t *testing.T) {
		assert.Contains(t, visitor.MustPage(t, "/"), "<title>Graphite Browser</title>")
		assert.Contains(t, visitor.MustPage(t, "/version/"), "1.1")
		assert.NotEmpty(t, visitor.MustPage(t, "/static/js/composer.js"))
	})
	e2e.Step(t, "it draws", func(t *testing.T) {
		var drawn []struct {
			Target     string       `json:"target"`
			Datapoints [][2]float64 `json:"datapoints"`
		}
		page := visitor.MustPage(t, "/render?target=constantLine(42)&format=json&from=-1h")
		require.NoError(t, json.Unmarshal([]byte(page), &drawn))
		require.Len(t, drawn, 1)
		assert.Equal(t, 42.0, drawn[0].Datapoints[0][0])
		assert.True(t, strings.HasPrefix(visitor.MustPage(t, "/render?target=constantLine(42)&width=200&height=100"), "\x89PNG"), "a picture")
	})
	e2e.Step(t, "an administrator signs in", func(t *testing.T) {
		output, err := e.Command("djangostack", "outputs", "-s", e.stack, "--dir", e.project, "adminPassword", "--show-secrets").Output()
		require.NoError(t, err)
		e2e.NewVisitor(t, e.Address).SignIn(t, "admin", strings.TrimSpace(string(output)))
	})
	e2e.Step(t, "what it writes outlives its pods", func(t *testing.T) {
		response, err := http.Post(e.Address+"/events/", "application/json", strings.NewReader(`{"what": "Released maroon", "tags": ["release"]}`))
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, response.StatusCode, string(text))

		e.kubectl(t, "delete", "pod", "--selector", "app.kubernetes.io/component=web")
		e2e.Eventually(t, 2*time.Minute, "new pods tell of the event", func() error {
			page, err := visitor.Page("/events/get_data?tags=release")
			if err == nil && !strings.Contains(page, "Released maroon") {
				return fmt.Errorf("the events are %s", page)
			}
			return err
		})
		assert.Contains(t, e.kubectl(t, "exec", "graphite-postgres-0", "--", "sh", "-c", `psql -Atc "SELECT what FROM events_event" -U "$POSTGRES_USER" graphite`), "Released maroon")
	})
}
