package app

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// staticClaim is the component of the volume with the static files.
const staticClaim = labels.Static

func (w wiring) static() (django.Static, error) {
	wanted := w.environment.Static
	static := django.Static{Store: django.StaticStore(wanted.Store), Root: wanted.Root}
	if static.Store != django.StaticInImage {
		static.Collect = w.words(wanted.Command)
		if len(static.Collect) == 0 {
			static.Collect = slices.Concat(w.environment.App.ManageCommand, []string{"collectstatic", "--noinput"})
		}
	}
	before, after := w.environment.StaticCommands()
	static.Before, static.After = w.commands(before), w.commands(after)
	if static.Store != django.StaticInVolume {
		return static, nil
	}
	claim, err := kubernetes.NewClaim(w.ctx, w.name+"-"+staticClaim, &kubernetes.ClaimArgs{
		Component:    staticClaim,
		Namespace:    w.namespace,
		Labels:       w.labels,
		Size:         string(wanted.Volume.Size),
		StorageClass: wanted.Volume.StorageClassName,
		AccessMode:   wanted.AccessMode,
		Data:         w.environment.HeldInVolume(staticClaim, wanted.Volume, wanted.AccessMode),
	}, w.options...)
	if err != nil {
		return django.Static{}, err
	}
	static.Claim = claim.Metadata.Name().Elem()
	return static, nil
}

func (w wiring) web(runtime django.Runtime, static django.Static, release *django.Release) (*django.Web, error) {
	wanted := w.environment.Web
	args := &django.WebArgs{
		Runtime:       runtime,
		Server:        django.Server(wanted.Server),
		Command:       w.words(wanted.Command),
		Args:          w.words(wanted.Args),
		Replicas:      wanted.Replicas,
		Port:          wanted.Port,
		ReadinessPath: wanted.ReadinessPath,
		ProbeHost:     w.environment.ProbeHost(),
		Shutdown:      django.Shutdown(w.environment.WebShutdown()),
		Probes:        w.probes(wanted.Probes),
		Static:        static,
		NGINX:         w.nginx(),
		Scrape:        w.scrape(),
		Pods:          listeningOn(wanted.Port, w.pods(wanted.Resources, wanted.Pods)),
		Scaling:       scaling(wanted.Autoscaling, nil),
		Strategy:      strategy(wanted.Strategy),
		Service: django.Service{
			Name:        w.environment.WebServiceName(),
			Type:        wanted.Service.Type,
			Port:        wanted.Service.Port,
			Annotations: wanted.Service.Annotations,
		},
	}
	if len(args.Command) == 0 {
		args.Command = w.server()
	}
	args.Command = w.watched(args.Command)
	return django.NewWeb(w.ctx, w.name, args, w.after(append([]pulumi.Resource{release}, w.chartsOfWeb()...)...)...)
}

// server returns the command of the configured web server; nil for the image's entry point.
func (w wiring) server() []string {
	web := w.environment.Web
	module := w.environment.App.WSGIModule
	if web.Interface == spec.ASGI {
		module = w.environment.App.ASGIModule
	}
	switch web.Server {
	case spec.ImageServer:
		return nil
	case spec.Granian:
		return django.GranianCommand(django.Granian{
			Interface: string(web.Interface), Module: module, Port: w.environment.ServedPort(), Workers: web.Workers, Threads: web.Threads, Shutdown: django.Shutdown(w.environment.WebShutdown()),
		})
	}
	if w.environment.Web.Server == spec.Uvicorn {
		return django.UvicornCommand(w.environment.App.ASGIModule, w.environment.ServedPort(), django.Shutdown(w.environment.WebShutdown()), w.environment.KeepAliveSeconds())
	}
	return django.GunicornCommand(module)
}

func (w wiring) workers(runtime django.Runtime, d dataServices, release *django.Release) ([]pulumi.Resource, error) {
	var workers []pulumi.Resource
	for _, wanted := range w.environment.Workers {
		args := &django.WorkerArgs{
			Runtime:       runtime,
			Name:          wanted.Name,
			Command:       w.words(wanted.Command),
			Args:          w.words(w.workerArgs(wanted)),
			Replicas:      wanted.Replicas,
			Strategy:      strategy(wanted.Strategy),
			Grace:         wanted.Grace(),
			HeartbeatFile: wanted.HeartbeatFile,
			Probes:        w.probes(wanted.Probes),
			ProbeHost:     w.environment.ProbeHost(),
			Pods:          w.keptPods(wanted.Resources, wanted.Pods, wanted.Grace()),
			Scaling:       d.workerScaling(wanted),
			EntryPoint:    wanted.Kind == spec.OtherWorker,
		}
		if !wanted.Own() {
			args.Command = w.workerCommand(wanted)
		}
		args.Command = w.watched(args.Command)
		worker, err := django.NewWorker(w.ctx, w.name, args, w.after(append([]pulumi.Resource{release}, w.chartsOf(wanted)...)...)...)
		if err != nil {
			return nil, err
		}
		workers = append(workers, worker)
	}
	return workers, nil
}

