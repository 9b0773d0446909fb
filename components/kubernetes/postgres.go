package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// PostgresArgs describes one PostgreSQL server in the cluster.
type PostgresArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Component is the component label of the server's pods, and a part of the names of its
	// objects; empty for PostgresPart. Two servers of one environment have two.
	Component string
	// Image is Docker's official postgres image or one with the same entry point.
	Image string
	// Database, and User that owns it and has no other rights on the server: lower-case
	// letters, digits and underscores, 63 at most.
	Database string
	User     string
	// Further databases that User owns, named as Database is.
	Further []string
	// Size of the volume in Kubernetes' notation, for instance 20Gi. The server's log of
	// changes takes a part of it.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	// Resources of the server. Memory decides its parameters and the size of /dev/shm, see
	// sizes.Postgres.
	Resources pod.Resources
	// RoleResources are those of the Job that creates the role of the app.
	RoleResources pod.Resources
	// Authority signs the server's certificate, and the server then refuses connections
	// without TLS; nil for a server without TLS.
	Authority *Authority
	// Parameters of the server (postgresql.conf), some of them in place of those that follow
	// from Resources and Size.
	Parameters map[string]string
	// Extensions that the administrator creates in the databases of User. What the image lacks
	// is an error of the Job that creates the role.
	Extensions []string
	// MaxConnections of the server; 0 for PostgreSQL's default.
	MaxConnections int
	// Monitored creates a role that reads the statistics of the server, for an exporter.
	Monitored bool
	// Data of the server.
	Data data.Held
	// Callers are labels of pods, in any namespace, that may connect besides the app's
	// pods. KEDA, which counts tasks in the database, is one.
	Callers []map[string]string
}

// Postgres is one PostgreSQL server behind a Service, and the role of the app, which owns
// its database and is no superuser. The data outlives the pod. Only the server and the Job
// that creates the role read the administrator's password.
type Postgres struct {
	pulumi.ResourceState

	// Database says how the app connects to its database, once the component is ready, and
	// Admin how the administrator connects to the server.
	Database, Admin connection.Database
	// Monitor says how an exporter connects to the server, with a role that reads its statistics; nil
	// for a server that is not monitored.
	Monitor *connection.Database
}

// PostgresPart is the component label of the pods of the first server.
const PostgresPart = labels.Postgres

const (
	postgresPort = 5432
	// postgresGrace is the time for a checkpoint at shutdown, in seconds.
	postgresGrace = 60
	postgresData  = "/var/lib/postgresql/data"
	// postgresAdmin is the superuser of a new server. A server of an earlier release has
	// the app's user instead, until the Job takes its rights away.
	postgresAdmin = "djangostack_admin"
	// postgresRules admit connections by TLS only, besides those in the pod.
	postgresRules = "local all all trust\nhostssl all all all scram-sha-256\n"
)

// NewPostgres registers a PostgreSQL server.
func NewPostgres(ctx *pulumi.Context, name string, args *PostgresArgs, opts ...pulumi.ResourceOption) (*Postgres, error) {
	p := &Postgres{}
	of := *args
	if of.Component == "" {
		of.Component = PostgresPart
	}
	unit := name
	if of.Component != PostgresPart {
		unit = name + "-" + of.Component
	}
	return component.New(ctx, "djangostack:kubernetes:Postgres", unit, p, of.check, func() (pulumi.Map, error) {
		return p.register(ctx, name, &of)
	}, opts...)
}

