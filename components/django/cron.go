package django

import (
	"fmt"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// Concurrency says what happens when a run is due while the previous one still runs.
type Concurrency string

// Forbid skips the new run, Replace stops the old one, and Allow runs both.
const (
	Forbid  Concurrency = "Forbid"
	Replace Concurrency = "Replace"
	Allow   Concurrency = "Allow"
)

// CronArgs describes a command that runs on a schedule.
type CronArgs struct {
	Runtime
	// Name of the command.
	Name string
	// Schedule in cron's notation, in the given time zone, for instance Europe/Berlin.
	Schedule, TimeZone string
	// Command and Args of the container.
	Command, Args []string
	// Suspended keeps the CronJob but starts no runs.
	Suspended   bool
	Concurrency Concurrency
	// Timeout of one run, StartingDeadline for a run that starts late, and Grace between
	// SIGTERM and SIGKILL, in seconds.
	Timeout, StartingDeadline, Grace int
	// Retries of a failed run.
	Retries int
	// SuccessfulJobsHistoryLimit and FailedJobsHistoryLimit are how many runs the cluster
	// keeps with their logs.
	SuccessfulJobsHistoryLimit, FailedJobsHistoryLimit int
	Pods                                               Pods
}

// Cron is a command that runs on a schedule.
type Cron struct {
	pulumi.ResourceState
}

// NewCron registers a command that runs on a schedule.
func NewCron(ctx *pulumi.Context, name string, args *CronArgs, opts ...pulumi.ResourceOption) (*Cron, error) {
	part := CronPart(args.Name)
	c := &Cron{}
	return component.New(ctx, "djangostack:django:Cron", name+"-"+part, c, args.check, func() (pulumi.Map, error) {
		_, err := batchv1.NewCronJob(ctx, name+"-"+part, &batchv1.CronJobArgs{
			Metadata: pod.WorkloadMetadata(args.named(part)),
			Spec: batchv1.CronJobSpecArgs{
				Schedule:                   pulumi.String(args.Schedule),
				TimeZone:                   pulumi.String(args.TimeZone),
				Suspend:                    pulumi.Bool(args.Suspended || args.Running == Stopped),
				ConcurrencyPolicy:          pulumi.String(string(args.Concurrency)),
				StartingDeadlineSeconds:    pulumi.Int(args.StartingDeadline),
				SuccessfulJobsHistoryLimit: pulumi.Int(args.SuccessfulJobsHistoryLimit),
				FailedJobsHistoryLimit:     pulumi.Int(args.FailedJobsHistoryLimit),
				JobTemplate: batchv1.JobTemplateSpecArgs{
					Metadata: metav1.ObjectMetaArgs{Labels: args.Labels.For(part)},
					Spec: jobSpec(args.Retries, args.Timeout, args.template(process{
						component: part,
						command:   args.Command,
						args:      args.Args,
						pods:      args.Pods,
						grace:     args.Grace,
						pod:       func(spec *corev1.PodSpecArgs) { spec.RestartPolicy = pulumi.String("Never") },
					})),
				},
			},
		}, pulumi.Parent(c), pod.AwaitStop(args.Grace))
		if err != nil {
			return nil, fmt.Errorf("registering the CronJob %s: %w", args.Name, err)
		}
		return nil, args.allowPorts(ctx, name, part, 0, args.Pods.Ports, c)
	}, opts...)
}

func (a *CronArgs) check() error {
	return a.Runtime.check("Cron", a.Pods,
		validate.Required("Name", a.Name != ""),
		validate.Required("Schedule", a.Schedule != ""),
		validate.Required("TimeZone", a.TimeZone != ""),
		validate.Required("Concurrency", a.Concurrency != ""),
		validate.Required("Timeout", a.Timeout > 0),
		validate.Required("StartingDeadline", a.StartingDeadline > 0),
		validate.Required("Grace", a.Grace > 0),
	)
}

// jobSpec is a Job that runs a command once and retries it as often as told. The Job
// ignores an evicted or preempted pod, which says nothing about the command, and starts
// another pod.
func jobSpec(retries, timeout int, template corev1.PodTemplateSpecArgs) batchv1.JobSpecArgs {
	return batchv1.JobSpecArgs{
		BackoffLimit:          pulumi.Int(retries),
		ActiveDeadlineSeconds: pulumi.Int(timeout),
		PodFailurePolicy: batchv1.PodFailurePolicyArgs{Rules: batchv1.PodFailurePolicyRuleArray{
			batchv1.PodFailurePolicyRuleArgs{
				Action: pulumi.String("Ignore"),
				OnPodConditions: batchv1.PodFailurePolicyOnPodConditionsPatternArray{
					batchv1.PodFailurePolicyOnPodConditionsPatternArgs{Type: pulumi.String("DisruptionTarget"), Status: pulumi.String("True")},
				},
			},
		}},
		Template: template,
	}
}
