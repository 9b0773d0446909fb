package app

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// startedProcesses are processes that are registered at the same time.
type startedProcesses struct {
	// all of them, and those that a route leads to.
	all, routed []pulumi.Resource
}

// processes registers the custom processes that start before or after the release.
func (w wiring) processes(runtime django.Runtime, start spec.ProcessStart, after ...pulumi.Resource) (startedProcesses, error) {
	var started startedProcesses
	for _, wanted := range w.environment.Processes {
		if wanted.Start != start {
			continue
		}
		process, err := django.NewProcess(w.ctx, w.name, &django.ProcessArgs{
			Runtime:     runtime,
			Name:        wanted.Name,
			Command:     w.watched(w.words(wanted.Command)),
			Args:        w.words(wanted.Args),
			Separate:    wanted.Separate(),
			Replicas:    wanted.Replicas,
			Scaling:     scaling(wanted.Autoscaling, nil),
			Strategy:    strategy(wanted.Strategy),
			Port:        wanted.Port,
			ServicePort: wanted.ServicePort,
			ServiceName: wanted.Service.Name,
			ServiceType: wanted.Service.Type,
			Internal:    wanted.Callers == spec.EnvironmentCallers,
			Alone:       wanted.Alone(),
			PreStop:     w.environment.PreStopOf(&wanted),
			Grace:       wanted.TerminationGracePeriodSeconds,
			ProbeHost:   w.environment.ProbeHost(),
			Probes:      w.probes(wanted.Probes),
			Pods:        listeningOn(wanted.Port, w.keptPods(wanted.Resources, wanted.Pods, wanted.TerminationGracePeriodSeconds)),

			ServiceAnnotations: wanted.Service.Annotations,
		}, w.after(after...)...)
		if err != nil {
			return startedProcesses{}, err
		}
		started.all = append(started.all, process)
		if slices.Contains(w.environment.RoutedProcesses(), wanted.Name) {
			started.routed = append(started.routed, process)
		}
	}
	return started, nil
}

func (w wiring) cron(runtime django.Runtime, release *django.Release) error {
	for _, wanted := range w.environment.Cron {
		_, err := django.NewCron(w.ctx, w.name, &django.CronArgs{
			Runtime:                    runtime,
			Name:                       wanted.Name,
			Schedule:                   wanted.Schedule,
			TimeZone:                   wanted.TimeZone,
			Command:                    w.watched(w.words(wanted.Command)),
			Args:                       w.words(wanted.Args),
			Suspended:                  wanted.Suspend,
			Concurrency:                django.Concurrency(wanted.ConcurrencyPolicy),
			Timeout:                    wanted.ActiveDeadlineSeconds,
			StartingDeadline:           wanted.StartingDeadlineSeconds,
			Grace:                      wanted.TerminationGracePeriodSeconds,
			Retries:                    wanted.BackoffLimit,
			SuccessfulJobsHistoryLimit: wanted.SuccessfulJobsHistoryLimit,
			FailedJobsHistoryLimit:     wanted.FailedJobsHistoryLimit,
			Pods:                       w.pods(wanted.Resources, wanted.Pods),
		}, w.after(release)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func strategy(wanted spec.Strategy) django.Strategy {
	if wanted == spec.Recreate {
		return django.Recreate
	}
	return django.Rolling
}
