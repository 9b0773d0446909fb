package django

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// Runtime is what all processes of the app share: the image, the user, and the environment.
type Runtime struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	Image     string
	// PullPolicy is IfNotPresent, Always or Never.
	PullPolicy string
	// PullSecrets are the names of Secrets with credentials of a registry.
	PullSecrets []string
	// ServiceAccount is the name of the pods' service account, for instance one that may
	// read a bucket; nil for the namespace's default account, which has no rights.
	ServiceAccount pulumi.StringInput
	// Environment holds the variables and files of the processes.
	Environment Environment
	// Running says whether the processes run; empty if they do.
	Running Running
}

// Running says whether the processes of the app run.
type Running string

const (
	// Stopped processes have no pods, whatever an autoscaler would do, and CronJobs start no
	// runs.
	Stopped Running = "stopped"
	// Restarted processes may have been Stopped: their number of pods is set even if an
	// autoscaler changes it, since none of them begins with no pods.
	Restarted Running = "restarted"
)

// replicas returns the initial number of pods of a Deployment, the most that it may have, and
// the options that leave the number to the autoscaler.
func (r *Runtime) replicas(s *Scaling, fixed int) (first, most int, options []pulumi.ResourceOption) {
	first, most, options = s.replicas(fixed)
	switch r.Running {
	case Stopped:
		return 0, most, nil
	case Restarted:
		return first, most, nil
	default:
		return first, most, options
	}
}

func (r *Runtime) check(component string, pods Pods, more ...validate.Argument) error {
	if _, err := contract.Ordered(r.Environment.withVariables(pods.Env)); err != nil {
		return fmt.Errorf("%s: variables %w", component, err)
	}
	for _, container := range slices.Concat(pods.InitContainers, pods.Sidecars) {
		if _, err := contract.Ordered(container.Env); err != nil {
			return fmt.Errorf("%s: container %s: variables %w", component, container.Name, err)
		}
	}
	return validate.Check(component, append([]validate.Argument{
		validate.Required("Namespace", r.Namespace != nil),
		validate.Required("Image", r.Image != ""),
		validate.Required("Environment.ConfigMap", r.Environment.ConfigMap != nil),
		validate.Required("Environment.Secret", r.Environment.Secret != nil),
	}, more...)...)
}

// process is one container of the app and its pod.
type process struct {
	// component is the component label of the pods and the name of the container.
	component string
	command   []string
	args      []string
	env       map[string]string
	secretEnv map[string]corev1.EnvVarSourceArgs
	pods      Pods
	volumes   []pod.Volume
	// direct bypasses the connection pooler.
	direct bool
	// separate keeps the app's environment from the container.
	separate bool
	// grace is the time between SIGTERM and SIGKILL, in seconds.
	grace int
	// timeout of a release command that has another than the rest, in seconds.
	timeout int
	// container and pod add what only this process has.
	container func(*corev1.ContainerArgs)
	pod       func(*corev1.PodSpecArgs)
}

// metadata leaves the name to Pulumi, which adds a random suffix to it.
func (r *Runtime) metadata(part string) metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{Namespace: r.Namespace, Labels: r.Labels.For(part)}
}

func (r *Runtime) named(part string) metav1.ObjectMetaArgs {
	metadata := r.metadata(part)
	metadata.Name = pulumi.String(r.Labels.ObjectName(part))
	return metadata
}

func (r *Runtime) selector(part string) metav1.LabelSelectorArgs {
	return metav1.LabelSelectorArgs{MatchLabels: r.Labels.Selector(part)}
}

