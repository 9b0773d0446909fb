package django

import (
	"errors"
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/scrape"
	"github.com/djangostack/djangostack/components/validate"
)

// WebArgs describes the process that serves HTTP.
type WebArgs struct {
	Runtime
	// Server is the web server that Command and Args start. With ImageServer, Command is
	// empty for the image's entry point.
	Server        Server
	Command, Args []string
	// Replicas is the number of pods.
	Replicas int
	Strategy Strategy
	// Port of the container.
	Port int
	// ReadinessPath returns 200 when a pod that starts can serve. A pod that has started is
	// asked only for a connection: what the path depends on fails for all pods at once.
	ReadinessPath string
	// ProbeHost is a host name that the app allows.
	ProbeHost string
	// Shutdown says how a pod stops.
	Shutdown Shutdown
	Probes   Probes
	Static   Static
	// NGINX listens on Port and proxies to the app; nil if the app listens on it.
	NGINX *NGINX
	// Scrape lets Prometheus find the pods; nil for none.
	Scrape *scrape.Target
	Pods   Pods
	// Scaling adjusts the number of pods to the load and replaces Replicas; nil for a fixed
	// number.
	Scaling *Scaling
	Service Service
}

// Service is the Kubernetes Service in front of the web pods.
type Service struct {
	// Name of the Service.
	Name string
	// Type is ClusterIP, NodePort or LoadBalancer.
	Type        string
	Port        int
	Annotations map[string]string
}

// Web is the process that serves HTTP, behind a Service.
type Web struct {
	pulumi.ResourceState

	// Service is the name of the Service.
	Service pulumi.StringOutput
}

// NewWeb registers the process that serves HTTP.
func NewWeb(ctx *pulumi.Context, name string, args *WebArgs, opts ...pulumi.ResourceOption) (*Web, error) {
	w := &Web{}
	return component.New(ctx, "djangostack:django:Web", name+"-web", w, args.check, func() (pulumi.Map, error) {
		configuration, err := args.nginx(ctx, name, w)
		if err != nil {
			return nil, err
		}
		if err := args.allowPorts(ctx, name, WebPart, args.Port, args.Pods.Ports, w); err != nil {
			return nil, err
		}
		server, err := args.gunicorn(ctx, name, w)
		if err != nil {
			return nil, err
		}
		deployment, err := args.deployment(ctx, name, configuration, server, w)
		if err != nil {
			return nil, err
		}
		_, most, _ := args.Scaling.replicas(args.Replicas)
		if err := args.disruptionBudget(ctx, name, WebPart, evicted(most, args.Pods.Volumes, args.Static.volumes(true)), w); err != nil {
			return nil, err
		}
		if err := args.scale(ctx, name, WebPart, args.Scaling, w, pulumi.DependsOn([]pulumi.Resource{deployment})); err != nil {
			return nil, err
		}
		service, err := args.service(ctx, name, deployment, w)
		if err != nil {
			return nil, err
		}
		if err := args.monitor(ctx, name, w); err != nil {
			return nil, err
		}
		w.Service = service.Metadata.Name().Elem()
		return pulumi.Map{"service": w.Service}, nil
	}, opts...)
}

func (a *WebArgs) check() error {
	return errors.Join(a.Server.check(), a.Strategy.check("Web"), a.Static.check("Web"), a.NGINX.check(a.Static), a.Scrape.Check("Web"), a.Scaling.check("Web"), a.Runtime.check("Web", a.Pods,
		validate.Required("Command", len(a.Command) > 0 || a.Server == ImageServer),
		validate.Required("Replicas", a.Scaling.hasReplicas(a.Replicas)),
		validate.Required("Port", a.Port > 0),
		validate.Required("ReadinessPath", a.ReadinessPath != ""),
		validate.Required("ProbeHost", a.ProbeHost != ""),
		validate.Required("Shutdown", a.Shutdown.Grace > 0),
		validate.Required("Service.Name", a.Service.Name != ""),
		validate.Required("Service.Port", a.Service.Port > 0),
	))
}

