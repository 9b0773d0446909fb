package kubernetes

import (
	"errors"
	"fmt"
	"strings"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// PgBouncerArgs describes a connection pooler in front of a PostgreSQL database.
type PgBouncerArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image has pgbouncer 1.21 or later, and sh and sed for a Server with Stored credentials.
	Image string
	// Server is the database, with the role of the app. Further databases of the server, which the
	// role owns, are reached through the same pods.
	Server  connection.Database
	Further []string
	// Replicas is the number of pods. Stopped has none of them for the time being.
	Replicas int
	Stopped  bool
	// PoolSize is the most connections that each pod opens to each database of the server, and
	// MaxClients the most that it accepts from the app.
	PoolSize, MaxClients int
	Resources            pod.Resources
	// Authority signs the pooler's certificate, and the pooler then accepts TLS only; nil
	// for a pooler without TLS.
	Authority *Authority
}

// PgBouncer is a connection pooler behind a Service. Its pool mode is transaction.
type PgBouncer struct {
	pulumi.ResourceState

	// Database says how the app connects to the database through the pooler.
	Database connection.Database
}

// PgBouncerPart is the component label of the pooler's pods.
const PgBouncerPart = "pgbouncer"

const (
	bouncerPort   = 5432
	bouncerFolder = "/etc/djangostack/pgbouncer"
	// bouncerUser is the user id of the postgres user of Alpine's images. Any user id but
	// root's works.
	bouncerUser = 70
	// bouncerDelay is how long a stopping pod still accepts clients, until every kube-proxy
	// has removed it. bouncerGrace is how long their connections may last after that:
	// Django closes a connection within its CONN_MAX_AGE. Both are in seconds.
	bouncerDelay = 15
	bouncerGrace = 120
)

// NewPgBouncer registers a connection pooler.
func NewPgBouncer(ctx *pulumi.Context, name string, args *PgBouncerArgs, opts ...pulumi.ResourceOption) (*PgBouncer, error) {
	b := &PgBouncer{}
	return component.New(ctx, "djangostack:kubernetes:PgBouncer", name+"-"+PgBouncerPart, b, args.check, func() (pulumi.Map, error) {
		secret, err := newSecret(ctx, name+"-"+PgBouncerPart, PgBouncerPart, args.Namespace, args.Labels, args.configuration(), b)
		if err != nil {
			return nil, err
		}
		s := server{
			component: PgBouncerPart, namespace: args.Namespace, labels: args.Labels,
			user: bouncerUser, port: bouncerPort, grace: bouncerDelay + bouncerGrace,
			single: args.Replicas == 1,
		}
		if _, err := s.service(ctx, name, b); err != nil {
			return nil, err
		}
		if _, err := s.policy(ctx, name, b); err != nil {
			return nil, err
		}
		b.Database = args.Server
		b.Database.Host, b.Database.Port = pulumi.String(args.Labels.ObjectName(PgBouncerPart)), bouncerPort
		b.Database.SSLMode, b.Database.CA = "disable", nil
		volumes := []pod.Volume{
			{Name: "tmp", Path: "/tmp"},
			{Name: "configuration", Path: bouncerFolder, ReadOnly: true, Secret: secret.Metadata.Name().Elem()},
		}
		if args.Server.Stored != nil {
			volumes = append(volumes, pod.Volume{Name: "users", Path: bouncerUsers, Memory: "1Mi"})
		}
		if args.Authority != nil {
			certificate, err := args.Authority.certificate(ctx, name, s, nil, b)
			if err != nil {
				return nil, err
			}
			volumes = append(volumes, certificate)
			b.Database.SSLMode, b.Database.CA = "verify-full", args.Authority.Certificates
		}
		if err := args.deployment(ctx, name, s, volumes, b); err != nil {
			return nil, err
		}
		if err := s.budget(ctx, name, args.Replicas, b); err != nil {
			return nil, err
		}
		return pulumi.Map{"host": b.Database.Host, "port": pulumi.Int(bouncerPort)}, nil
	}, opts...)
}

func (a *PgBouncerArgs) check() error {
	return errors.Join(checkFurther("PgBouncer", a.Server.Name, a.Further), validate.Check("PgBouncer",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Image", a.Image != ""),
		validate.Required("Server.Host", a.Server.Host != nil),
		validate.Required("Server.Password", a.Server.Password != nil || a.Server.Stored != nil),
		validate.Required("Server.SSLMode", a.Server.SSLMode != ""),
		validate.Required("Replicas", a.Replicas > 0),
		validate.Required("PoolSize", a.PoolSize > 0),
		validate.Required("MaxClients", a.MaxClients > 0),
	))
}

