package django

import (
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
	"github.com/djangostack/djangostack/components/pod"
)

// Runtime is what every process of the app shares: the image, the user, and the
// environment.
type Runtime struct {
	Namespace pulumi.StringInput
	Labels    binding.Labels
	Image     string
	// PullPolicy is IfNotPresent, Always or Never.
	PullPolicy string
	// PullSecrets are names of Secrets with registry credentials.
	PullSecrets []string
	// User is the user id that the processes run as.
	User int
	// ServiceAccount is the name of the account that the pods run as, for instance to
	// read a bucket; nil for the namespace's default one, which may do nothing.
	ServiceAccount pulumi.StringInput
	// ConfigMap and Secret hold the environment.
	ConfigMap pulumi.StringInput
	Secret    pulumi.StringInput
}

func (r *Runtime) check(component string, more ...binding.Required) error {
	return binding.Check(component, append([]binding.Required{
		{Field: "Namespace", Given: r.Namespace != nil},
		{Field: "Image", Given: r.Image != ""},
		{Field: "User", Given: r.User > 0},
		{Field: "ConfigMap", Given: r.ConfigMap != nil},
		{Field: "Secret", Given: r.Secret != nil},
	}, more...)...)
}

// process is one container of the app and the pod around it.
type process struct {
	// part is the pods' component label.
	part      string
	command   []string
	args      []string
	env       map[string]string
	secretEnv map[string]corev1.EnvVarSourceArgs
	pods      Pods
	volumes   []pod.Volume
	// grace is the time between the request to stop and the kill, in seconds.
	grace int
	// shape adds what only this process has to its container and its pod.
	container func(*corev1.ContainerArgs)
	pod       func(*corev1.PodSpecArgs)
}

func (r *Runtime) metadata(name, part string) metav1.ObjectMetaArgs {
	metadata := metav1.ObjectMetaArgs{Namespace: r.Namespace, Labels: r.Labels.For(part)}
	if name != "" {
		metadata.Name = pulumi.String(name)
	}
	return metadata
}

func (r *Runtime) selector(part string) metav1.LabelSelectorArgs {
	return metav1.LabelSelectorArgs{MatchLabels: r.Labels.Selector(part)}
}

func (r *Runtime) template(p process) corev1.PodTemplateSpecArgs {
	// The root file system is read-only, and everything writes to /tmp.
	volumes := append(append([]pod.Volume{{Name: "tmp", Path: "/tmp"}}, p.volumes...), p.pods.Volumes...)
	container := r.container(p.part, p.command, p.pods.Resources, volumes)
	container.Env = append(container.Env.(corev1.EnvVarArray), variables(p)...)
	if len(p.args) > 0 {
		container.Args = pulumi.ToStringArray(p.args)
	}
	if p.container != nil {
		p.container(&container)
	}
	spec := corev1.PodSpecArgs{
		AutomountServiceAccountToken: pulumi.Bool(false),
		// REDIS_PORT=tcp://… from a Service named redis breaks apps that read REDIS_PORT.
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(p.grace),
		SecurityContext:               pod.SecurityContext(r.User),
		ImagePullSecrets:              r.pullSecrets(),
		Containers:                    corev1.ContainerArray{container},
		Volumes:                       pod.Volumes(volumes),
	}
	if r.ServiceAccount != nil {
		spec.ServiceAccountName = r.ServiceAccount.ToStringOutput().ToStringPtrOutput()
	}
	p.pods.place(&spec)
	if p.pod != nil {
		p.pod(&spec)
	}
	return corev1.PodTemplateSpecArgs{
		Metadata: metav1.ObjectMetaArgs{Labels: r.Labels.For(p.part)},
		Spec:     spec,
	}
}

func (r *Runtime) container(name string, command []string, resources pod.Resources, volumes []pod.Volume) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:            pulumi.String(name),
		Image:           pulumi.String(r.Image),
		ImagePullPolicy: pulumi.String(r.PullPolicy),
		Command:         pulumi.ToStringArray(command),
		Resources:       resources.Requirements(),
		SecurityContext: pod.ContainerSecurityContext(),
		VolumeMounts:    pod.Mounts(volumes),
		EnvFrom: corev1.EnvFromSourceArray{
			corev1.EnvFromSourceArgs{ConfigMapRef: corev1.ConfigMapEnvSourceArgs{Name: r.ConfigMap.ToStringOutput().ToStringPtrOutput()}},
			corev1.EnvFromSourceArgs{SecretRef: corev1.SecretEnvSourceArgs{Name: r.Secret.ToStringOutput().ToStringPtrOutput()}},
		},
		Env: corev1.EnvVarArray{
			fromField("POD_NAME", "metadata.name"),
			fromField("POD_IP", "status.podIP"),
			// Programs that keep state under these write to the only writable place.
			variable("HOME", "/tmp"),
			variable("XDG_RUNTIME_DIR", "/tmp"),
		},
	}
}

func (r *Runtime) pullSecrets() corev1.LocalObjectReferenceArray {
	var references corev1.LocalObjectReferenceArray
	for _, name := range r.PullSecrets {
		references = append(references, corev1.LocalObjectReferenceArgs{Name: pulumi.String(name)})
	}
	return references
}

func variables(p process) corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, name := range sortedKeys(p.env) {
		out = append(out, variable(name, p.env[name]))
	}
	for _, name := range sortedKeys(p.pods.Env) {
		out = append(out, variable(name, p.pods.Env[name]))
	}
	for _, name := range sortedKeys(p.secretEnv) {
		out = append(out, corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: p.secretEnv[name]})
	}
	return out
}

// variable holds a value as it is: the kubelet would take $(NAME) for a reference
// (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
func variable(name, value string) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: pulumi.String(strings.ReplaceAll(value, "$", "$$"))}
}

func fromField(name, path string) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{
		Name:      pulumi.String(name),
		ValueFrom: corev1.EnvVarSourceArgs{FieldRef: corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String(path)}},
	}
}
