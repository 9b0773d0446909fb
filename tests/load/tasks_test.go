package load_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/e2e"
)

// ledger is what the app reports about the tasks of a run.
type ledger struct {
	Enqueued int `json:"enqueued"`
	// Done is the number of tasks that ended at least once, Repeated of those that ended more than once.
	Done     int `json:"done"`
	Repeated int `json:"repeated"`
	// Started is the number of starts, Interrupted of tasks that started more often than they ended.
	Started     int `json:"started"`
	Interrupted int `json:"interrupted"`
	// Waiting is the number of messages in the queue, Unacknowledged of those that a worker has.
	Waiting        int `json:"waiting"`
	Unacknowledged int `json:"unacknowledged"`
}

func (l ledger) idle() bool { return l.Waiting == 0 && l.Unacknowledged == 0 }

func (l ledger) String() string {
	return fmt.Sprintf("%d enqueued, %d done, %d of them more than once, %d begun in vain; %d waiting, %d with a worker",
		l.Enqueued, l.Done, l.Repeated, l.Started-l.Done-l.Repeated, l.Waiting, l.Unacknowledged)
}

func (e *environment) ledger(t *testing.T, run string) ledger {
	t.Helper()
	var l ledger
	e.Ask(t, http.MethodGet, "/drills/"+run+"/ledger", &l)
	return l
}

// enqueue queues tasks of evenly distributed length, a hundred in each request.
func (e *environment) enqueue(t *testing.T, run string, count int, shortest, longest float64) {
	t.Helper()
	for rest := count; rest > 0; rest -= 100 {
		var taken struct {
			Enqueued int `json:"enqueued"`
		}
		e.Ask(t, http.MethodPost, fmt.Sprintf("/drills/%s/tasks?count=%d&shortest=%g&longest=%g", run, min(rest, 100), shortest, longest), &taken)
		assert.Equal(t, min(rest, 100), taken.Enqueued)
	}
}

func (e *environment) losesNoTask(t *testing.T, f form) {
	const worker = "deployment/blog-worker-default"
	began := time.Now()
	e.enqueue(t, "tasks", f.tasks, 0.1, 5)
	disturbances, kills := 0, 0
	bound := time.Minute*3 + time.Duration(f.tasks)*time.Second
	for e.ledger(t, "tasks").Waiting > 0 && time.Since(began) < bound {
		pods := e.pods(t, "worker-default")
		switch {
		case f.killed && disturbances == 2 && len(pods) > 0:
			e.kubectl(t, "delete", "pod", pods[0], "--grace-period=0", "--force")
			kills++
		case disturbances%2 == 0 && len(pods) > 0:
			e.kubectl(t, "delete", "pod", pods[0], "--wait=false")
		default:
			e.kubectl(t, "rollout", "restart", worker)
		}
		disturbances++
		time.Sleep(8 * time.Second)
	}
	var l ledger
	e2e.Eventually(t, 3*time.Minute, "all tasks are done", func() error {
		if l = e.ledger(t, "tasks"); !l.idle() || l.Done < l.Enqueued {
			return fmt.Errorf("%s", l)
		}
		return nil
	})
	t.Logf("%s; %d deletions and rollouts, %d of them kills, in %s", l, disturbances, kills, time.Since(began).Round(time.Second))
	assert.Equal(t, f.tasks, l.Enqueued)
	assert.Equal(t, l.Enqueued, l.Done)
	assert.GreaterOrEqual(t, disturbances, 2)
}

// losesTasks acknowledges tasks before they run and gives a worker five seconds to stop. The tasks take a little
// longer, because shorter ones would only sometimes be lost.
func (e *environment) losesTasks(t *testing.T) {
	e.kubectl(t, "patch", "deployment", "blog-worker-default", "--patch", `
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: `+e.container(t)+`
          env: [{name: BLOG_ACKNOWLEDGE_LATE, value: "false"}]`)
	defer e.undo(t, "blog-worker-default")
	e.rolledOut(t, "blog-worker-default")
	// Only one pod may run at once: a pod that prefetches tasks keeps them from the others until the broker's
	// visibility timeout.
	e.enqueue(t, "early", 8, 8, 10)
	e2e.Eventually(t, time.Minute, "tasks are under way", func() error {
		if l := e.ledger(t, "early"); l.Started == 0 {
			return fmt.Errorf("%s", l)
		}
		return nil
	})
	e.kubectl(t, "delete", "pod", "--selector", "app.kubernetes.io/component=worker-default", "--wait=false")
	var l ledger
	settled, last := time.Now(), 0
	e2e.Eventually(t, 2*time.Minute, "nothing happens any more", func() error {
		l = e.ledger(t, "early")
		if !l.idle() || l.Started+l.Done != last {
			settled, last = time.Now(), l.Started+l.Done
		}
		if quiet := time.Since(settled); quiet < 12*time.Second {
			return fmt.Errorf("%s, quiet for %s", l, quiet)
		}
		return nil
	})
	t.Logf("acknowledged early: %s", l)
	assert.Less(t, l.Done, l.Enqueued)
}

func (e *environment) container(t *testing.T) string {
	t.Helper()
	return e.kubectl(t, "get", "deployment", "blog-worker-default", "--output", "jsonpath={.spec.template.spec.containers[0].name}")
}
