package load_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/e2e"
)

const (
	rate   = 50
	orange = "app.image=djangostack.local/blog:orange"
	maroon = "app.image=djangostack.local/blog:maroon"
)

// A transaction that is older than the release and lasts three times as long as its lock timeout delays the index that the
// release builds, and stops nothing.
func (e *environment) losesNoRequest(t *testing.T, f form) {
	began := time.Now()
	e.oldTransaction(t, 3*lockTimeout)
	a := startAttack(e.Address, "web", rate)
	released := make(chan struct{})
	var printed string
	var failed error
	go func() {
		defer close(released)
		printed, failed = e.up(maroon)
		time.Sleep(time.Until(began.Add(f.web)))
	}()
	deleted := 0
	e.kubectl(t, "rollout", "restart", "deployment/blog-worker-default")
	repeat(f.every, released, func() {
		if e.deleteWebPod(t) {
			t.Logf("%s deleted a web pod", time.Now().Format("15:04:05"))
			deleted++
		}
	})
	// On a slow machine a release can leave fewer than two ready pods each time that one was to be deleted.
	for ; deleted < 2; deleted++ {
		e2e.Eventually(t, time.Minute, "a web pod is deleted", func() error {
			if !e.deleteWebPod(t) {
				return errors.New("fewer than two web pods are ready")
			}
			return nil
		})
	}
	e.rolledOut(t, "blog-web")
	assert.NoError(t, failed, last(printed, 60))
	a.awaits(t, "maroon")
	a.end(t)
	t.Logf("%d web pods deleted in %s", deleted, time.Since(began).Round(time.Second))

	assert.Empty(t, a.failures, some(a.failures))
	assert.Positive(t, a.versions["orange"], "the old version was seen")
	assert.ElementsMatch(t, a.accepted, e.entries(t, "web"), "rows are the accepted POSTs")
	assert.Equal(t, "t", strings.TrimSpace(e.sql(t, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'posts_post_subtitle'::regclass")))
}

// losesRequests removes the lifecycle hooks from the web pods. Requests must then be lost; otherwise the test above
// shows nothing.
func (e *environment) losesRequests(t *testing.T) {
	e.kubectl(t, "patch", "deployment", "blog-web", "--type=json", "--patch",
		`[{"op": "remove", "path": "/spec/template/spec/containers/0/lifecycle"},
		  {"op": "replace", "path": "/spec/template/spec/terminationGracePeriodSeconds", "value": 1}]`)
	defer e.undo(t, "blog-web")
	e.rolledOut(t, "blog-web")
	a := startAttack(e.Address, "control", rate)
	done := make(chan struct{})
	time.AfterFunc(15*time.Second, func() { close(done) })
	repeat(7*time.Second, done, func() { e.deleteWebPod(t) })
	a.end(t)
	assert.NotEmpty(t, a.failures)
	t.Logf("lost without the lifecycle settings:\n%s", some(a.failures))
}

// deleteWebPod deletes a ready web pod if another one is ready, because a deletion ignores the disruption budget.
func (e *environment) deleteWebPod(t *testing.T) bool {
	t.Helper()
	pods := e.pods(t, "web")
	if len(pods) < 2 {
		return false
	}
	e.kubectl(t, "delete", "pod", pods[0], "--wait=false")
	return true
}

// entries returns the keys of the rows that a run's POSTs wrote.
func (e *environment) entries(t *testing.T, run string) []string {
	t.Helper()
	var found struct {
		Keys []string `json:"keys"`
	}
	e.Ask(t, http.MethodGet, "/drills/"+run+"/entries", &found)
	return found.Keys
}

// serves asserts that a version answers.
func (e *environment) serves(t *testing.T, version string) {
	t.Helper()
	e2e.Eventually(t, 30*time.Second, version+" serves", func() error {
		s, err := e2e.NewVisitor(t, e.Address).Status()
		if err == nil {
			assert.Equal(t, version, s.Version)
		}
		return err
	})
}