func (r *Runtime) template(p process) corev1.PodTemplateSpecArgs {
	volumes := r.volumes(p)
	container := r.process(p)
	if p.container != nil {
		p.container(&container)
	}
	p.pods.Hooks.add(&container)
	container.Ports = withPorts(container.Ports, p.pods.Ports)
	spec := corev1.PodSpecArgs{
		AutomountServiceAccountToken: pulumi.Bool(p.pods.Token),
		// REDIS_PORT=tcp://… from a Service named redis breaks apps that read REDIS_PORT.
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(p.grace),
		SecurityContext:               p.pods.Security.Pod(),
		ImagePullSecrets:              r.pullSecrets(),
		Containers:                    corev1.ContainerArray{container},
		Volumes:                       pod.Volumes(volumes),
	}
	if p.pods.ServiceAccount != "" {
		spec.ServiceAccountName = pulumi.String(p.pods.ServiceAccount)
	} else if r.ServiceAccount != nil {
		spec.ServiceAccountName = r.ServiceAccount.ToStringOutput().ToStringPtrOutput()
	}
	if p.pods.Hostname != "" {
		spec.Hostname = pulumi.String(p.pods.Hostname)
	}
	if aliases := p.pods.hostAliases(); len(aliases) > 0 {
		spec.HostAliases = aliases
	}
	p.pods.schedule(&spec)
	together, near := pod.Together(volumes, r.Labels.App())
	affinity := p.pods.Affinity
	affinity.Near = slices.Concat(affinity.Near, near)
	spec.Affinity = affinity.Args()
	if p.pod != nil {
		p.pod(&spec)
	}
	r.beside(&spec, p)
	metadata := metav1.ObjectMetaArgs{Labels: r.podLabels(p, together)}
	if len(p.pods.Annotations) > 0 {
		metadata.Annotations = pulumi.ToStringMap(p.pods.Annotations)
	}
	return corev1.PodTemplateSpecArgs{
		Metadata: metadata,
		Spec:     spec,
	}
}

// podLabels returns the labels of the pods: those of the process, and those that the
// environment sets, which selectors need.
func (r *Runtime) podLabels(p process, together pulumi.StringMap) pulumi.StringMap {
	all := pulumi.ToStringMap(p.pods.Labels)
	maps.Copy(all, together)
	maps.Copy(all, r.Labels.For(p.component))
	return all
}

func (r *Runtime) volumes(p process) []pod.Volume {
	return slices.Concat(r.Environment.volumes(), p.volumes, p.pods.Volumes)
}

// process returns the container of a process without the additions of process.container.
func (r *Runtime) process(p process) corev1.ContainerArgs {
	environment, volumes := r.Environment, r.volumes(p)
	if p.separate {
		environment = Environment{Objects: r.Environment.Objects}
		volumes = slices.Concat(environment.volumes(), p.volumes, p.pods.Volumes)
	}
	container := r.container(p.component, p.command, p.pods, volumes)
	container.Env = lastOfEachName(append(container.Env.(corev1.EnvVarArray), environment.variables(p)...))
	sources := container.EnvFrom.(corev1.EnvFromSourceArray)
	if p.separate {
		sources = nil
	}
	container.EnvFrom = append(sources, r.Environment.Objects.envFrom(p.pods.EnvFrom)...)
	container.Args = words(p.args)
	return container
}

func (r *Runtime) container(name string, command []string, pods Pods, volumes []pod.Volume) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:            pulumi.String(name),
		Image:           pulumi.String(cmp.Or(pods.Image, r.Image)),
		ImagePullPolicy: pulumi.String(r.PullPolicy),
		Command:         words(command),
		WorkingDir:      folder(pods.WorkingDir),
		Resources:       pods.Resources.RequirementsWith(pods.Devices),
		SecurityContext: pods.Security.Container(),
		// The last lines of the log become the reason of a failure, and remain after the
		// log is deleted.
		TerminationMessagePolicy: pulumi.String("FallbackToLogsOnError"),
		VolumeMounts:             pod.Mounts(volumes),
		EnvFrom: corev1.EnvFromSourceArray{
			corev1.EnvFromSourceArgs{ConfigMapRef: corev1.ConfigMapEnvSourceArgs{Name: r.Environment.ConfigMap.ToStringOutput().ToStringPtrOutput()}},
			corev1.EnvFromSourceArgs{SecretRef: corev1.SecretEnvSourceArgs{Name: r.Environment.Secret.ToStringOutput().ToStringPtrOutput()}},
		},
		Env: corev1.EnvVarArray{
			pod.EnvFromField("POD_NAME", "metadata.name"),
			pod.EnvFromField("POD_IP", "status.podIP"),
			// /tmp is the only writable folder for programs that keep state in the home
			// directory.
			variable("HOME", "/tmp"),
			variable("XDG_RUNTIME_DIR", "/tmp"),
		},
	}
}

func (r *Runtime) pullSecrets() corev1.LocalObjectReferenceArray {
	var references corev1.LocalObjectReferenceArray
	for _, name := range r.PullSecrets {
		references = append(references, corev1.LocalObjectReferenceArgs{Name: r.Environment.Objects.Secret(name).ToStringPtrOutput()})
	}
	return references
}
