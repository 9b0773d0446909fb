package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// PostgresArgs describes one PostgreSQL server in the cluster.
type PostgresArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image is Docker's official postgres image or one with the same entry point.
	Image string
	// Database and User are created at the first start.
	Database string
	User     string
	// Size of the volume in Kubernetes' notation, for instance 20Gi.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	Resources    pod.Resources
	// MaxConnections of the server; 0 for PostgreSQL's default.
	MaxConnections int
	// Data of the server.
	Data data.Held
}

// Postgres is one PostgreSQL server behind a Service. Its data outlives the pod.
type Postgres struct {
	pulumi.ResourceState

	// Database says how the app connects to the server.
	Database connection.Database
}

const (
	postgresPart = "postgres"
	postgresPort = 5432
	// postgresUser is the user id of the postgres user in the official image.
	postgresUser = 999
	// postgresGrace is the time for a checkpoint at shutdown, in seconds.
	postgresGrace = 60
	postgresData  = "/var/lib/postgresql/data"
)

// NewPostgres registers a PostgreSQL server.
func NewPostgres(ctx *pulumi.Context, name string, args *PostgresArgs, opts ...pulumi.ResourceOption) (*Postgres, error) {
	p := &Postgres{}
	return component.New(ctx, "djangostack:kubernetes:Postgres", name, p, args.check, func() (pulumi.Map, error) {
		values, err := random.NewImmutable(ctx, name+"-postgres", args.Data, p)
		if err != nil {
			return nil, err
		}
		after := pulumi.DependsOn(values)
		password, err := random.NewPassword(ctx, name+"-postgres-password", args.Data.Protected, p, after)
		if err != nil {
			return nil, err
		}
		secret, err := newSecret(ctx, name+"-postgres", postgresPart, args.Namespace, args.Labels, pulumi.StringMap{"password": password.Result}, p, after)
		if err != nil {
			return nil, err
		}
		claim, err := NewClaim(ctx, name+"-postgres-data", &ClaimArgs{
			Component:    postgresPart,
			Namespace:    args.Namespace,
			Labels:       args.Labels,
			Size:         args.Size,
			StorageClass: args.StorageClass,
			AccessMode:   "ReadWriteOnce",
			Data:         args.Data,
		}, pulumi.Parent(p), after)
		if err != nil {
			return nil, err
		}
		err = server{
			component: postgresPart,
			namespace: args.Namespace,
			labels:    args.Labels,
			user:      postgresUser,
			port:      postgresPort,
			grace:     postgresGrace,
			container: args.container(secret),
			volumes: []pod.Volume{
				{Name: "data", Path: postgresData, Claim: claim.Metadata.Name().Elem()},
				{Name: "tmp", Path: "/tmp"},
				{Name: "run", Path: "/var/run/postgresql"},
			},
			protect: args.Data.Protected,
			after:   values,
		}.register(ctx, name, p)
		if err != nil {
			return nil, err
		}
		p.Database = connection.Database{
			Host:     pulumi.String(args.Labels.ObjectName(postgresPart)),
			Port:     postgresPort,
			Name:     args.Database,
			User:     args.User,
			Password: password.Result,
			// The server has no certificate, and its traffic stays in the cluster.
			SSLMode: "prefer",
		}
		return component.WithData(args.Data, pulumi.Map{"host": p.Database.Host, "port": pulumi.Int(postgresPort)}), nil
	}, opts...)
}

func (a *PostgresArgs) check() error {
	return validate.Check("Postgres",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Image", a.Image != ""),
		validate.Required("Database", a.Database != ""),
		validate.Required("User", a.User != ""),
		validate.Required("Size", a.Size != ""),
	)
}

func (a *PostgresArgs) container(secret *corev1.Secret) corev1.ContainerArgs {
	var args []string
	if a.MaxConnections > 0 {
		args = []string{"postgres", "-c", fmt.Sprintf("max_connections=%d", a.MaxConnections)}
	}
	ready := []string{"pg_isready", "--host=127.0.0.1", "--username=" + a.User, "--dbname=" + a.Database}
	return corev1.ContainerArgs{
		Name:  pulumi.String(postgresPart),
		Image: pulumi.String(a.Image),
		Args:  pulumi.ToStringArray(args),
		Env: corev1.EnvVarArray{
			pod.Env("POSTGRES_DB", pulumi.String(a.Database)),
			pod.Env("POSTGRES_USER", pulumi.String(a.User)),
			pod.EnvFromSecret("POSTGRES_PASSWORD", secret.Metadata.Name().Elem(), "password"),
			// The root of a volume may contain lost+found, and initdb refuses a folder that
			// is not empty.
			pod.Env("PGDATA", pulumi.String(postgresData+"/pgdata")),
		},
		Resources:      a.Resources.Requirements(),
		StartupProbe:   pod.Exec(pod.Timing{Period: 1, Timeout: 10, FailureThreshold: 300}, ready...),
		ReadinessProbe: pod.ServerReadiness(postgresPort),
	}
}
