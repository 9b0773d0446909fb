package spec

import "strings"

func (e *Environment) checkScaling(problems *Problems) {
	if scaling := e.Web.Autoscaling; scaling != nil {
		scaling.check(problems, "web.autoscaling")
		scaling.refuseQueue(problems, "web.autoscaling")
	}
	e.checkProcessScaling(problems)
	for i, worker := range e.Workers {
		scaling, path := worker.Autoscaling, indexed("workers", i)+".autoscaling"
		if scaling == nil {
			continue
		}
		scaling.check(problems, path)
		if scaling.By == ByQueue && e.Broker.Kind == None {
			problems.add(path+".by", string(ByQueue), "needs a broker, since it follows its queues")
		}
	}
}

func (e *Environment) checkProcessScaling(problems *Problems) {
	for i, process := range e.Processes {
		if scaling := process.Autoscaling; scaling != nil {
			scaling.check(problems, indexed("processes", i)+".autoscaling")
			scaling.refuseQueue(problems, indexed("processes", i)+".autoscaling")
		}
	}
}

func (a *Autoscaling) check(problems *Problems, path string) {
	if a.MinReplicas > a.MaxReplicas {
		problems.add(path+".minReplicas", a.MinReplicas, "may not be above %s.maxReplicas, which is %d", path, a.MaxReplicas)
	}
	if a.MinReplicas == 0 && a.By != ByQueue {
		problems.add(path+".minReplicas", 0, "must be at least 1 with %s.by %s: no pod uses nothing, and none would ever be added", path, a.By)
	}
}

func (a *Autoscaling) refuseQueue(problems *Problems, path string) {
	if a.By == ByQueue {
		problems.add(path+".by", string(ByQueue), "only workers serve queues; allowed are cpu and memory")
	}
}

// checkScalingStated reports numbers that have no effect with autoscaling.
func (e *Environment) checkScalingStated(problems *Problems, value any) {
	refuse := func(process string, scaling *Autoscaling) {
		if scaling == nil {
			return
		}
		at := func(field string) any { return lookup(value, strings.Split(steps(process)+"."+field, ".")) }
		if at("replicas") != nil {
			problems.add(process+".replicas", nil, "would be ignored, because %s.autoscaling says how many", process)
		}
		for _, field := range scaling.By.ignored() {
			if at("autoscaling."+field) != nil {
				problems.add(process+".autoscaling."+field, nil, "would be ignored, because %s.autoscaling.by is %s", process, scaling.By)
			}
		}
	}
	refuse("web", e.Web.Autoscaling)
	for i, worker := range e.Workers {
		refuse(indexed("workers", i), worker.Autoscaling)
	}
	for i, process := range e.Processes {
		refuse(indexed("processes", i), process.Autoscaling)
	}
}

// ignored are the fields that have no effect with a signal.
func (s ScalingSignal) ignored() []string {
	const cpu, memory, queue = "targetCPUUtilizationPercentage", "targetMemoryUtilizationPercentage", "queueLength"
	switch s {
	case ByQueue:
		return []string{cpu, memory}
	case ByMemory:
		return []string{cpu, queue}
	default:
		return []string{queue}
	}
}

// steps returns a path such as workers[0] in the form that lookup takes.
func steps(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, "[", "."), "]", "")
}
