package gcp

import (
	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/deletion"
)

// Edition is what Cloud SQL sells a server as.
type Edition string

// Enterprise has machines of any size; EnterprisePlus has faster ones, keeps
// transaction logs for longer and is maintained in less than a second.
const (
	Enterprise     Edition = "ENTERPRISE"
	EnterprisePlus Edition = "ENTERPRISE_PLUS"
)

// Backup is a backup of a Cloud SQL server.
type Backup struct {
	// Instance that the backup was taken from.
	Instance string
	// RunID is the number that gcloud sql backups list shows.
	RunID int
	// Project of the instance; empty for the server's own.
	Project string
}

// DatabaseArgs describes one PostgreSQL server of Cloud SQL.
type DatabaseArgs struct {
	Project string
	Region  string
	// NetworkID and SubnetID are where the server's private endpoint stands.
	NetworkID pulumi.StringInput
	SubnetID  pulumi.StringInput
	Edition   Edition
	// Tier is the machine: db-f1-micro, db-g1-small or db-custom-CPUS-MEBIBYTES of
	// Enterprise, db-perf-optimized-N-CPUS of EnterprisePlus.
	Tier string
	// Version is PostgreSQL's major version, for instance 17.
	Version int
	// StorageGiB at first, and MaxStorageGiB that it may grow to by itself; 0 for no
	// growth. A disk that grows by itself is never resized by an update.
	StorageGiB    int
	MaxStorageGiB int
	// Regional keeps a second server in another zone that takes over by itself.
	Regional bool
	// BackupDays that daily backups are kept for, 1 to 365. Any moment of them can be
	// restored, but of the last 7 days at most with Enterprise, and 35 with
	// EnterprisePlus.
	BackupDays int
	// KeyID is the KMS key of the storage, in the same region, which Google's service sql
	// uses; without it Google's own. It can never be changed, and a kept server is worth
	// nothing once it is gone.
	KeyID pulumi.StringInput
	// Name of the first database, and User that is the server's administrator. Another
	// name makes another one, and leaves the one before it on the server.
	Name string
	User string
	// Protect refuses every plan that deletes or replaces the server, and sets both
	// deletion protections: the provider's and Cloud SQL's own.
	Protect bool
	// DeletionPolicy says what becomes of the server at its end.
	DeletionPolicy deletion.Policy
	Insights       arguments.Switch
	// Replicas are read-only copies in the same region.
	Replicas int
	// RestoreFrom is a backup that the data comes from; nil for none. Name and User are
	// then those that the backup knows. It stays as it is for the server's life: another
	// backup replaces the server.
	RestoreFrom *Backup
	// BackupHour is the hour of the day in UTC when the daily backup begins, 0 to 23.
	BackupHour int
	// Window is the hour of the week when the server may be restarted; nil for any.
	MaintenanceWindow *WeeklyHour
	Labels            Labels
}

// Database is one PostgreSQL server without an address of its own that speaks TLS
// only: a private endpoint in the network leads to it.
type Database struct {
	pulumi.ResourceState

	// Admin is how to reach the server as its administrator. The app gets a role of
	// its own.
	Admin connection.Database
	// ReplicaHosts are the read-only copies' addresses.
	ReplicaHosts pulumi.StringArray
	// InstanceName is what the console shows.
	InstanceName pulumi.StringOutput
	// ConnectionName is what Cloud SQL's own connectors take: PROJECT:REGION:INSTANCE.
	ConnectionName pulumi.StringOutput
	// CA is the certificate of the authority that the server's own is signed by, in PEM
	// form.
	CA pulumi.StringOutput
}

const postgresPort = 5432

// NewDatabase registers a PostgreSQL server and the way to it.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	d := &Database{}
	return component.New(ctx, "djangostack:gcp:Database", name+"-database", d, args.check, func() (pulumi.Map, error) {
		server, err := args.newPrimary(ctx, name, d)
		if err != nil {
			return nil, err
		}
		inside, err := args.newContents(ctx, name, server, d)
		if err != nil {
			return nil, err
		}
		host, err := args.newEndpoint(ctx, name+"-database", server, inside.resources, d)
		if err != nil {
			return nil, err
		}
		if err := args.newReplicas(ctx, name, server, d); err != nil {
			return nil, err
		}
		d.InstanceName, d.ConnectionName = server.Name, server.ConnectionName
		d.CA = authorityOf(server)
		d.Admin = connection.Database{
			Host:     host,
			Port:     postgresPort,
			Name:     args.Name,
			User:     args.User,
			Password: inside.password,
			// The server's certificate names the server, not the address of the endpoint, so
			// that verify-full refuses it. Nothing but the network reaches the endpoint, and
			// nothing but the server stands behind it.
			SSLMode: "require",
		}
		return pulumi.Map{"host": host, "instanceName": d.InstanceName, "connectionName": d.ConnectionName, "replicaHosts": d.ReplicaHosts}, nil
	}, opts...)
}

// authorityOf is the certificate that everyone may know, which the provider keeps
// secret among others.
func authorityOf(server *gcpsql.DatabaseInstance) pulumi.StringOutput {
	certificates := pulumi.Unsecret(server.ServerCaCerts).(gcpsql.DatabaseInstanceServerCaCertArrayOutput)
	return certificates.Index(pulumi.Int(0)).Cert().Elem()
}
