package kubernetes

import (
	"errors"
	"fmt"
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/scrape"
	"github.com/djangostack/djangostack/components/validate"
)

// ExporterArgs describes the exporter of one data service in the cluster.
type ExporterArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Server is the component label of the data service.
	Server string
	// Postgres or Redis is how the exporter connects to the data service; the other is nil.
	Postgres *connection.Database
	Redis    *connection.Redis
	// Image is that of the project postgres_exporter or redis_exporter.
	Image     string
	Resources pod.Resources
	// Scrape lets Prometheus find the exporter. Its port follows from the data service.
	Scrape scrape.Target
}

// Exporter is a Deployment that asks a data service for its statistics when Prometheus asks it. It is
// not a container beside the data service, whose pod would restart for it.
type Exporter struct {
	pulumi.ResourceState
}

const (
	postgresMetrics, redisMetrics = 9187, 9121
	// exporterUser is a user without rights. The exporters write nothing and work as any user.
	exporterUser  = 65534
	exporterGrace = 5
	metricsPort   = "metrics"
	metricsPath   = "/metrics"
	exporterCA    = "ca.pem"
)

// ExporterPart returns the component label of the exporter of a data service.
func ExporterPart(server string) string { return server + "-exporter" }

// NewExporter registers an exporter.
func NewExporter(ctx *pulumi.Context, name string, args *ExporterArgs, opts ...pulumi.ResourceOption) (*Exporter, error) {
	e := &Exporter{}
	return component.New(ctx, "djangostack:kubernetes:Exporter", name+"-"+ExporterPart(args.Server), e, args.check, func() (pulumi.Map, error) {
		return nil, args.register(ctx, name+"-"+ExporterPart(args.Server), e)
	}, opts...)
}

func (a *ExporterArgs) check() error {
	return errors.Join(validate.Check("Exporter",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Server", a.Server != ""),
		validate.Required("Postgres or Redis, and not both,", (a.Postgres == nil) != (a.Redis == nil)),
		validate.Required("Image", a.Image != ""),
	), a.target().Check("Exporter"))
}

// target is the port of the exporter as Prometheus finds it.
func (a *ExporterArgs) target() *scrape.Target {
	target := a.Scrape
	target.Port, target.PortName, target.Path = postgresMetrics, metricsPort, metricsPath
	if a.Redis != nil {
		target.Port = redisMetrics
	}
	return &target
}

func (a *ExporterArgs) part() string { return ExporterPart(a.Server) }

func (a *ExporterArgs) register(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	secret, err := newSecret(ctx, name, a.part(), a.Namespace, a.Labels, pulumi.StringMap{"password": a.password()}, parent)
	if err != nil {
		return err
	}
	volumes, err := a.trusted(ctx, name, parent)
	if err != nil {
		return err
	}
	policy, err := a.policy(ctx, name, parent)
	if err != nil {
		return err
	}
	if err := a.deployment(ctx, name, secret, volumes, parent, pulumi.DependsOn([]pulumi.Resource{policy})); err != nil {
		return err
	}
	if a.Scrape.By == scrape.ByServiceMonitor {
		if err := a.service(ctx, name, parent); err != nil {
			return err
		}
	}
	return a.target().Monitor(ctx, name, scrape.Pods{
		Name:      pulumi.String(a.Labels.ObjectName(a.part())),
		Namespace: a.Namespace,
		Labels:    a.Labels.For(a.part()),
		Selector:  a.Labels.Selector(a.part()),
	}, parent)
}

func (a *ExporterArgs) password() pulumi.StringInput {
	if a.Redis != nil {
		return a.Redis.Password
	}
	return a.Postgres.Password
}

func (a *ExporterArgs) metadata() metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{Name: pulumi.String(a.Labels.ObjectName(a.part())), Namespace: a.Namespace, Labels: a.Labels.For(a.part())}
}

// trusted returns the volume with the certificates that the exporter trusts; none for a data service
// without TLS.
func (a *ExporterArgs) trusted(ctx *pulumi.Context, name string, parent pulumi.Resource) ([]pod.Volume, error) {
	authority := a.authority()
	if authority == nil {
		return nil, nil
	}
	certificates, err := corev1.NewConfigMap(ctx, name+"-authority", &corev1.ConfigMapArgs{
		Metadata:  metav1.ObjectMetaArgs{Namespace: a.Namespace, Labels: a.Labels.For(a.part())},
		Immutable: pulumi.Bool(true),
		Data:      pulumi.StringMap{exporterCA: authority},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the certificates that %s trusts: %w", a.part(), err)
	}
	return []pod.Volume{{Name: "authority", Path: connection.AuthorityFolder, ReadOnly: true, ConfigMap: certificates.Metadata.Name().Elem()}}, nil
}

func (a *ExporterArgs) authority() pulumi.StringInput {
	if a.Redis != nil {
		return a.Redis.CA
	}
	return a.Postgres.CA
}

// policy admits everyone to the metrics, because the addresses of Prometheus are not known, and lets
// the exporter connect to its data service only.
func (a *ExporterArgs) policy(ctx *pulumi.Context, name string, parent pulumi.Resource) (*networkingv1.NetworkPolicy, error) {
	port := postgresPort
	if a.Redis != nil {
		port = redisPort
	}
	policy, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
		Metadata: a.metadata(),
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: a.Labels.Selector(a.part())},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress:     networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{Ports: ports([]int{a.target().Port}, "TCP")}},
			Egress: networkingv1.NetworkPolicyEgressRuleArray{
				clusterDNS(),
				networkingv1.NetworkPolicyEgressRuleArgs{
					To: networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
						PodSelector: metav1.LabelSelectorArgs{MatchLabels: a.Labels.Selector(a.Server)},
					}},
					Ports: ports([]int{port}, "TCP"),
				},
			},
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the NetworkPolicy of %s: %w", a.part(), err)
	}
	return policy, nil
}

