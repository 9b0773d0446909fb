package django

import (
	"cmp"
	"errors"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// ProcessArgs describes a custom process of the app.
type ProcessArgs struct {
	Runtime
	// Name of the process.
	Name string
	// Command and Args of the container; empty for those of the image.
	Command, Args []string
	// Separate keeps the app's variables, Secrets and files from the process.
	Separate bool
	// Replicas is the number of pods.
	Replicas int
	// Scaling adjusts the number of pods to the load and replaces Replicas; nil for a fixed
	// number.
	Scaling  *Scaling
	Strategy Strategy
	// Port that the process listens on, behind a Service; 0 for none. ServicePort is the
	// port of the Service; 0 for the same.
	Port, ServicePort int
	// ServiceName is the name of the Service; empty for that of the component.
	ServiceName string
	// ServiceType is ClusterIP, NodePort or LoadBalancer; empty for ClusterIP.
	ServiceType string
	// ServiceAnnotations are annotations of the Service, for instance of a load balancer.
	ServiceAnnotations map[string]string
	// Internal admits pods of the app alone to the ports.
	Internal bool
	// Alone says that there is never another pod that could answer, so that the Service leads
	// to one that is not ready too.
	Alone bool
	// PreStop is how long a stopping pod with a port still serves, and Grace the time until
	// SIGKILL, in seconds.
	PreStop, Grace int
	// ProbeHost is a host name that the app allows.
	ProbeHost string
	Probes    Probes
	Pods      Pods
}

// Process is a custom process of the app.
type Process struct {
	pulumi.ResourceState
}

// NewProcess registers a custom process of the app.
func NewProcess(ctx *pulumi.Context, name string, args *ProcessArgs, opts ...pulumi.ResourceOption) (*Process, error) {
	part := ProcessPart(args.Name)
	p := &Process{}
	return component.New(ctx, "djangostack:django:Process", name+"-"+part, p, args.check, func() (pulumi.Map, error) {
		deployment, most, err := args.deployment(ctx, name+"-"+part, part, p)
		if err != nil {
			return nil, err
		}
		if err := args.disruptionBudget(ctx, name, part, evicted(most, args.Pods.Volumes), p); err != nil {
			return nil, err
		}
		after := pulumi.DependsOn([]pulumi.Resource{deployment})
		if err := args.scale(ctx, name, part, args.Scaling, p, after); err != nil {
			return nil, err
		}
		if err := args.allowPortsFrom(ctx, name, part, args.callers(), args.Port, args.Pods.Ports, p); err != nil {
			return nil, err
		}
		if args.Port > 0 {
			if err := args.service(ctx, name+"-"+part, part, p, after); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}, opts...)
}

// callers are the pods that may connect; nil for all.
func (a *ProcessArgs) callers() networkingv1.NetworkPolicyPeerArray {
	if !a.Internal {
		return nil
	}
	return networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
		PodSelector: metav1.LabelSelectorArgs{MatchLabels: a.Labels.App()},
	}}
}

func (a *ProcessArgs) check() error {
	return errors.Join(a.Strategy.check("Process"), a.Scaling.check("Process"), a.Runtime.check("Process", a.Pods,
		validate.Required("Name", a.Name != ""),
		validate.Required("Replicas", a.Scaling.hasReplicas(a.Replicas)),
		validate.Required("Grace", a.Grace > 0),
		validate.Required("PreStop", a.Port == 0 || a.PreStop > 0 || a.Alone),
	))
}

func (a *ProcessArgs) deployment(ctx *pulumi.Context, name, part string, parent pulumi.Resource) (*appsv1.Deployment, int, error) {
	replicas, most, options := a.replicas(a.Scaling, a.Replicas)
	deployment, err := appsv1.NewDeployment(ctx, name, &appsv1.DeploymentArgs{
		Metadata: pod.WorkloadMetadata(a.named(part)),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(replicas),
			Selector: a.selector(part),
			Strategy: a.Strategy.args(),
			Template: a.template(process{
				component: part,
				command:   a.Command,
				args:      a.Args,
				separate:  a.Separate,
				pods:      a.Pods,
				grace:     a.Grace,
				container: a.container,
				pod:       func(spec *corev1.PodSpecArgs) { spec.TopologySpreadConstraints = a.spread(part) },
			}),
		},
	}, append(options, pulumi.Parent(parent), a.Strategy.timeouts(a.Grace))...)
	return deployment, most, wrap(err, "registering the Deployment of the process %s", a.Name)
}

// container adds the port, the shutdown and the probes.
func (a *ProcessArgs) container(c *corev1.ContainerArgs) {
	if a.Port == 0 {
		setProbes(c, a.Probes.override(noProbes()), a.ProbeHost)
		return
	}
	c.Ports = corev1.ContainerPortArray{corev1.ContainerPortArgs{Name: pulumi.String("http"), ContainerPort: pulumi.Int(a.Port)}}
	if a.PreStop > 0 {
		c.Lifecycle = sleepBeforeStop(a.PreStop)
	}
	setProbes(c, a.Probes.override(tcpProbes(a.Port)), a.ProbeHost)
}

func (a *ProcessArgs) service(ctx *pulumi.Context, name, part string, parent pulumi.Resource, after pulumi.ResourceOption) error {
	metadata := a.named(part)
	if a.ServiceName != "" {
		metadata.Name = pulumi.String(a.ServiceName)
	}
	if len(a.ServiceAnnotations) > 0 {
		metadata.Annotations = pulumi.ToStringMap(a.ServiceAnnotations)
	}
	options := []pulumi.ResourceOption{pulumi.Parent(parent), after}
	if a.Alone {
		// A server may need its own name before it is ready, for instance as a member of a
		// cluster of one.
		options = options[:1]
		if metadata.Annotations == nil {
			metadata.Annotations = pulumi.StringMap{}
		}
		metadata.Annotations.(pulumi.StringMap)["pulumi.com/skipAwait"] = pulumi.String("true")
	}
	_, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: corev1.ServiceSpecArgs{
			Type:     pulumi.String(cmp.Or(a.ServiceType, "ClusterIP")),
			Selector: a.Labels.Selector(part),
			Ports:    servicePorts(cmp.Or(a.ServicePort, a.Port), a.Pods.Ports),

			PublishNotReadyAddresses: a.publishNotReady(),
		},
	}, options...)
	return wrap(err, "registering the Service of the process %s", a.Name)
}

// publishNotReady is nil, the API's default, unless the process is alone.
func (a *ProcessArgs) publishNotReady() pulumi.BoolPtrInput {
	if !a.Alone {
		return nil
	}
	return pulumi.Bool(true)
}

// sleepBeforeStop keeps a stopping pod serving until every proxy has removed it.
func sleepBeforeStop(seconds int) corev1.LifecycleArgs {
	return corev1.LifecycleArgs{PreStop: corev1.LifecycleHandlerArgs{
		Sleep: corev1.SleepActionArgs{Seconds: pulumi.Int(seconds)},
	}}
}
