package django

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// WorkerArgs describes a set of Celery worker pods that consume the same queues.
type WorkerArgs struct {
	Runtime
	// Name of the set.
	Name string
	// Command and Args of the container.
	Command, Args []string
	// EntryPoint lets the image's entry point run if there is no Command.
	EntryPoint bool
	// Replicas is the number of pods.
	Replicas int
	Strategy Strategy
	// Grace is the time between SIGTERM and SIGKILL, in seconds: longer than the longest
	// task.
	Grace int
	// HeartbeatFile is a file that the app touches while the worker is alive; empty for
	// none.
	HeartbeatFile string
	Probes        Probes
	// ProbeHost is a host name that the app allows, for probes by GET.
	ProbeHost string
	Pods      Pods
	// Scaling adjusts the number of pods to the load and replaces Replicas; nil for a fixed
	// number.
	Scaling *Scaling
}

// Worker is a set of Celery worker pods.
type Worker struct {
	pulumi.ResourceState
}

// heartbeatAge is how old a heartbeat may be before the kubelet restarts the worker, in
// seconds: three missed touches.
const heartbeatAge = 60

// NewWorker registers a set of Celery worker pods.
func NewWorker(ctx *pulumi.Context, name string, args *WorkerArgs, opts ...pulumi.ResourceOption) (*Worker, error) {
	part := WorkerPart(args.Name)
	w := &Worker{}
	return component.New(ctx, "djangostack:django:Worker", name+"-"+part, w, args.check, func() (pulumi.Map, error) {
		replicas, most, options := args.replicas(args.Scaling, args.Replicas)
		deployment, err := appsv1.NewDeployment(ctx, name+"-"+part, &appsv1.DeploymentArgs{
			Metadata: pod.WorkloadMetadata(args.named(part)),
			Spec: appsv1.DeploymentSpecArgs{
				Replicas: pulumi.Int(replicas),
				Selector: args.selector(part),
				Strategy: args.Strategy.args(),
				Template: args.template(process{
					component: part,
					command:   args.Command,
					args:      args.Args,
					env:       args.environment(),
					pods:      args.Pods,
					grace:     args.Grace,
					container: args.probes,
					pod:       func(spec *corev1.PodSpecArgs) { spec.TopologySpreadConstraints = args.spread(part) },
				}),
			},
		}, append(options, pulumi.Parent(w), args.Strategy.timeouts(args.Grace))...)
		if err != nil {
			return nil, fmt.Errorf("registering the Deployment of the worker %s: %w", args.Name, err)
		}
		if err := args.disruptionBudget(ctx, name, part, evicted(most, args.Pods.Volumes), w); err != nil {
			return nil, err
		}
		if err := args.allowPorts(ctx, name, part, 0, args.Pods.Ports, w); err != nil {
			return nil, err
		}
		if err := args.scale(ctx, name, part, args.Scaling, w, pulumi.DependsOn([]pulumi.Resource{deployment})); err != nil {
			return nil, err
		}
		return nil, nil
	}, opts...)
}

func (a *WorkerArgs) check() error {
	return errors.Join(a.Strategy.check("Worker"), a.Scaling.check("Worker"), a.Runtime.check("Worker", a.Pods,
		validate.Required("Name", a.Name != ""),
		validate.Required("Command", len(a.Command) > 0 || a.EntryPoint),
		validate.Required("Replicas", a.Scaling.hasReplicas(a.Replicas)),
		validate.Required("Grace", a.Grace > 0),
	))
}

// WorkerCommand is the command of a Celery worker. It fetches one task at a time, so that a
// long task never holds others back, and replaces a child process after 100 tasks, so that
// memory leaks stay small.
func WorkerCommand(app string, queues []string, concurrency int) []string {
	return []string{
		"celery", "-A", app, "worker",
		"--loglevel=INFO",
		"--concurrency=" + strconv.Itoa(concurrency),
		"--prefetch-multiplier=1",
		"--max-tasks-per-child=100",
		"-Q", strings.Join(queues, ","),
	}
}

func (a *WorkerArgs) environment() map[string]string {
	if a.HeartbeatFile == "" {
		return nil
	}
	return map[string]string{"CELERY_HEARTBEAT_FILE": a.HeartbeatFile}
}

// probes checks the heartbeat file: celery inspect ping costs seconds of CPU each time.
func (a *WorkerArgs) probes(c *corev1.ContainerArgs) {
	startup, readiness, liveness := noProbes()
	if a.HeartbeatFile != "" {
		alive := fmt.Sprintf(`test $(( $(date +%%s) - $(stat -c %%Y %s) )) -lt %d`, a.HeartbeatFile, heartbeatAge)
		startup.By, startup.Command = ProbeCommand, []string{"test", "-f", a.HeartbeatFile}
		liveness.By, liveness.Command = ProbeCommand, []string{"sh", "-c", alive}
	}
	setProbes(c, a.Probes.override(startup, readiness, liveness), a.ProbeHost)
}