// configuration returns PgBouncer's files (https://www.pgbouncer.org/config.html).
// userlist.txt holds the password in plain text, because PgBouncer uses it both to check
// its clients and to sign in to the server. With stored credentials the pod writes it.
func (a *PgBouncerArgs) configuration() pulumi.StringMap {
	users := bouncerFolder
	files := pulumi.StringMap{}
	if a.Server.Stored != nil {
		users = bouncerUsers
	} else {
		files["userlist.txt"] = a.userlist()
	}
	lines := []string{
		"[pgbouncer]",
		"listen_addr = *",
		fmt.Sprintf("listen_port = %d", bouncerPort),
		"unix_socket_dir =",
		"auth_type = scram-sha-256",
		"auth_file = " + users + "/userlist.txt",
		"pool_mode = transaction",
		// The prepared statements of psycopg, for each connection to the server.
		"max_prepared_statements = 200",
		fmt.Sprintf("default_pool_size = %d", a.PoolSize),
		fmt.Sprintf("max_client_conn = %d", a.MaxClients),
		"server_tls_sslmode = " + a.Server.SSLMode,
		// Older drivers send this parameter when they connect.
		"ignore_startup_parameters = extra_float_digits",
		"log_connections = 0",
		"log_disconnections = 0",
	}
	if a.Authority != nil {
		lines = append(lines, "client_tls_sslmode = require", "client_tls_cert_file = "+tlsCertificate, "client_tls_key_file = "+tlsKey,
			// PgBouncer does not start without this file, although it asks its clients for no
			// certificate.
			"client_tls_ca_file = "+tlsCertificate)
	}
	if a.Server.CA != nil {
		files[connection.DatabaseAuthority] = a.Server.CA
		lines = append(lines, "server_tls_ca_file = "+bouncerFolder+"/"+connection.DatabaseAuthority)
	}
	files["pgbouncer.ini"] = pulumi.Sprintf("[databases]\n%s\n%s\n", a.databases(), strings.Join(lines, "\n"))
	return files
}

// databases is a line for each database. Each has a pool of default_pool_size.
func (a *PgBouncerArgs) databases() pulumi.StringOutput {
	lines := pulumi.Sprintf("")
	for _, database := range append([]string{a.Server.Name}, a.Further...) {
		lines = pulumi.Sprintf("%s%s = host=%s port=%d dbname=%s\n", lines, database, a.Server.Host, a.Server.Port, database)
	}
	return lines
}

func (a *PgBouncerArgs) deployment(ctx *pulumi.Context, name string, s server, volumes []pod.Volume, parent pulumi.Resource) error {
	replicas := a.Replicas
	if a.Stopped {
		replicas = 0
	}
	_, err := appsv1.NewDeployment(ctx, name+"-"+PgBouncerPart, &appsv1.DeploymentArgs{
		Metadata: pod.WorkloadMetadata(s.metadata()),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(replicas),
			Selector: metav1.LabelSelectorArgs{MatchLabels: s.labels.Selector(PgBouncerPart)},
			Strategy: appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: appsv1.RollingUpdateDeploymentArgs{
					MaxUnavailable: pulumi.Int(0), MaxSurge: pulumi.Int(1),
				},
			},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: s.labels.For(PgBouncerPart)},
				Spec: corev1.PodSpecArgs{
					AutomountServiceAccountToken:  pulumi.Bool(false),
					EnableServiceLinks:            pulumi.Bool(false),
					TerminationGracePeriodSeconds: pulumi.Int(s.grace),
					SecurityContext:               pod.SecurityContext(s.user),
					TopologySpreadConstraints:     s.topologySpread("pod-template-hash"),
					InitContainers:                a.initContainers(volumes),
					Containers:                    corev1.ContainerArray{a.container(volumes)},
					Volumes:                       pod.Volumes(volumes),
				},
			},
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the Deployment of %s: %w", PgBouncerPart, err)
	}
	return nil
}

func (a *PgBouncerArgs) container(volumes []pod.Volume) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:            pulumi.String(PgBouncerPart),
		Image:           pulumi.String(a.Image),
		Command:         pulumi.ToStringArray([]string{"pgbouncer", bouncerFolder + "/pgbouncer.ini"}),
		Resources:       a.Resources.Requirements(),
		SecurityContext: pod.ContainerSecurityContext(),
		VolumeMounts:    pod.Mounts(volumes),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String(portName), ContainerPort: pulumi.Int(bouncerPort),
		}},
		ReadinessProbe: pod.TCP(pod.Timing{Period: 5, Timeout: 10, FailureThreshold: 3}, bouncerPort),
		Lifecycle: corev1.LifecycleArgs{PreStop: corev1.LifecycleHandlerArgs{
			Sleep: corev1.SleepActionArgs{Seconds: pulumi.Int(bouncerDelay)},
		}},
	}
}
