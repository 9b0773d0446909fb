package app

import (
	"slices"
	"time"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// alerts registers the alert rules. Nothing but the namespace comes before them, so that those of a
// release are there when it fails.
func (w wiring) alerts() error {
	wanted := w.environment.Monitoring.Alerts
	if wanted == nil {
		return nil
	}
	objects, err := w.alertObjects()
	if err != nil {
		return err
	}
	_, err = kubernetes.NewAlerts(w.ctx, w.name, &kubernetes.AlertsArgs{
		Namespace: w.namespace,
		Labels:    w.labels,
		Selected:  wanted.Labels,
		Rules:     alerts.Rules(objects),
	}, w.platform.Charts.defining(spec.PrometheusGroup, w.options)...)
	return err
}

// alertObjects are the names of the objects that the other steps register.
func (w wiring) alertObjects() (alerts.Objects, error) {
	objects := alerts.Objects{
		Namespace:    w.environment.Namespace.Name,
		Web:          w.labels.ObjectName(django.WebPart),
		Servers:      w.named(w.serverParts()...),
		ReleaseJobs:  w.releaseJobs(),
		Claims:       w.claims(),
		Certificates: w.certificates(),
	}
	if w.environment.Database.Pooler.Kind == spec.PgBouncer {
		objects.Poolers = w.named(kubernetes.PgBouncerPart)
	}
	w.watchExporters(&objects)
	w.watchProcesses(&objects)
	if err := w.watchCron(&objects); err != nil {
		return alerts.Objects{}, err
	}
	return objects, w.watchBackups(&objects)
}

func (w wiring) named(parts ...string) []string {
	var names []string
	for _, part := range parts {
		names = append(names, w.labels.ObjectName(part))
	}
	return names
}

// serverParts are the data services in the cluster.
func (w wiring) serverParts() []string {
	e := w.environment
	parts := postgresParts(e)
	for _, server := range []struct {
		part string
		runs bool
	}{
		{redisCache, e.RunsRedisCache()},
		{kubernetes.MemcachedPart, e.RunsMemcached()},
		{redisBroker, e.RunsRedisBroker()},
		{kubernetes.RabbitMQPart, e.RunsRabbitMQ()},
		{kubernetes.OpenSearchPart, e.RunsSearch()},
	} {
		if server.runs {
			parts = append(parts, server.part)
		}
	}
	return append(parts, cacheReplicas(e)...)
}

func (w wiring) releaseJobs() []string {
	var jobs []string
	for _, step := range w.environment.ReleaseSteps() {
		if !w.environment.InWebPods(step) {
			jobs = append(jobs, django.JobName(w.labels, step.Part, string(w.environment.App.Image)))
		}
	}
	return jobs
}

// claims are the volumes that the environment creates, except that of the backups.
func (w wiring) claims() []string {
	var claims []string
	for _, claim := range w.environment.CreatedClaims() {
		if claim.Component != labels.Backup {
			claims = append(claims, w.labels.ClaimName(claim.Component, claim.Held))
		}
	}
	return claims
}

// certificates are those that cert-manager issues because the Ingress asks for them.
func (w wiring) certificates() []string {
	args := w.routesArgs()
	if args == nil {
		return nil
	}
	return slices.DeleteFunc(args.Certificates(), func(secret string) bool { return w.environment.OwnSecret(secret) != nil })
}

// watchProcesses adds the processes besides web, with the autoscalers and queues of all.
func (w wiring) watchProcesses(objects *alerts.Objects) {
	e := w.environment
	w.watchAutoscaler(objects, django.WebPart, e.Web.Autoscaling)
	for _, worker := range e.Workers {
		part := django.WorkerPart(worker.Name)
		name := w.labels.ObjectName(part)
		if worker.Autoscaling != nil && worker.Autoscaling.MinReplicas == 0 {
			objects.Sleepers = append(objects.Sleepers, name)
		} else {
			objects.Processes = append(objects.Processes, name)
		}
		if worker.ScaledBy() == "" {
			w.watchAutoscaler(objects, part, worker.Autoscaling)
			continue
		}
		objects.Queues = append(objects.Queues, alerts.Queue{ScaledObject: name, LongestTask: seconds(worker.Grace())})
		if worker.Autoscaling.MinReplicas < worker.Autoscaling.MaxReplicas {
			objects.Autoscalers = append(objects.Autoscalers, django.KEDAAutoscaler(name))
		}
	}
	for _, process := range e.Processes {
		part := django.ProcessPart(process.Name)
		objects.Processes = append(objects.Processes, w.labels.ObjectName(part))
		w.watchAutoscaler(objects, part, process.Autoscaling)
	}
	if e.Beat.Enabled {
		objects.Processes = append(objects.Processes, w.labels.ObjectName(django.BeatPart))
	}
}

// watchAutoscaler adds the autoscaler of a process by its usage. With a fixed number of pods it is
// always at its maximum.
func (w wiring) watchAutoscaler(objects *alerts.Objects, part string, scaling *spec.Autoscaling) {
	if scaling != nil && scaling.MinReplicas < scaling.MaxReplicas {
		objects.Autoscalers = append(objects.Autoscalers, w.labels.ObjectName(part))
	}
}

func (w wiring) watchCron(objects *alerts.Objects) error {
	for _, wanted := range w.environment.Cron {
		if wanted.Suspend {
			continue
		}
		zone, err := time.LoadLocation(wanted.TimeZone)
		if err != nil {
			return err
		}
		cronJob, err := cronJob(w.labels.ObjectName(django.CronPart(wanted.Name)), wanted.Schedule, zone, wanted.StartingDeadlineSeconds, wanted.ActiveDeadlineSeconds)
		if err != nil {
			return err
		}
		objects.CronJobs = append(objects.CronJobs, cronJob)
	}
	return nil
}

func (w wiring) watchBackups(objects *alerts.Objects) error {
	if !w.environment.BacksUp() {
		return nil
	}
	wanted := w.environment.Database.Backups
	of := func(part, schedule string) (*alerts.CronJob, error) {
		found, err := cronJob(w.labels.CronJobName(part), schedule, time.UTC, kubernetes.BackupStartSeconds, wanted.ActiveDeadlineSeconds)
		return &found, err
	}
	var err error
	if objects.Backup, err = of(labels.Backup, wanted.Schedule); err != nil {
		return err
	}
	if objects.RestoreDrill, err = of(labels.RestoreDrill, wanted.DrillSchedule); err != nil {
		return err
	}
	if w.environment.BacksUpToVolume() {
		objects.BackupClaim = w.labels.ClaimName(labels.Backup, w.environment.Held(data.Backups))
	}
	return nil
}

// cronJob allows the last success to be as old as the longest time between two runs, the latest start
// and the longest run together.
func cronJob(name, schedule string, zone *time.Location, startSeconds, runSeconds int) (alerts.CronJob, error) {
	gap, err := alerts.LongestGap(schedule, zone)
	if err != nil || gap == 0 {
		return alerts.CronJob{Name: name}, err
	}
	return alerts.CronJob{Name: name, Oldest: gap + seconds(startSeconds) + seconds(runSeconds)}, nil
}

func seconds(count int) time.Duration { return time.Duration(count) * time.Second }
