// Package load_test shows, on real pods and under load, that a release, a lost pod and a failed migration lose no
// request and no task.
package load_test

import (
	"os"
	"testing"
	"time"
)

// form is how long the tests take.
type form struct {
	// web is the minimum time that requests are sent for, and every the time between two deletions of web pods.
	web, every time.Duration
	// tasks is the number of queued tasks.
	tasks int
	// killed tells whether a worker is killed without a grace period. Its tasks return only after the broker's
	// visibility timeout.
	killed bool
	// beats is how often beat is rolled out.
	beats int
	// busy is how long loops compete with the pods for one processor, and then for all.
	busy time.Duration
	// controls tells whether to show that the tests notice what they are for: without the setting that is tested, a
	// request or a task is lost.
	controls bool
	// back tells whether to wait until the autoscaler removes pods, which takes another minute.
	back bool
}

func formOf(t *testing.T) form {
	t.Helper()
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		return form{web: 40 * time.Second, every: 20 * time.Second, tasks: 200, busy: 20 * time.Second, beats: 1}
	}
	return form{web: 3 * time.Minute, every: 20 * time.Second, tasks: 2000, killed: true, busy: 2 * time.Minute, beats: 5, controls: true, back: true}
}

// The steps run in this order, because the failed migrations are those of the release that is then put under load.
func TestUnderLoad(t *testing.T) {
	e := newEnvironment(t)
	f := formOf(t)
	e.mustUp(t)
	t.Run("AFailedMigrationLeavesTheOldVersionServing", e.failedMigrations)
	t.Run("ASlowDatabaseMakesSlowPagesAndLosesNone", e.slowDatabase)
	if f.controls {
		t.Run("WithTheFormerProbesASlowDatabaseTakesTheWebDown", e.slowDatabaseByFormerProbes)
	}
	t.Run("ADeletedDatabaseLosesNoRow", e.deletedDatabase)
	if f.controls {
		t.Run("AKilledDatabaseLosesNoRow", e.killedDatabase)
	}
	t.Run("AReleaseLosesNoRequest", func(t *testing.T) { e.measured(t, func() { e.losesNoRequest(t, f) }) })
	if f.controls {
		t.Run("WithoutItsShutdownARequestIsLost", e.losesRequests)
	}
	t.Run("NoTaskIsLost", func(t *testing.T) { e.measured(t, func() { e.losesNoTask(t, f) }) })
	if f.controls {
		t.Run("AcknowledgedEarlyTasksAreLost", e.losesTasks)
	}
	t.Run("AReleaseOnABusyMachineLosesNothing", func(t *testing.T) { e.losesNothingBeside(t, f) })
	t.Run("BeatNeverRunsTwice", func(t *testing.T) { e.beatsOnce(t, f) })
	t.Run("ADrainKeepsTheBudget", e.drained)
	if f.controls {
		t.Run("MemcachedAndPgBouncer", func(t *testing.T) { e.pooled(t, f) })
	}
	t.Run("NoTaskIsLostByRabbitMQ", func(t *testing.T) { e.measured(t, func() { e.losesNoTaskByRabbitMQ(t, f) }) })
	t.Run("TheWebFollowsItsLoad", func(t *testing.T) { e.scaled(t, f) })
}
