package spec

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// WorkerKind is the software of a worker.
type WorkerKind string

// CeleryWorker receives tasks from the broker. DjangoTasks is db_worker, which takes the tasks of
// Django's task framework from the database (https://docs.djangoproject.com/en/stable/topics/tasks/).
// OtherWorker is what the image's entry point or a command runs: its tasks may be anywhere.
const (
	CeleryWorker WorkerKind = "celery"
	DjangoTasks  WorkerKind = "django-tasks"
	OtherWorker  WorkerKind = "other"
)

// Worker is a set of worker pods that serve the same queues.
type Worker struct {
	// Name of the set; its Deployment is named app-worker-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// celery: a Celery worker, which needs a broker; django-tasks: manage.py db_worker, which takes tasks from the database and needs none; other: command, or the image's entry point with args, which needs a broker only where autoscaling.by is queue.
	Kind WorkerKind `json:"kind,omitempty" jsonschema:"enum=celery,enum=django-tasks,enum=other"`
	// The queues that the worker consumes. With command or kind other they only count for autoscaling.by queue: then they may also be the lists in Redis of another software, such as rq:queue:default of RQ.
	Queues []string `json:"queues,omitempty" jsonschema:"minItems=1,pattern=^[A-Za-z0-9._:-]+$,uniqueItems=true" default:"celery; with kind django-tasks default"`
	// Number of pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// RollingUpdate: new pods start before old ones stop; Recreate: old ones stop first, for a worker that must not run at the same time as another version of itself.
	Strategy Strategy `json:"strategy,omitempty" jsonschema:"enum=RollingUpdate,enum=Recreate" default:"RollingUpdate; Recreate with a volume of one node"`
	// Concurrent tasks of one pod; with kind django-tasks always one.
	Concurrency int `json:"concurrency,omitempty" jsonschema:"minimum=1,maximum=256" default:"2; with kind django-tasks 1"`
	// Highest number of database connections of one pod.
	DatabaseConnections int `json:"databaseConnections,omitempty" jsonschema:"minimum=1,maximum=10000" default:"concurrency; required in production with command or kind other"`
	// Seconds that the longest task may take; shutdown waits for it.
	LongestTaskSeconds int `json:"longestTaskSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
	// The command to run instead of celery worker.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1" default:"with kind other the image's entry point"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Seconds between the start of the termination and SIGKILL.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" jsonschema:"minimum=1,maximum=90000" default:"longestTaskSeconds + 5"`
	// The probes of the container.
	Probes Probes `json:"probes,omitempty" default:"by heartbeatFile if it is set, otherwise none"`
	// File that the app touches at least every 20 seconds while the worker is alive. A worker that stops touching it is restarted. No liveness probe when left out.
	HeartbeatFile string `json:"heartbeatFile,omitempty" jsonschema:"pattern=^/tmp/"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// UnmarshalJSON fills in the defaults of a worker before decoding it.
func (w *Worker) UnmarshalJSON(raw []byte) error {
	type plain Worker
	var stated struct {
		Kind WorkerKind `json:"kind"`
	}
	if err := json.Unmarshal(raw, &stated); err != nil {
		return fmt.Errorf("decoding a worker's kind: %w", err)
	}
	worker := plain(defaultWorker())
	switch stated.Kind {
	case DjangoTasks:
		worker = plain(defaultTasksWorker())
	case OtherWorker:
		worker.Kind = OtherWorker
	case CeleryWorker:
	}
	if err := json.Unmarshal(raw, &worker); err != nil {
		return err
	}
	*w = Worker(worker)
	return nil
}

func defaultWorker() Worker {
	return Worker{
		Kind:               CeleryWorker,
		Queues:             []string{"celery"},
		Replicas:           1,
		Concurrency:        2,
		LongestTaskSeconds: 300,
		Resources:          resources("50m", "144Mi", "512Mi", "256Mi"),
	}
}

// defaultTasksWorker is a worker of Django's tasks, whose queue has the framework's default name.
func defaultTasksWorker() Worker {
	worker := defaultWorker()
	worker.Kind, worker.Queues, worker.Concurrency = DjangoTasks, []string{"default"}, 1
	return worker
}

// KEDASignal is what KEDA counts to scale a worker.
type KEDASignal string

// ByMessages counts messages of the broker, and ByRows rows of the database.
const (
	ByMessages KEDASignal = "messages"
	ByRows     KEDASignal = "rows"
)

// ScaledBy returns what KEDA counts; empty if KEDA does not scale the worker.
func (w *Worker) ScaledBy() KEDASignal {
	switch {
	case w.Autoscaling == nil || w.Autoscaling.By == ByCPU || w.Autoscaling.By == ByMemory:
		return ""
	case w.Autoscaling.By == ByQuery || w.Kind == DjangoTasks:
		return ByRows
	default:
		return ByMessages
	}
}

// Own reports whether what the worker runs is the app's own, of which the program knows nothing.
func (w *Worker) Own() bool { return len(w.Command) > 0 || w.Kind == OtherWorker }

// usesCelery reports whether a Celery worker or beat needs the broker.
func (e *Environment) usesCelery() bool {
	for _, worker := range e.Workers {
		if worker.Kind == CeleryWorker {
			return true
		}
	}
	return e.Beat.Enabled
}

// checkWorkerKinds reports settings of one kind of worker for another.
func (e *Environment) checkWorkerKinds(problems *Problems) {
	for i, worker := range e.Workers {
		path := indexed("workers", i)
		checkCleanPath(problems, path+".heartbeatFile", worker.HeartbeatFile)
		if worker.Kind == DjangoTasks && worker.Concurrency != 1 {
			problems.add(path+".concurrency", worker.Concurrency, "would be ignored, because db_worker runs one task at a time; set %s.replicas or %s.autoscaling instead", path, path)
		}
		if worker.Kind == DjangoTasks && worker.HeartbeatFile != "" && len(worker.Command) == 0 {
			problems.add(path+".heartbeatFile", worker.HeartbeatFile, "is touched by nothing, because db_worker has no such hook; leave it out, or touch it in a command of the app's own")
		}
		if scaling := worker.Autoscaling; scaling != nil {
			scaling.checkQuery(problems, path+".autoscaling")
		}
	}
}

// query matches a statement that only reads.
var query = regexp.MustCompile(`(?is)^\s*(SELECT|WITH)\s`)

func (a *Autoscaling) checkQuery(problems *Problems, path string) {
	switch {
	case a.By == ByQuery && a.Query == "":
		problems.add(path+".query", nil, "is required with %s.by query: a statement that returns the number of waiting tasks", path)
	case a.By != ByQuery && a.Query != "":
		problems.add(path+".query", nil, "would be ignored, because %s.by is %s; set it to query", path, a.By)
	case a.By == ByQuery && !query.MatchString(a.Query):
		problems.add(path+".query", nil, "must begin with SELECT or WITH: KEDA runs it every few seconds")
	case a.By == ByQuery && strings.Contains(strings.TrimRight(a.Query, "; \n\t"), ";"):
		problems.add(path+".query", nil, "must be one statement")
	}
}
