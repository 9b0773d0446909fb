package spec

import (
	"encoding/json"
)

// Worker is a set of Celery worker pods that serve the same queues.
type Worker struct {
	// Name of the set; its Deployment is named app-worker-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The queues that the worker consumes.
	Queues []string `json:"queues,omitempty" jsonschema:"minItems=1,pattern=^[A-Za-z0-9._:-]+$,uniqueItems=true"`
	// Number of pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// RollingUpdate: new pods start before old ones stop; Recreate: old ones stop first, for a worker that must not run at the same time as another version of itself.
	Strategy Strategy `json:"strategy,omitempty" jsonschema:"enum=RollingUpdate,enum=Recreate" default:"RollingUpdate; Recreate with a volume of one node"`
	// Concurrent tasks of one pod.
	Concurrency int `json:"concurrency,omitempty" jsonschema:"minimum=1,maximum=256"`
	// Highest number of database connections of one pod.
	DatabaseConnections int `json:"databaseConnections,omitempty" jsonschema:"minimum=1,maximum=10000" default:"concurrency; required in production with command"`
	// Seconds that the longest task may take; shutdown waits for it.
	LongestTaskSeconds int `json:"longestTaskSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
	// The command to run instead of celery worker.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
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
	worker := plain(defaultWorker())
	if err := json.Unmarshal(raw, &worker); err != nil {
		return err
	}
	*w = Worker(worker)
	return nil
}

func defaultWorker() Worker {
	return Worker{
		Queues:             []string{"celery"},
		Replicas:           1,
		Concurrency:        2,
		LongestTaskSeconds: 300,
		Resources:          resources("50m", "144Mi", "512Mi", "256Mi"),
	}
}
