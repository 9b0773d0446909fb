package reliability_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/testenv"
)

// TestAnotherMachineContinuesAKilledRun brings an environment up from a machine that is killed in the middle. Another
// machine, which shares only the backend, is refused while the first may be alive, and continues when its heartbeats
// have stopped for long enough. That time is not waited for: if it was short, a heartbeat could be late on a busy
// machine, and the other machine would rightly take the lock.
func TestAnotherMachineContinuesAKilledRun(t *testing.T) {
	testenv.NeedsRoot(t)
	life := lives(t)[1]
	want := life.without(t)
	var calls atomic.Int64
	reached, resume := make(chan struct{}), make(chan struct{})
	e := enginetest.NewInterceptedEnvironment(t, life.configuration, stacks.Program, func(enginetest.Call) enginetest.Verdict {
		const middle = 20
		if calls.Add(1) == middle {
			close(reached)
			<-resume
			return enginetest.Refuse
		}
		return enginetest.Pass
	})
	from := func(host string, wait time.Duration) *enginetest.Child {
		return e.Start(t, enginetest.Operation{Host: host, LockWait: wait})
	}
	first := from("one", 0)
	select {
	case <-reached:
	case <-time.After(5 * time.Minute):
		first.Kill()
		require.Fail(t, "the first machine did not get to the middle", "%v", first.Wait())
	}
	second := from("two", 0)
	require.Error(t, second.Wait(), "the lock is held")
	assert.Contains(t, second.Output(), "@one")

	e.WaitForHeartbeat(t)
	first.Kill()
	close(resume)
	require.Error(t, first.Wait())
	killed := time.Now()
	e.ExpireHeartbeat(t)
	third := from("two", 2*time.Minute)
	require.NoError(t, third.Wait())
	assert.Contains(t, third.Output(), "releasing the lock of a run that has ended")
	look(t, e).same(t, want.up, "up by the other machine")
	t.Logf("the other machine has continued and ended %s after the kill", time.Since(killed).Round(time.Second))
}
