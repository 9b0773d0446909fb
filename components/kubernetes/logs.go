package kubernetes

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// LogsArgs describes the collector that sends the logs of one namespace out of the cluster.
type LogsArgs struct {
	// Name of the namespace that is created for the collector.
	Name string
	// Namespace whose pods are read, for objects in it. Source is its name, for the collector.
	Namespace pulumi.StringInput
	Source    string
	Labels    labels.Labels
	// App and Environment are attributes of each line.
	App, Environment string
	// Image of the OpenTelemetry Collector with file_log, k8s_attributes, filter, resource, memory_limiter,
	// otlp_http, otlp_grpc, file_storage and health_check.
	Image     string
	Resources pod.Resources
	// Endpoint is the URL that receives OTLP, over HTTP or over GRPC.
	Endpoint string
	GRPC     bool
	// Headers of each request; secret.
	Headers map[string]string
	// Egress is what the collector connects to besides DNS: the API server and the endpoint.
	Egress []EgressRule
}

// Logs is an OpenTelemetry Collector on each node. Its namespace is separate: the collector
// mounts a folder of the node, which the app's Pod Security level forbids.
type Logs struct {
	pulumi.ResourceState
}

const (
	// LogsPart is the component label of the collector.
	LogsPart = "logs"
	// logsUser is the user of the published image. Files of containers belong to root and can be
	// read by its group, which is the collector's group: it needs not be root.
	logsUser, logsGroup = 10001, 0
	logsHealth          = 13133
	logsGrace           = 30
	podLogs             = "/var/log/pods"
	logsStorage         = "/var/lib/otelcol"
	logsConfigFolder    = "/etc/otelcol"
	logsConfigFile      = "config.json"
	logsConfigVolume    = "config"
	logsStorageVolume   = "storage"
	// logsQueue is how many bytes wait for a receiver that is away, and logsSpace what the volume may
	// hold: the queue, what has been read so far, and the pages that the database keeps.
	logsQueue = 64 << 20
	logsSpace = "256Mi"
)

// NewLogs registers the collector.
func NewLogs(ctx *pulumi.Context, name string, args *LogsArgs, opts ...pulumi.ResourceOption) (*Logs, error) {
	l := &Logs{}
	return component.New(ctx, "djangostack:kubernetes:Logs", name+"-"+LogsPart, l, args.check, func() (pulumi.Map, error) {
		namespace, err := args.namespace(ctx, name, l)
		if err != nil {
			return nil, err
		}
		access, err := args.access(ctx, name, namespace, l)
		if err != nil {
			return nil, err
		}
		return nil, args.collector(ctx, name, namespace, access, l)
	}, opts...)
}

func (a *LogsArgs) check() error {
	return validate.Check("Logs",
		validate.Required("Name", a.Name != ""),
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Source", a.Source != ""),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("App", a.App != ""),
		validate.Required("Environment", a.Environment != ""),
		validate.Required("Image", a.Image != ""),
		validate.Required("Endpoint", a.Endpoint != ""),
	)
}

// namespace allows a pod that mounts a folder of the node
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
func (a *LogsArgs) namespace(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringOutput, error) {
	labels := a.Labels.For(LogsPart)
	labels["pod-security.kubernetes.io/enforce"] = pulumi.String("privileged")
	namespace, err := corev1.NewNamespace(ctx, name+"-logs", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(a.Name), Labels: labels},
	}, pulumi.Parent(parent))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the namespace %s: %w", a.Name, err)
	}
	return namespace.Metadata.Name().Elem(), nil
}

// metadata of an object with the name of the collector. The label selects its pods and policies.
func (a *LogsArgs) metadata(namespace pulumi.StringInput) metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{Name: pulumi.String(a.Labels.ObjectName(LogsPart)), Namespace: namespace, Labels: a.Labels.For(LogsPart)}
}

