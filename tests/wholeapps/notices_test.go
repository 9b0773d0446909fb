package wholeapps_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/e2e"
)

// Debian 13 has neither Django 6 nor django-tasks-db. The app has a fake with their setting, their command db_worker and
// their table, so this shows what an environment does for such an app, and nothing about these libraries.
func TestAFakeOfDjangosTasksNeedsNoBroker(t *testing.T) {
	a := start(t, "notices", "notices-web:80", []folder{{name: "notices"}}, "postgres")
	a.mustUp(t, "app.url="+a.Address)

	e2e.Step(t, "there is no broker", func(t *testing.T) {
		sets := strings.Fields(a.kubectl(t, "get", "statefulsets", "--output=name"))
		assert.Equal(t, []string{"statefulset.apps/notices-postgres"}, sets)
		environment := a.kubectl(t, "exec", "deployment/notices-worker-tasks", "--", "env")
		assert.NotRegexp(t, `(?m)^(CELERY|REDIS|BROKER)`, environment)
		assert.Contains(t, environment, "DATABASE_URL=")
	})
	e2e.Step(t, "the worker does the tasks of its queues, and no others", func(t *testing.T) {
		a.notify(t, "default", 5, 0)
		a.notify(t, "mail", 5, 0)
		a.notify(t, "never", 5, 0)
		a.counts(t, map[string]int{"default SUCCESSFUL": 5, "mail SUCCESSFUL": 5, "never READY": 5})
	})
	e2e.Step(t, "the query of an autoscaler counts the tasks that wait", func(t *testing.T) {
		assert.Equal(t, "5", a.sql(t, django.TasksQuery([]string{"default", "never"})))
		assert.Equal(t, "0", a.sql(t, django.TasksQuery([]string{"default", "mail"})))
	})
	e2e.Step(t, "a worker that is replaced finishes its task", func(t *testing.T) {
		a.notify(t, "default", 1, 8)
		a.counts(t, map[string]int{"default SUCCESSFUL": 5, "default RUNNING": 1, "mail SUCCESSFUL": 5, "never READY": 5})
		a.kubectl(t, "delete", "pod", "--selector=app.kubernetes.io/component=worker-tasks")
		a.counts(t, map[string]int{"default SUCCESSFUL": 6, "mail SUCCESSFUL": 5, "never READY": 5})
	})
	e2e.Step(t, "control: a worker that is killed does not", func(t *testing.T) {
		a.notify(t, "default", 1, 8)
		a.counts(t, map[string]int{"default SUCCESSFUL": 6, "default RUNNING": 1, "mail SUCCESSFUL": 5, "never READY": 5})
		a.kubectl(t, "delete", "pod", "--selector=app.kubernetes.io/component=worker-tasks", "--grace-period=0", "--force")
		time.Sleep(12 * time.Second)
		a.counts(t, map[string]int{"default SUCCESSFUL": 6, "default RUNNING": 1, "mail SUCCESSFUL": 5, "never READY": 5})
	})
	e2e.Step(t, "tasks that wait survive the loss of the database's pod", func(t *testing.T) {
		a.kubectl(t, "scale", "deployment/notices-worker-tasks", "--replicas=0")
		a.kubectl(t, "wait", "pod", "--selector=app.kubernetes.io/component=worker-tasks", "--for=delete", "--timeout=90s")
		a.notify(t, "mail", 20, 0)
		a.kubectl(t, "delete", "pod", "notices-postgres-0")
		a.kubectl(t, "scale", "deployment/notices-worker-tasks", "--replicas=1")
		a.counts(t, map[string]int{"default SUCCESSFUL": 6, "default RUNNING": 1, "mail SUCCESSFUL": 25, "never READY": 5})
	})
}

// notify enqueues tasks that take some seconds each.
func (a *app) notify(t *testing.T, queue string, count int, seconds float64) {
	t.Helper()
	_, err := a.request("POST", fmt.Sprintf("/tasks?queue=%s&count=%d&seconds=%g", queue, count, seconds), "")
	require.NoError(t, err)
}

// counts waits until there are so many tasks of each queue and state.
func (a *app) counts(t *testing.T, want map[string]int) {
	t.Helper()
	e2e.Eventually(t, 2*time.Minute, fmt.Sprint(want), func() error {
		page, err := a.request("GET", "/tasks", "")
		if err != nil {
			return err
		}
		have := map[string]int{}
		if err := json.Unmarshal([]byte(page), &have); err != nil {
			return err
		}
		if !assert.ObjectsAreEqual(want, have) {
			return fmt.Errorf("tasks are %v", have)
		}
		return nil
	})
}

// sql runs a statement in the app's database.
func (a *app) sql(t *testing.T, statement string) string {
	t.Helper()
	return strings.TrimSpace(a.kubectl(t, "exec", a.name+"-postgres-0", "--", "psql", "--user="+a.name, "-Atc", statement, a.name))
}