func (p *Postgres) register(ctx *pulumi.Context, name string, args *PostgresArgs) (pulumi.Map, error) {
	tuning, err := args.tuned()
	if err != nil {
		return nil, err
	}
	password, values, err := random.NewImmutablePassword(ctx, name+"-"+args.Component, args.Data, p)
	if err != nil {
		return nil, err
	}
	after := pulumi.DependsOn(values)
	secret, err := newSecret(ctx, name+"-"+args.Component, args.Component, args.Namespace, args.Labels, pulumi.StringMap{"password": password.Result}, p, after)
	if err != nil {
		return nil, err
	}
	admin, err := args.administrator(ctx, name, p, after)
	if err != nil {
		return nil, err
	}
	watch, err := args.monitor(ctx, name, p, after)
	if err != nil {
		return nil, err
	}
	claim, err := NewClaim(ctx, name+"-"+args.Component+"-data", &ClaimArgs{
		Component:    args.Component,
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
	s := server{
		component: args.Component,
		namespace: args.Namespace,
		labels:    args.Labels,
		user:      pod.PostgresUser,
		port:      postgresPort,
		grace:     postgresGrace,
		container: args.container(admin.secret, tuning.Parameters),
		volumes: []pod.Volume{
			{Name: "data", Path: postgresData, Claim: claim.Metadata.Name().Elem()},
			{Name: "tmp", Path: "/tmp"},
			{Name: "run", Path: "/var/run/postgresql"},
		},
		protect: args.Data.Protected,
		callers: args.Callers,
		after:   values,
	}
	if tuning.SharedMemory != "" {
		s.volumes = append(s.volumes, pod.Volume{Name: "shared-memory", Path: "/dev/shm", Memory: tuning.SharedMemory})
	}
	p.Database = connection.Database{
		Host:     pulumi.String(args.Labels.ObjectName(args.Component)),
		Port:     postgresPort,
		Name:     args.Database,
		User:     args.User,
		Password: password.Result,
		// A server without a certificate refuses TLS.
		SSLMode: "prefer",
	}
	if args.Authority != nil {
		certificate, err := args.Authority.certificate(ctx, name, s, map[string]string{"pg_hba.conf": postgresRules}, p)
		if err != nil {
			return nil, err
		}
		s.volumes = append(s.volumes, certificate)
		p.Database.SSLMode, p.Database.CA = "verify-full", args.Authority.Certificates
	}
	server, err := s.register(ctx, name, p)
	if err != nil {
		return nil, err
	}
	p.Admin = p.Database
	p.Admin.Name, p.Admin.User, p.Admin.Password = "postgres", postgresAdmin, admin.password
	if args.Monitored {
		monitored := p.Admin
		monitored.User, monitored.Password = postgresMonitor, watch.password
		p.Monitor = &monitored
	}
	err = role{
		namespace: args.Namespace, labels: args.Labels, image: args.Image, resources: args.RoleResources,
		before: demotionScript, script: roleScript,
		admin: p.Admin, adminSecret: admin.secret, adminKey: "password",
		database: args.Database, further: args.Further, user: args.User, secret: secret, key: "password",
		extensions: args.Extensions, monitor: watch,
		advice: "Build an image FROM " + args.Image + " that installs the extension's package, and name it as the server's image",
	}.register(ctx, name+"-"+args.Component+"-role", p, pulumi.DependsOn([]pulumi.Resource{server}))
	if err != nil {
		return nil, err
	}
	return component.DataOr(args.Data, pulumi.Map{"host": p.Database.Host, "port": pulumi.Int(postgresPort)}), nil
}

// administrator is the superuser of the server.
type administrator struct {
	password pulumi.StringOutput
	secret   *corev1.Secret
}

func (a *PostgresArgs) administrator(ctx *pulumi.Context, name string, parent pulumi.Resource, after pulumi.ResourceOption) (administrator, error) {
	password, err := random.NewPassword(ctx, name+"-"+a.Component+"-admin-password", a.Data.Protected, parent, after)
	if err != nil {
		return administrator{}, err
	}
	secret, err := newSecret(ctx, name+"-"+a.Component+"-admin", a.Component, a.Namespace, a.Labels, pulumi.StringMap{"password": password.Result}, parent, after)
	return administrator{password: password.Result, secret: secret}, err
}

func (a *PostgresArgs) check() error {
	return errors.Join(checkRole("Postgres", a.Database, a.User, postgresAdmin), a.checkMonitor(), checkFurther("Postgres", a.Database, a.Further), validate.Check("Postgres",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Image", a.Image != ""),
		validate.Required("Database", a.Database != ""),
		validate.Required("User", a.User != ""),
		validate.Required("Size", a.Size != ""),
	), a.checkTuning(), checkExtensions("Postgres", a.Extensions))
}

func (a *PostgresArgs) checkTuning() error {
	_, err := a.tuned()
	return err
}

// tuned are the parameters that follow from the server's resources.
func (a *PostgresArgs) tuned() (sizes.PostgresTuning, error) {
	tuning, err := sizes.Postgres{
		Memory: a.Resources.Memory, MemoryLimit: a.Resources.MemoryLimit,
		Volume: a.Size, MaxConnections: a.MaxConnections, Stated: a.Parameters,
	}.Tune()
	if err != nil {
		return sizes.PostgresTuning{}, fmt.Errorf("Postgres: choosing its parameters: %w", err)
	}
	return tuning, nil
}

func (a *PostgresArgs) container(secret *corev1.Secret, tuned map[string]string) corev1.ContainerArgs {
	var options []string
	if a.MaxConnections > 0 {
		options = append(options, fmt.Sprintf("max_connections=%d", a.MaxConnections))
	}
	if a.Authority != nil {
		options = append(options, "ssl=on", "ssl_cert_file="+tlsCertificate, "ssl_key_file="+tlsKey, "hba_file="+tlsFolder+"/pg_hba.conf")
	}
	parameters := maps.Clone(tuned)
	maps.Copy(parameters, a.Parameters)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		options = append(options, name+"="+parameters[name])
	}
	args := []string{"postgres"}
	for _, option := range options {
		args = append(args, "-c", option)
	}
	return corev1.ContainerArgs{
		Name:  pulumi.String(PostgresPart),
		Image: pulumi.String(a.Image),
		Args:  pulumi.ToStringArray(args),
		Env: corev1.EnvVarArray{
			// The image reads these only when the volume is empty.
			pod.Env("POSTGRES_DB", pulumi.String("postgres")),
			pod.Env("POSTGRES_USER", pulumi.String(postgresAdmin)),
			pod.EnvFromSecret("POSTGRES_PASSWORD", secret.Metadata.Name().Elem(), "password"),
			// The root of a volume may contain lost+found, and initdb refuses a folder that
			// is not empty.
			pod.Env("PGDATA", pulumi.String(postgresData+"/pgdata")),
		},
		Resources:      a.Resources.Requirements(),
		StartupProbe:   pod.ServerStartup(postgresPort),
		ReadinessProbe: pod.ServerReadiness(postgresPort),
	}
}