// collector registers the DaemonSet. The configuration and the headers have separate names
// that change with their content, which restarts the pods.
func (a *LogsArgs) collector(ctx *pulumi.Context, name string, namespace pulumi.StringOutput, access logsAccess, parent pulumi.Resource) error {
	text, err := a.config()
	if err != nil {
		return err
	}
	config, err := corev1.NewConfigMap(ctx, name+"-logs", &corev1.ConfigMapArgs{
		Metadata:  metav1.ObjectMetaArgs{Namespace: namespace, Labels: a.Labels.For(LogsPart)},
		Immutable: pulumi.Bool(true),
		Data:      pulumi.StringMap{logsConfigFile: pulumi.String(text)},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the configuration of the collector: %w", err)
	}
	environment, err := a.environment(ctx, name, namespace, parent)
	if err != nil {
		return err
	}
	user, group := logsUser, logsGroup
	_, err = appsv1.NewDaemonSet(ctx, name+"-logs", &appsv1.DaemonSetArgs{
		Metadata: a.metadata(namespace),
		Spec: appsv1.DaemonSetSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: a.Labels.Selector(LogsPart)},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: a.Labels.For(LogsPart)},
				Spec: corev1.PodSpecArgs{
					ServiceAccountName:            access.account,
					SecurityContext:               pod.Security{User: &user, Group: &group}.Pod(),
					TerminationGracePeriodSeconds: pulumi.Int(logsGrace),
					EnableServiceLinks:            pulumi.Bool(false),
					Affinity:                      logsNodes().Args(),
					// The app's pods may run on any node that they tolerate.
					Tolerations: corev1.TolerationArray{corev1.TolerationArgs{Operator: pulumi.String("Exists")}},
					Containers:  corev1.ContainerArray{a.container(environment)},
					Volumes:     a.volumes(config),
				},
			},
		},
	}, pulumi.Parent(parent), pulumi.DependsOn(access.rights))
	if err != nil {
		return fmt.Errorf("registering the collector of logs: %w", err)
	}
	return nil
}

// logsNodes are those whose pods have their files in podLogs and that run a DaemonSet: no Windows, and no
// node of Fargate (https://docs.aws.amazon.com/eks/latest/userguide/fargate.html).
func logsNodes() pod.Affinity {
	return pod.Affinity{Nodes: []pod.NodeTerm{
		{Key: "kubernetes.io/os", Operator: "In", Values: []string{"linux"}},
		{Key: "eks.amazonaws.com/compute-type", Operator: "NotIn", Values: []string{"fargate"}},
	}}
}

func (a *LogsArgs) container(environment corev1.EnvVarArray) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:            pulumi.String("collector"),
		Image:           pulumi.String(a.Image),
		Args:            pulumi.ToStringArray([]string{"--config=" + logsConfigFolder + "/" + logsConfigFile}),
		Env:             environment,
		Resources:       a.Resources.Requirements(),
		SecurityContext: pod.ContainerSecurityContext(),
		ReadinessProbe: corev1.ProbeArgs{
			HttpGet:       corev1.HTTPGetActionArgs{Path: pulumi.String("/"), Port: pulumi.Int(logsHealth)},
			PeriodSeconds: pulumi.Int(10),
		},
		VolumeMounts: corev1.VolumeMountArray{
			corev1.VolumeMountArgs{Name: pulumi.String(LogsPart), MountPath: pulumi.String(podLogs), ReadOnly: pulumi.Bool(true)},
			corev1.VolumeMountArgs{Name: pulumi.String(logsStorageVolume), MountPath: pulumi.String(logsStorage)},
			corev1.VolumeMountArgs{Name: pulumi.String(logsConfigVolume), MountPath: pulumi.String(logsConfigFolder), ReadOnly: pulumi.Bool(true)},
		},
	}
}

// volumes have what the collector has read so far in an emptyDir, which outlives its container.
func (a *LogsArgs) volumes(config *corev1.ConfigMap) corev1.VolumeArray {
	return corev1.VolumeArray{
		corev1.VolumeArgs{Name: pulumi.String(LogsPart), HostPath: corev1.HostPathVolumeSourceArgs{Path: pulumi.String(podLogs), Type: pulumi.String("Directory")}},
		corev1.VolumeArgs{Name: pulumi.String(logsStorageVolume), EmptyDir: corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(logsSpace)}},
		corev1.VolumeArgs{Name: pulumi.String(logsConfigVolume), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: config.Metadata.Name().Elem()}},
	}
}