// deployment has one pod at a time, so that no rollout takes twice the connections.
func (a *ExporterArgs) deployment(ctx *pulumi.Context, name string, secret *corev1.Secret, volumes []pod.Volume, parent pulumi.Resource, opts ...pulumi.ResourceOption) error {
	_, err := appsv1.NewDeployment(ctx, name, &appsv1.DeploymentArgs{
		Metadata: pod.WorkloadMetadata(a.metadata()),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(1),
			Selector: metav1.LabelSelectorArgs{MatchLabels: a.Labels.Selector(a.part())},
			Strategy: appsv1.DeploymentStrategyArgs{Type: pulumi.String("Recreate")},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: a.Labels.For(a.part()), Annotations: a.annotations()},
				Spec: corev1.PodSpecArgs{
					AutomountServiceAccountToken:  pulumi.Bool(false),
					EnableServiceLinks:            pulumi.Bool(false),
					TerminationGracePeriodSeconds: pulumi.Int(exporterGrace),
					SecurityContext:               pod.SecurityContext(exporterUser),
					Containers: corev1.ContainerArray{corev1.ContainerArgs{
						Name:            pulumi.String("exporter"),
						Image:           pulumi.String(a.Image),
						Env:             a.environment(secret),
						Resources:       a.Resources.Requirements(),
						SecurityContext: pod.ContainerSecurityContext(),
						VolumeMounts:    pod.Mounts(volumes),
						Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
							Name: pulumi.String(metricsPort), ContainerPort: pulumi.Int(a.target().Port),
						}},
						ReadinessProbe: pod.TCP(pod.Timing{Period: 10, Timeout: 5, FailureThreshold: 3}, a.target().Port),
					}},
					Volumes: pod.Volumes(volumes),
				},
			},
		},
	}, append(opts, pulumi.Parent(parent))...)
	if err != nil {
		return fmt.Errorf("registering the Deployment of %s: %w", a.part(), err)
	}
	return nil
}

func (a *ExporterArgs) annotations() pulumi.StringMapInput {
	annotations := a.target().Annotations()
	if annotations == nil {
		return nil
	}
	return pulumi.ToStringMap(annotations)
}

func (a *ExporterArgs) environment(secret *corev1.Secret) corev1.EnvVarArray {
	if a.Redis != nil {
		return a.redisEnvironment(secret)
	}
	return a.postgresEnvironment(secret)
}

// postgresEnvironment is the connection as
// https://github.com/prometheus-community/postgres_exporter reads it. Its driver knows no sslmode
// prefer.
func (a *ExporterArgs) postgresEnvironment(secret *corev1.Secret) corev1.EnvVarArray {
	tls := "sslmode=disable"
	if a.Postgres.CA != nil {
		tls = "sslmode=" + a.Postgres.SSLMode + "&sslrootcert=" + connection.AuthorityFolder + "/" + exporterCA
	}
	return corev1.EnvVarArray{
		pod.Env("DATA_SOURCE_URI", pulumi.Sprintf("%s:%d/%s?%s", a.Postgres.Host, a.Postgres.Port, a.Postgres.Name, tls)),
		pod.Env("DATA_SOURCE_USER", pulumi.String(a.Postgres.User)),
		pod.EnvFromSecret("DATA_SOURCE_PASS", secret.Metadata.Name().Elem(), "password"),
	}
}

// redisEnvironment is the connection as https://github.com/oliver006/redis_exporter reads it. Its
// endpoint /scrape would send the password to any address that a caller names, and what it reads of
// the configuration is not needed.
func (a *ExporterArgs) redisEnvironment(secret *corev1.Secret) corev1.EnvVarArray {
	scheme := "redis"
	if a.Redis.TLS {
		scheme = "rediss"
	}
	environment := corev1.EnvVarArray{
		pod.Env("REDIS_ADDR", pulumi.Sprintf("%s://%s:%s", scheme, a.Redis.Host, strconv.Itoa(a.Redis.Port))),
		pod.EnvFromSecret("REDIS_PASSWORD", secret.Metadata.Name().Elem(), "password"),
		pod.Env("REDIS_EXPORTER_DISABLE_SCRAPE_ENDPOINT", pulumi.String("true")),
		pod.Env("REDIS_EXPORTER_CONFIG_COMMAND", pulumi.String("-")),
	}
	if a.Redis.CA != nil {
		environment = append(environment, pod.Env("REDIS_EXPORTER_TLS_CA_CERT_FILE", pulumi.String(connection.AuthorityFolder+"/"+exporterCA)))
	}
	return environment
}

// service is what a ServiceMonitor selects. Nothing connects by its address.
func (a *ExporterArgs) service(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	_, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: a.metadata(),
		Spec: corev1.ServiceSpecArgs{
			ClusterIP: pulumi.String("None"),
			Selector:  a.Labels.Selector(a.part()),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name: pulumi.String(metricsPort), Port: pulumi.Int(a.target().Port), TargetPort: pulumi.String(metricsPort),
			}},
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the Service of %s: %w", a.part(), err)
	}
	return nil
}
