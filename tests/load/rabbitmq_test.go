package load_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// losesNoTaskByRabbitMQ queues tasks in RabbitMQ, and deletes the pods of the workers and of the broker itself while
// they are done.
func (e *environment) losesNoTaskByRabbitMQ(t *testing.T, f form) {
	out, err := e.Command("djangostack-image", "build", "--app", filepath.Join(e.Root, "examples", "blog"), "--out", e.Images, "rabbitmq").CombinedOutput()
	require.NoError(t, err, string(out))
	e.Local(t, nil, "load-image", filepath.Join(e.Images, "rabbitmq.tar"))
	// The tests that follow keep this broker.
	e.values = append(e.values, "broker={engine: rabbitmq}")
	e.mustUp(t)
	began := time.Now()
	e.enqueue(t, "rabbitmq", f.tasks, 0.1, 5)
	for _, pod := range []string{"rabbitmq", "worker-default", "rabbitmq"} {
		time.Sleep(5 * time.Second)
		e.kubectl(t, "delete", "pod", "--selector", "app.kubernetes.io/component="+pod, "--wait=false")
		e.kubectl(t, "rollout", "status", "statefulset/blog-rabbitmq", "--timeout=3m")
	}
	var l ledger
	e2e.Eventually(t, time.Minute*3+time.Duration(f.tasks)*time.Second, "all tasks are done", func() error {
		if l = e.ledger(t, "rabbitmq"); !l.idle() || l.Done < l.Enqueued {
			return fmt.Errorf("%s", l)
		}
		return nil
	})
	t.Logf("%s; the broker's pod deleted twice, the workers' once, in %s", l, time.Since(began).Round(time.Second))
	assert.Equal(t, f.tasks, l.Enqueued)
	assert.Equal(t, l.Enqueued, l.Done)
}
