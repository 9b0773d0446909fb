package gcp

import (
	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
)

// Edition is the edition of Cloud SQL.
type Edition string

// Enterprise has machines of any size. EnterprisePlus has faster ones, keeps transaction
// logs longer, and has maintenance downtime of less than a second.
const (
	Enterprise     Edition = "ENTERPRISE"
	EnterprisePlus Edition = "ENTERPRISE_PLUS"
)

// Backup is a backup of a Cloud SQL server.
type Backup struct {
	// Instance that was backed up.
	Instance string
	// RunID is the id that gcloud sql backups list shows.
	RunID int
	// Project of the instance; empty for the project of the server.
	Project string
}

// DatabaseArgs describes one PostgreSQL server of Cloud SQL.
type DatabaseArgs struct {
	Project string
	Region  string
	// NetworkID and SubnetID are the network and subnet of the server's private endpoint.
	NetworkID pulumi.StringInput
	SubnetID  pulumi.StringInput
	Edition   Edition
	// Tier is the machine type: db-f1-micro, db-g1-small or db-custom-CPUS-MEBIBYTES of
	// Enterprise, db-perf-optimized-N-CPUS of EnterprisePlus.
	Tier string
	// Version is PostgreSQL's major version, for instance 17.
	Version int
	// StorageGiB is the initial size of the disk, and MaxStorageGiB the size that it may
	// grow to automatically; 0 for no growth. Updates never resize a disk that grows
	// automatically.
	StorageGiB    int
	MaxStorageGiB int
	// Regional runs a standby in another zone that takes over automatically.
	Regional bool
	// BackupDays is how long daily backups are kept, 1 to 365. Point-in-time recovery
	// reaches back as far, but at most 7 days with Enterprise and 35 with EnterprisePlus.
	BackupDays int
	// KeyID is the KMS key of the storage, in the same region, with the user UserSQL;
	// without it Google uses its own key. It cannot be changed, and a retained server is
	// unreadable without its key.
	KeyID pulumi.StringInput
	// Name of the first database, and User that is the server's administrator. Changing a
	// name creates another database or user, and leaves the old one on the server.
	Name string
	User string
	// Data that is protected refuses every plan that deletes or replaces the server, and turns
	// on both deletion protections: the provider's and Cloud SQL's.
	Data data.Held
	// DeletionPolicy is Retain or Delete.
	DeletionPolicy deletion.Policy
	Insights       arguments.Switch
	// Replicas are read-only copies in the same region.
	Replicas int
	// RestoreFrom is a backup to restore; nil for none. Name and User must be those of the
	// backup. Keep the value for the lifetime of the server: another backup replaces the
	// server.
	RestoreFrom *Backup
	// BackupHour is the hour of the day in UTC at which the daily backup starts, 0 to 23.
	BackupHour int
	// MaintenanceWindow is the hour of the week in which Google may restart the server; nil
	// for any.
	MaintenanceWindow *WeeklyHour
	Labels            Labels
}

// Database is one PostgreSQL server without an address in the network. Clients connect
// through a private endpoint, with TLS.
type Database struct {
	pulumi.ResourceState

	// Admin says how the server's administrator connects, once Ready exists. The address is
	// known earlier. The app gets a separate role.
	Admin connection.Database
	// Ready are the endpoint, the administrator and the first database. Pods that connect
	// depend on them.
	Ready []pulumi.Resource
	// ReplicaHosts are the addresses of the read replicas.
	ReplicaHosts pulumi.StringArray
	// InstanceName is the name that the console shows.
	InstanceName pulumi.StringOutput
	// ConnectionName is the name for Cloud SQL's connectors: PROJECT:REGION:INSTANCE.
	ConnectionName pulumi.StringOutput
	// CA is the certificate, in PEM, of the authority that signed the server's certificate.
	CA pulumi.StringOutput

	project      string
	replicaNames []pulumi.StringOutput
}

const postgresPort = 5432

// NewDatabase registers a PostgreSQL server and its private endpoint.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	d := &Database{project: args.Project}
	return component.New(ctx, "djangostack:gcp:Database", name+"-database", d, args.check, func() (pulumi.Map, error) {
		server, err := args.newPrimary(ctx, name, d)
		if err != nil {
			return nil, err
		}
		contents, err := args.newContents(ctx, name, server, d)
		if err != nil {
			return nil, err
		}
		host, endpoint, err := args.newEndpoint(ctx, name+"-database", server, d)
		if err != nil {
			return nil, err
		}
		d.Ready = append(contents.resources, endpoint)
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
			Password: contents.password,
			// The server's certificate has the name of the server and not the address of
			// the endpoint, so verify-full fails. Only the network reaches the endpoint,
			// and the endpoint leads only to this server.
			SSLMode: "require",
		}
		return component.DataOr(args.Data, pulumi.Map{"host": host, "instanceName": d.InstanceName, "connectionName": d.ConnectionName, "replicaHosts": d.ReplicaHosts}), nil
	}, opts...)
}

// authorityOf returns the CA, which is public. The provider marks it as secret.
func authorityOf(server *gcpsql.DatabaseInstance) pulumi.StringOutput {
	certificates := pulumi.Unsecret(server.ServerCaCerts).(gcpsql.DatabaseInstanceServerCaCertArrayOutput)
	return certificates.Index(pulumi.Int(0)).Cert().Elem()
}
