package django

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// BeatArgs describes Celery beat, the scheduler.
type BeatArgs struct {
	Runtime
	// Command and Args start beat.
	Command, Args []string
	// Claim is the name of the PersistentVolumeClaim for the schedule file; nil for none.
	Claim pulumi.StringInput
	Pods  Pods
}

// Beat is Celery beat. It runs as exactly one pod, and the old pod stops before the new one
// starts: two would send every task twice.
type Beat struct {
	pulumi.ResourceState
}

const (
	beatSchedule = "/var/lib/celery"
	beatGrace    = 30
)

// NewBeat registers Celery beat.
func NewBeat(ctx *pulumi.Context, name string, args *BeatArgs, opts ...pulumi.ResourceOption) (*Beat, error) {
	b := &Beat{}
	return component.New(ctx, "djangostack:django:Beat", name+"-beat", b, args.check, func() (pulumi.Map, error) {
		pods, _, _ := args.replicas(nil, 1)
		_, err := appsv1.NewDeployment(ctx, name+"-beat", &appsv1.DeploymentArgs{
			Metadata: pod.WorkloadMetadata(args.named(BeatPart)),
			Spec: appsv1.DeploymentSpecArgs{
				Replicas: pulumi.Int(pods),
				Selector: args.selector(BeatPart),
				Strategy: appsv1.DeploymentStrategyArgs{Type: pulumi.String("Recreate")},
				Template: args.template(process{
					component: BeatPart,
					command:   args.Command,
					args:      args.Args,
					pods:      args.Pods,
					volumes:   args.volumes(),
					grace:     beatGrace,
				}),
			},
		}, pulumi.Parent(b), pod.AwaitReplacement(beatGrace))
		if err != nil {
			return nil, fmt.Errorf("registering the Deployment of beat: %w", err)
		}
		return nil, args.allowPorts(ctx, name, BeatPart, 0, args.Pods.Ports, b)
	}, opts...)
}

func (a *BeatArgs) check() error {
	return a.Runtime.check("Beat", a.Pods,
		validate.Required("Command", len(a.Command) > 0),
	)
}

// BeatCommand is the command of Celery beat. It writes no pid file: the file of a killed
// pod would keep the next pod from starting.
//
// Without a file for the schedule, the scheduler of the app's settings keeps it elsewhere.
func BeatCommand(app string, inFile bool) []string {
	command := []string{"celery", "-A", app, "beat", "--loglevel=INFO"}
	if inFile {
		command = append(command, "--schedule="+beatSchedule+"/schedule")
	}
	return append(command, "--pidfile=")
}

func (a *BeatArgs) volumes() []pod.Volume {
	if a.Claim == nil {
		return nil
	}
	return []pod.Volume{{Name: "schedule", Path: beatSchedule, Claim: a.Claim}}
}
