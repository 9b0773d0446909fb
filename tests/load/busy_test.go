package load_test

import (
	"fmt"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// besideRate is the requests a second that the pods answer with what loops on every processor leave them.
const besideRate = 5

// losesNothingBeside releases a version while loops outside of the cluster compete for the machine: for all processors
// but one, then for all. Answers take longer, and none fails.
func (e *environment) losesNothingBeside(t *testing.T, f form) {
	before, err := e2e.NewVisitor(t, e.Address).Status()
	require.NoError(t, err)
	next := map[string]string{"orange": "maroon", "maroon": "orange"}[before.Version]
	began := time.Now()
	a := startAttack(e.Address, "beside", besideRate)
	e.enqueue(t, "beside", f.tasks/5, 0.1, 2)
	stop := loops(t, max(1, runtime.NumCPU()-1))
	time.Sleep(f.busy)
	stop()
	stop = loops(t, runtime.NumCPU())
	printed, failed := e.up("app.image=djangostack.local/blog:" + next)
	time.Sleep(time.Until(began.Add(2 * f.busy)))
	e.rolledOut(t, "blog-web")
	assert.NoError(t, failed, last(printed, 60))
	a.awaits(t, next)
	a.end(t)
	var l ledger
	e2e.Eventually(t, 5*time.Minute, "all tasks are done", func() error {
		if l = e.ledger(t, "beside"); !l.idle() || l.Done < l.Enqueued {
			return fmt.Errorf("%s", l)
		}
		return nil
	})
	stop()
	t.Logf("%s; in %s beside loops on every processor", l, time.Since(began).Round(time.Second))
	assert.Empty(t, a.failures, some(a.failures))
	assert.Positive(t, a.versions[before.Version], "the old version was seen")
	assert.Equal(t, f.tasks/5, l.Done)
	assert.ElementsMatch(t, a.accepted, e.entries(t, "beside"), "rows are the accepted POSTs")
}

// loops starts processes that never rest, and returns the function that ends them.
func loops(t *testing.T, count int) (stop func()) {
	t.Helper()
	var started []*exec.Cmd
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		for _, loop := range started {
			_ = loop.Process.Kill()
			// A killed process has an error.
			_ = loop.Wait()
		}
	}
	t.Cleanup(stop)
	for range count {
		loop := exec.Command("sh", "-c", "while :; do :; done")
		require.NoError(t, loop.Start())
		started = append(started, loop)
	}
	return stop
}