func (a *WebArgs) deployment(ctx *pulumi.Context, name string, nginx pulumi.StringInput, server []pod.Volume, parent pulumi.Resource) (*appsv1.Deployment, error) {
	replicas, _, options := a.replicas(a.Scaling, a.Replicas)
	deployment, err := appsv1.NewDeployment(ctx, name+"-web", &appsv1.DeploymentArgs{
		Metadata: pod.WorkloadMetadata(a.named(WebPart)),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(replicas),
			Selector: a.selector(WebPart),
			// A pod that crashes right after its first probe does not count as available.
			MinReadySeconds: pulumi.Int(5),
			Strategy:        a.Strategy.args(),
			Template: a.template(process{
				component: WebPart,
				command:   a.Command,
				args:      a.Args,
				pods:      a.podsWithAnnotations(),
				volumes:   append(a.Static.volumes(true), server...),
				grace:     a.Shutdown.Grace,
				container: a.container,
				pod:       func(spec *corev1.PodSpecArgs) { a.podSpec(spec, nginx) },
			}),
		},
	}, append(options, pulumi.Parent(parent), a.Strategy.timeouts(a.Shutdown.Grace))...)
	if err != nil {
		return nil, fmt.Errorf("registering the Deployment of web: %w", err)
	}
	return deployment, nil
}

// container adds the port, the probes and the shutdown.
func (a *WebArgs) container(c *corev1.ContainerArgs) {
	c.Ports = corev1.ContainerPortArray{corev1.ContainerPortArgs{
		Name:          pulumi.String("http"),
		ContainerPort: pulumi.Int(a.Port),
	}}
	c.Lifecycle = sleepBeforeStop(a.Shutdown.PreStop)
	startup, readiness, liveness := tcpProbes(a.Port)
	if a.NGINX != nil {
		// NGINX accepts connections even if the app does not.
		readiness.Port, liveness.Port = a.NGINX.AppPort, a.NGINX.AppPort
	}
	startup.By, startup.Path = ProbeHTTP, a.ReadinessPath
	// The path of a probe that the configuration switches to HTTP without a path.
	readiness.Path, liveness.Path = a.ReadinessPath, a.ReadinessPath
	setProbes(c, a.Probes.override(startup, readiness, liveness), a.ProbeHost)
}

// podSpec spreads the pods and adds the init containers.
func (a *WebArgs) podSpec(spec *corev1.PodSpecArgs, nginx pulumi.StringInput) {
	spec.TopologySpreadConstraints = a.spread(WebPart)
	var before corev1.ContainerArray
	if a.Static.Store == StaticInPod {
		before = append(before, a.collectors()...)
	}
	if a.NGINX != nil {
		before = append(before, a.nginxContainer())
		configuration := pod.Volumes([]pod.Volume{{Name: nginxPart, ConfigMap: nginx}})
		spec.Volumes = append(spec.Volumes.(corev1.VolumeArray), configuration...)
	}
	if len(before) > 0 {
		spec.InitContainers = before
	}
}

// collectors are the init containers that write static files into the pod's volume, one after
// the other.
func (a *WebArgs) collectors() corev1.ContainerArray {
	writer := func(name string, command Command) corev1.ContainerArgs {
		return a.process(process{
			component: name,
			command:   command.Command,
			pods:      a.Pods,
			volumes:   a.Static.volumes(false),
			direct:    command.Direct,
		})
	}
	var containers corev1.ContainerArray
	for _, command := range a.Static.Before {
		containers = append(containers, writer("before-"+command.Name, command))
	}
	containers = append(containers, writer(collectPart, Command{Command: a.Static.Collect}))
	for _, command := range a.Static.After {
		containers = append(containers, writer("after-"+command.Name, command))
	}
	return containers
}

func (a *WebArgs) service(ctx *pulumi.Context, name string, deployment *appsv1.Deployment, parent pulumi.Resource) (*corev1.Service, error) {
	metadata := a.metadata(WebPart)
	metadata.Name = pulumi.String(a.Service.Name)
	metadata.Annotations = pulumi.ToStringMap(a.Service.Annotations)
	service, err := corev1.NewService(ctx, name+"-web", &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: corev1.ServiceSpecArgs{
			Type:     pulumi.String(a.Service.Type),
			Selector: a.Labels.Selector(WebPart),
			Ports:    servicePorts(a.Service.Port, a.Pods.Ports),
		},
	}, pulumi.Parent(parent), pulumi.DependsOn([]pulumi.Resource{deployment}))
	if err != nil {
		return nil, fmt.Errorf("registering the Service of web: %w", err)
	}
	return service, nil
}
