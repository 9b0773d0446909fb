package spec

func (e *Environment) checkCelery(problems *Problems) {
	celery := e.usesCelery()
	ownCommands := !e.Beat.Enabled || len(e.Beat.Command) > 0
	for _, worker := range e.Workers {
		ownCommands = ownCommands && (len(worker.Command) > 0 || worker.Kind != CeleryWorker)
	}
	if celery && !ownCommands && e.App.CeleryApp == "" {
		problems.add("app.celeryApp", nil, "is required, because workers or beat are configured; a worker that the image's entry point or other software than Celery runs has workers[].kind other")
	}
	if celery && e.Broker.Kind == None {
		problems.add("broker.kind", string(None), "workers and beat need a broker: %s; a worker of other software that needs none has workers[].kind other", e.kindsOf())
	}
	e.checkWorkerKinds(problems)
	seen := map[string]int{}
	for i, worker := range e.Workers {
		if first, twice := seen[worker.Name]; twice {
			problems.add(indexed("workers", i)+".name", worker.Name, "is the name of workers[%d] already", first)
			continue
		}
		seen[worker.Name] = i
	}
}

// kindsOf lists the kinds of data services that the environment's cloud has.
func (e *Environment) kindsOf() string {
	if e.HasCloud() {
		return "in-cluster, managed or external"
	}
	return "in-cluster or external"
}
