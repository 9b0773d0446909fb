package spec

// leastVisibility is Celery's own default, in seconds
// (https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#visibility-timeout).
const leastVisibility = 3600

// visibilityMargin is for a task that starts late in its pod, in seconds.
const visibilityMargin = 60

// neededVisibility returns the seconds for which Redis must not deliver a task again: the
// time that a worker may take to finish it, and the longest delay, since a worker receives
// a delayed task at once and holds it.
func (e *Environment) neededVisibility() (needed, task, delay int) {
	for _, worker := range e.Workers {
		if worker.Kind != CeleryWorker {
			continue
		}
		task = max(task, worker.Grace())
	}
	delay = e.Broker.LongestDelaySeconds
	return max(task, delay) + visibilityMargin, task, delay
}

// deriveVisibility fills in the default.
func (e *Environment) deriveVisibility() {
	if e.Broker.VisibilityTimeoutSeconds == 0 {
		needed, _, _ := e.neededVisibility()
		e.Broker.VisibilityTimeoutSeconds = max(leastVisibility, needed)
	}
}

// checkVisibility reports a timeout after which tasks would run twice.
func (e *Environment) checkVisibility(problems *Problems) {
	if e.Broker.Kind == None {
		return
	}
	if e.Broker.Engine == RabbitMQ {
		e.checkConsumers(problems)
		return
	}
	needed, task, delay := e.neededVisibility()
	if stated := e.Broker.VisibilityTimeoutSeconds; stated < needed {
		problems.add("broker.visibilityTimeoutSeconds", stated, "may not be below %d = the longer of %d s for the longest task and %d s for the longest delay + %d s: Redis would deliver tasks twice",
			needed, task, delay, visibilityMargin)
	}
}

// checkConsumers reports tasks that RabbitMQ would deliver again: it closes the channel of
// a consumer that has not acknowledged for consumer_timeout, half an hour by default
// (https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout).
func (e *Environment) checkConsumers(problems *Problems) {
	if e.RunsRabbitMQ() {
		// Its timeout follows from the longest task.
		return
	}
	most := leastConsumerTimeout
	if e.Broker.External != nil {
		most = e.Broker.External.ConsumerTimeoutSeconds
	}
	for i, worker := range e.Workers {
		if worker.Kind == CeleryWorker && worker.LongestTaskSeconds > most {
			problems.add(indexed("workers", i)+".longestTaskSeconds", worker.LongestTaskSeconds, "may not be above %d with broker.engine rabbitmq, which delivers a task again that is not acknowledged by then", most)
		}
	}
}