// workerCommand returns the command of a worker that has no command in the configuration.
func (w wiring) workerCommand(wanted spec.Worker) []string {
	if wanted.Kind == spec.DjangoTasks {
		return django.TasksCommand(w.environment.App.ManageCommand, wanted.Queues)
	}
	return django.WorkerCommand(w.environment.App.CeleryApp, wanted.Queues, wanted.Concurrency)
}

// workerArgs adds to the arguments of a worker what Celery must know of the broker, unless
// the worker has its own command. Without the type of the queues, Celery asks for a
// prefetch count that quorum queues refuse
// (https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/rabbitmq.html).
// After a restart of the broker Celery fetches one task at a time, and quorum queues keep it
// from fetching more later on (https://github.com/celery/celery/issues/9512).
func (w wiring) workerArgs(wanted spec.Worker) []string {
	if wanted.Own() || wanted.Kind == spec.DjangoTasks || !w.environment.RunsRabbitMQ() || w.environment.Broker.QueueType != spec.QuorumQueues {
		return wanted.Args
	}
	args := slices.Clone(wanted.Args)
	if !slices.Contains(args, "--") {
		args = append(args, "--")
	}
	return append(args, "task.default_queue_type=quorum", "worker.enable_prefetch_count_reduction=false")
}

// beat returns Celery beat; nothing if the environment has none.
func (w wiring) beat(runtime django.Runtime, release *django.Release, workers []pulumi.Resource) ([]pulumi.Resource, error) {
	wanted := w.environment.Beat
	if !wanted.Enabled {
		return nil, nil
	}
	args := &django.BeatArgs{
		Runtime: runtime,
		Command: w.words(wanted.Command),
		Args:    w.words(wanted.Args),
		Pods:    w.pods(wanted.Resources, wanted.Pods),
	}
	if wanted.ScheduleStore == spec.ScheduleInVolume {
		claim, err := w.schedule()
		if err != nil {
			return nil, err
		}
		args.Claim = claim
	}
	if len(args.Command) == 0 {
		args.Command = django.BeatCommand(w.environment.App.CeleryApp, args.Claim != nil)
	}
	args.Command = w.watched(args.Command)
	beat, err := django.NewBeat(w.ctx, w.name, args, w.after(slices.Concat(workers, []pulumi.Resource{release})...)...)
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{beat}, nil
}

// schedule registers the volume of beat's schedule, and returns the name of its claim.
func (w wiring) schedule() (pulumi.StringInput, error) {
	claim, err := kubernetes.NewClaim(w.ctx, w.name+"-"+django.BeatPart, &kubernetes.ClaimArgs{
		Component:  django.BeatPart,
		Namespace:  w.namespace,
		Labels:     w.labels,
		Size:       string(w.environment.Beat.ScheduleSize),
		AccessMode: "ReadWriteOnce",
		Data:       w.environment.HeldInVolume(django.BeatPart, spec.Volume{}, ""),
	}, w.options...)
	if err != nil {
		return nil, err
	}
	return claim.Metadata.Name().Elem(), nil
}

func (w wiring) shell(runtime django.Runtime, release *django.Release) error {
	// Someone may write to the database in a shell.
	if !w.environment.Shell.Enabled || w.environment.StopsApp() {
		return nil
	}
	client := string(w.environment.Database.Image)
	if w.environment.Database.Kind == spec.None {
		client = ""
	}
	_, err := django.NewShell(w.ctx, w.name, &django.ShellArgs{
		Runtime:   runtime,
		PSQLImage: client,
		Reason:    w.environment.Shell.Reason,
		Minutes:   w.environment.Shell.Minutes,
		Pods:      w.pods(w.environment.Shell.Resources, w.environment.Shell.Pods),
	}, w.after(release)...)
	return err
}
