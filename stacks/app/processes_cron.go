package app

import (
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (w wiring) processes(runtime django.Runtime, release *django.Release) error {
	for _, wanted := range w.e.Processes {
		_, err := django.NewProcess(w.ctx, w.name, &django.ProcessArgs{
			Runtime:   runtime,
			Name:      wanted.Name,
			Command:   w.watched(wanted.Command),
			Args:      wanted.Args,
			Replicas:  wanted.Replicas,
			Scaling:   scaling(wanted.Autoscaling, nil),
			Strategy:  django.Strategy(wanted.Strategy),
			Port:      wanted.Port,
			PreStop:   w.e.WebShutdown().PreStop,
			Grace:     wanted.GraceSeconds,
			ProbeHost: w.e.ProbeHost(),
			Probes:    probes(wanted.Probes),
			Pods:      pods(wanted.Resources, wanted.Pods),
		}, w.after(release)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w wiring) cron(runtime django.Runtime, release *django.Release) error {
	for _, wanted := range w.e.Cron {
		_, err := django.NewCron(w.ctx, w.name, &django.CronArgs{
			Runtime:                    runtime,
			Name:                       wanted.Name,
			Schedule:                   wanted.Schedule,
			TimeZone:                   wanted.TimeZone,
			Command:                    w.watched(wanted.Command),
			Args:                       wanted.Args,
			Suspended:                  wanted.State == spec.Off,
			Concurrency:                concurrency(wanted.Concurrency),
			Timeout:                    wanted.TimeoutSeconds,
			StartingDeadline:           wanted.StartingDeadlineSeconds,
			Grace:                      wanted.GraceSeconds,
			Retries:                    wanted.Retries,
			SuccessfulJobsHistoryLimit: wanted.SuccessfulJobsHistoryLimit,
			FailedJobsHistoryLimit:     wanted.FailedJobsHistoryLimit,
			Pods:                       pods(wanted.Resources, wanted.Pods),
		}, w.after(release)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func concurrency(wanted spec.Concurrency) django.Concurrency {
	switch wanted {
	case spec.Allow:
		return django.Allow
	case spec.Replace:
		return django.Replace
	default:
		return django.Forbid
	}
}
