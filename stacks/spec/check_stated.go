package spec

import (
	"strconv"
	"strings"
)

// idle is a field that has no effect in some configuration.
type idle struct {
	// fields are the paths that would be read and ignored.
	fields []string
	// when tells whether they are.
	when func(*Environment) bool
	// because names the value that makes them so.
	because string
}

func idleFields() []idle {
	return []idle{
		{[]string{"database.image", "database.volume", "database.resources"}, func(e *Environment) bool { return e.Database.Kind == External }, "database.kind is external"},
		{[]string{"cache.image", "cache.memory", "cache.cpu"}, func(e *Environment) bool { return e.Cache.Kind != InCluster }, "cache.kind is not in-cluster"},
		{[]string{"broker.image", "broker.memory", "broker.cpu", "broker.volume"}, func(e *Environment) bool { return e.Broker.Kind != InCluster }, "broker.kind is not in-cluster"},
		{[]string{"static.volume", "static.accessMode"}, func(e *Environment) bool { return e.Static.Store != StaticInVolume }, "static.store is not volume"},
		{[]string{"beat.command", "beat.scheduleSize", "beat.resources"}, func(e *Environment) bool { return !e.Beat.Enabled }, "beat.enabled is false"},
		{[]string{"shell.resources"}, func(e *Environment) bool { return !e.Shell.Enabled }, "shell.enabled is false"},
		{[]string{"namespace.podSecurity"}, func(e *Environment) bool { return e.Namespace.Source == Given }, "namespace.source is given"},
	}
}

// checkStated refuses fields that were written down but would be ignored.
func (e *Environment) checkStated(value any) Problems {
	var problems Problems
	for _, rule := range idleFields() {
		if !rule.when(e) {
			continue
		}
		for _, field := range rule.fields {
			if lookup(value, strings.Split(field, ".")) != nil {
				problems.add(field, nil, "would be ignored, because %s", rule.because)
			}
		}
	}
	for i, worker := range e.Workers {
		if len(worker.Command) == 0 {
			continue
		}
		for _, field := range []string{"queues", "concurrency"} {
			if lookup(value, []string{"workers", strconv.Itoa(i), field}) != nil {
				problems.add(indexed("workers", i)+"."+field, nil, "would be ignored, because the worker has a command of its own")
			}
		}
	}
	return problems
}
