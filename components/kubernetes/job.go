package kubernetes

import (
	"fmt"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
)

// job runs a command on a database to completion. The command is idempotent, so the Job
// retries it when it fails.
type job struct {
	// component is the component label of the pods and the name of the container.
	component string
	namespace pulumi.StringInput
	labels    labels.Labels
	// timeout of all tries together, in seconds.
	timeout int
	// finalExitCodes are the exit codes of the container after which the Job does not
	// retry.
	finalExitCodes []int
	// serviceAccount of the pod; nil for the namespace's default account.
	serviceAccount pulumi.StringInput
	// initContainers run to completion before the container and share its volumes.
	initContainers []corev1.ContainerArgs
	container      corev1.ContainerArgs
	volumes        []pod.Volume
}

const (
	jobRetries = 3
	// jobGrace is how long a command may take to stop, in seconds.
	jobGrace = 10
)

func (j job) register(ctx *pulumi.Context, name string, parent pulumi.Resource, opts ...pulumi.ResourceOption) error {
	spec := batchv1.JobSpecArgs{
		BackoffLimit:          pulumi.Int(jobRetries),
		ActiveDeadlineSeconds: pulumi.Int(j.timeout),
		Template:              j.template(),
	}
	if len(j.finalExitCodes) > 0 {
		spec.PodFailurePolicy = j.failurePolicy()
	}
	_, err := batchv1.NewJob(ctx, name, &batchv1.JobArgs{
		Metadata: metav1.ObjectMetaArgs{
			Namespace: j.namespace,
			Labels:    j.labels.For(j.component),
			// The next update replaces a Job that failed.
			Annotations: pulumi.StringMap{"pulumi.com/replaceUnready": pulumi.String("true")},
		},
		Spec: spec,
	}, append(opts, pulumi.Parent(parent), pod.AwaitJob(j.timeout))...)
	if err != nil {
		return fmt.Errorf("registering the Job %s: %w", name, err)
	}
	return nil
}

func (j job) failurePolicy() batchv1.PodFailurePolicyArgs {
	return batchv1.PodFailurePolicyArgs{Rules: batchv1.PodFailurePolicyRuleArray{batchv1.PodFailurePolicyRuleArgs{
		Action: pulumi.String("FailJob"),
		OnExitCodes: batchv1.PodFailurePolicyOnExitCodesRequirementArgs{
			ContainerName: pulumi.String(j.component),
			Operator:      pulumi.String("In"),
			Values:        pulumi.ToIntArray(j.finalExitCodes),
		},
	}}}
}

func (j job) template() corev1.PodTemplateSpecArgs {
	// The root file system is read-only.
	volumes := append([]pod.Volume{{Name: "tmp", Path: "/tmp"}}, j.volumes...)
	j.container.Name = pulumi.String(j.component)
	spec := corev1.PodSpecArgs{
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		RestartPolicy:                 pulumi.String("Never"),
		TerminationGracePeriodSeconds: pulumi.Int(jobGrace),
		SecurityContext:               pod.SecurityContext(pod.PostgresUser),
		InitContainers:                restricted(volumes, j.initContainers...),
		Containers:                    restricted(volumes, j.container),
		Volumes:                       pod.Volumes(volumes),
	}
	if j.serviceAccount != nil {
		spec.ServiceAccountName = j.serviceAccount.ToStringOutput().ToStringPtrOutput()
	}
	return corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaArgs{Labels: j.labels.For(j.component)}, Spec: spec}
}

func restricted(volumes []pod.Volume, containers ...corev1.ContainerArgs) corev1.ContainerArray {
	var out corev1.ContainerArray
	for _, container := range containers {
		container.SecurityContext = pod.ContainerSecurityContext()
		container.VolumeMounts = pod.Mounts(volumes)
		out = append(out, container)
	}
	return out
}
