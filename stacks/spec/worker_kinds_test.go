package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestTasksInTheDatabaseNeedNoBroker(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "workers", list(object("name", "tasks", "kind", "django-tasks", "longestTaskSeconds", 7200))))
	require.NoError(t, err)
	assert.Equal(t, spec.None, e.Broker.Kind)
	assert.Equal(t, []string{"default"}, e.Workers[0].Queues)
	assert.Equal(t, 1, e.Workers[0].Concurrency)
	assert.Equal(t, 7205, e.Workers[0].Grace())
	assert.Equal(t, 3600, e.Broker.VisibilityTimeoutSeconds, "no message waits for a worker of another kind")

	for by, want := range map[string]spec.KEDASignal{"queue": spec.ByRows, "query": spec.ByRows, "cpu": ""} {
		scaling := object("by", by, "maxReplicas", 3)
		if by == "query" {
			scaling["query"] = "SELECT count(*) FROM jobs"
		}
		e, err := parse(t, changed(t, minimal, "workers", list(object("name", "tasks", "kind", "django-tasks", "autoscaling", scaling))))
		require.NoError(t, err, by)
		assert.Equal(t, want, e.Workers[0].ScaledBy())
	}
}

func TestAWorkerOfOtherSoftwareNeedsNeitherCeleryNorABroker(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "workers", list(object("name", "tasks", "kind", "other", "args", list("worker"), "longestTaskSeconds", 600))))
	require.NoError(t, err)
	assert.Equal(t, spec.None, e.Broker.Kind)
	assert.True(t, e.Workers[0].Own())
	assert.Equal(t, 605, e.Workers[0].Grace())

	e, err = parse(t, changed(t, changed(t, minimal, "broker.kind", "in-cluster"), "workers", list(object("name", "tasks", "kind", "other",
		"queues", list("rq:queue:default"), "autoscaling", object("by", "queue", "maxReplicas", 3)))))
	require.NoError(t, err)
	assert.Equal(t, spec.ByMessages, e.Workers[0].ScaledBy())
}

func workerKindMistakes() []wrong {
	worker := func(pairs ...any) []any {
		return list(object(append([]any{"name", "tasks"}, pairs...)...))
	}
	tasks := func(pairs ...any) []any { return worker(append([]any{"kind", "django-tasks"}, pairs...)...) }
	scaled := func(pairs ...any) map[string]any { return object(append([]any{"maxReplicas", 3}, pairs...)...) }
	return []wrong{
		{"kind of worker that does not exist", minimal, "workers", worker("kind", "rq"), `workers[0].kind: "rq": must be one of celery, django-tasks, other`},
		{"concurrency of another worker", minimal, "workers", worker("kind", "other", "concurrency", 4), `workers[0].concurrency: would be ignored, because workers[0].kind is other`},
		{"queue of another worker without a broker", minimal, "workers", worker("kind", "other", "autoscaling", scaled("by", "queue")), `workers[0].autoscaling.by: "queue": needs a broker, since it follows its queues`},
		{"connections of another worker", production, "workers", worker("kind", "other"), `workers[0].databaseConnections: is required in production with a command of the app's own`},
		{"concurrency of db_worker", minimal, "workers", tasks("concurrency", 4), `workers[0].concurrency: 4: would be ignored, because db_worker runs one task at a time; set workers[0].replicas or workers[0].autoscaling instead`},
		{"heartbeat of db_worker", minimal, "workers", tasks("heartbeatFile", "/tmp/beat"), `workers[0].heartbeatFile: "/tmp/beat": is touched by nothing, because db_worker has no such hook`},
		{"query that is missing", minimal, "workers", worker("command", list("w"), "autoscaling", scaled("by", "query")), `workers[0].autoscaling.query: is required with workers[0].autoscaling.by query`},
		{"query that is ignored", minimal, "workers", tasks("autoscaling", scaled("by", "queue", "query", "SELECT 1")), `workers[0].autoscaling.query: would be ignored, because workers[0].autoscaling.by is queue; set it to query`},
		{"query that changes rows", minimal, "workers", tasks("autoscaling", scaled("by", "query", "query", "DELETE FROM tasks")), `workers[0].autoscaling.query: must begin with SELECT or WITH`},
		{"two queries", minimal, "workers", tasks("autoscaling", scaled("by", "query", "query", "SELECT 1; DROP TABLE x;")), `workers[0].autoscaling.query: must be one statement`},
		{"query of the web", minimal, "web.autoscaling", scaled("by", "query", "query", "SELECT 1"), `web.autoscaling.by: "query": only workers serve queues; allowed are cpu and memory`},
		{"no pods by CPU", minimal, "workers", tasks("autoscaling", scaled("minReplicas", 0)), `workers[0].autoscaling.minReplicas: 0: must be at least 1`},
		{"Celery beside it without an app", minimal, "workers", list(object("name", "a", "kind", "django-tasks"), object("name", "b")), `app.celeryApp: is required`},
	}
}
