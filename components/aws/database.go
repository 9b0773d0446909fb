package aws

import (
	"errors"
	"fmt"
	"slices"

	awsrds "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// Monitoring says how closely a database is monitored.
type Monitoring string

// Basic is Performance Insights and logs. Enhanced adds the metrics of the operating system
// every minute.
const (
	BasicMonitoring    Monitoring = "basic"
	EnhancedMonitoring Monitoring = "enhanced"
)

// ApplyChanges says when a change that may interrupt a data service takes effect.
type ApplyChanges string

// At once, or in the next maintenance window. A new major version of a database is always
// applied at once, because its old parameter group must not be deleted first.
const (
	ApplyAtOnce   ApplyChanges = "at-once"
	ApplyInWindow ApplyChanges = "in-window"
)

// DatabaseArgs describes one PostgreSQL server of RDS.
type DatabaseArgs struct {
	VpcID pulumi.StringInput
	// SubnetIDs are private and in at least two zones.
	SubnetIDs pulumi.StringArrayInput
	// AllowFrom are the security groups whose members may connect.
	AllowFrom pulumi.StringArray
	// InstanceClass, for instance db.t4g.micro.
	InstanceClass string
	// Version is PostgreSQL's major version, for instance 17.
	Version int
	// StorageGiB is the initial size of the disk. MaxStorageGiB is the size that it may
	// grow to automatically, at least a tenth more; 0, or the same size, for no growth.
	StorageGiB    int
	MaxStorageGiB int
	// MultiAZ runs a standby in another zone that takes over automatically.
	MultiAZ bool
	// BackupDays is how far back point-in-time recovery reaches, 1 to 35.
	BackupDays int
	// KeyARN is the KMS key of the storage; without it the account's aws/rds key. It cannot
	// be changed, and a retained snapshot is unreadable without its key.
	KeyARN pulumi.StringInput
	// Name of the first database, and User that is the server's administrator.
	Name string
	User string
	// Data that is protected refuses every plan that deletes or replaces the server, and turns
	// on RDS' deletion protection.
	Data           data.Held
	DeletionPolicy deletion.Policy
	Monitoring     Monitoring
	// Region; required only for enhanced monitoring.
	Region string
	// Replicas are read-only copies in other zones.
	Replicas int
	// RestoreFrom is the identifier of an encrypted snapshot to restore. Name must be that of
	// the snapshot, Version and StorageGiB at least its own, and the storage keeps the
	// snapshot's key and administrator. Keep the value for the lifetime of the server: another snapshot
	// replaces the server.
	RestoreFrom string
	// BackupWindow is a time of day in UTC, hh:mm-hh:mm. MaintenanceWindow is a time of the
	// week, ddd:hh:mm-ddd:hh:mm in lower case. They must not overlap. AWS picks empty ones.
	BackupWindow      string
	MaintenanceWindow string
	Apply             ApplyChanges
	Logs              ServiceLogs
	Tags              Tags
}

// Database is one PostgreSQL server in private subnets. It requires TLS.
type Database struct {
	pulumi.ResourceState

	// Admin says how the server's administrator connects. The app gets a separate role.
	Admin connection.Database
	// ReplicaHosts are the host names of the read replicas.
	ReplicaHosts pulumi.StringArray
	// InstanceID is the identifier that the RDS console shows.
	InstanceID pulumi.StringOutput
	// SecurityGroupID is the security group of the server.
	SecurityGroupID pulumi.StringOutput

	// replicaIDs are the identifiers of the read replicas.
	replicaIDs []pulumi.StringOutput
}

const postgresPort = 5432

// NewDatabase registers a PostgreSQL server.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	d := &Database{}
	return component.New(ctx, "djangostack:aws:Database", name+"-database", d, args.check, func() (pulumi.Map, error) {
		server, err := args.newParts(ctx, name, d)
		if err != nil {
			return nil, err
		}
		options := []pulumi.ResourceOption{pulumi.Parent(d), component.Protect(args.Data), pulumi.DependsOn(server.prerequisites)}
		if args.RestoreFrom != "" {
			fit, err := args.refuseUnfitSnapshot(ctx, name, d)
			if err != nil {
				return nil, err
			}
			options = append(options, fit)
		}
		primary, err := awsrds.NewInstance(ctx, name+"-database", server.primary(args, name), options...)
		if err != nil {
			return nil, fmt.Errorf("registering the database server: %w", err)
		}
		for i := range args.Replicas {
			replica, err := server.newReplica(ctx, fmt.Sprintf("%s-database-replica-%d", name, i), i, args, primary, d)
			if err != nil {
				return nil, err
			}
			d.ReplicaHosts = append(d.ReplicaHosts, replica.Address)
			d.replicaIDs = append(d.replicaIDs, replica.Identifier)
		}
		d.InstanceID, d.SecurityGroupID = primary.Identifier, server.securityGroup.ID().ToStringOutput()
		d.Admin = connection.Database{
			Host:     primary.Address,
			Port:     postgresPort,
			Name:     args.Name,
			User:     args.User,
			Password: server.password,
			// An RDS authority that no image trusts by default signs the server's
			// certificate, and verify-full needs its bundle in every image that connects.
			// Only the nodes of the cluster reach the server's subnets.
			SSLMode: "require",
		}
		if args.RestoreFrom != "" {
			// The snapshot may be one of a server with another administrator.
			d.Admin.Account = primary.Username
		}
		return component.DataOr(args.Data, pulumi.Map{"host": primary.Address, "instanceId": d.InstanceID, "replicaHosts": d.ReplicaHosts}), nil
	}, opts...)
}

func (a *DatabaseArgs) check() error {
	const lastVersion = 99
	return errors.Join(
		validate.Check("Database",
			validate.Required("VpcID", a.VpcID != nil),
			validate.Required("SubnetIDs", a.SubnetIDs != nil),
			validate.Required("AllowFrom", len(a.AllowFrom) > 0),
			validate.Required("InstanceClass", a.InstanceClass != ""),
			validate.Required("Name", a.Name != ""),
			validate.Required("User", a.User != ""),
			validate.Required("Region, since Monitoring is enhanced,", a.Monitoring != EnhancedMonitoring || a.Region != ""),
		),
		// RDS reserves these names of PostgreSQL roles.
		validate.RefuseIf(slices.Contains([]string{"admin", "public", "rdsadmin", "rdsrepladmin"}, a.User), "Database",
			fmt.Sprintf("User is %q, which RDS reserves", a.User)),
		validate.Within("Database", "Version", a.Version, limits.MinDatabaseVersion, lastVersion),
		arguments.CheckStorage("Database", a.StorageGiB, a.MaxStorageGiB, limits.MinDatabaseStorageGiB, limits.MaxDatabaseStorageGiB),
		validate.RefuseIf(!limits.CanGrowDatabase(a.StorageGiB, a.MaxStorageGiB), "Database",
			fmt.Sprintf("MaxStorageGiB is %d, less than a tenth above StorageGiB, which is %d", a.MaxStorageGiB, a.StorageGiB)),
		validate.Within("Database", "BackupDays", a.BackupDays, 1, limits.MaxDatabaseBackupDays),
		validate.Within("Database", "Replicas", a.Replicas, 0, limits.MaxDatabaseReplicas),
		validate.OneOf("Database", "DeletionPolicy", a.DeletionPolicy, deletion.Snapshot, deletion.Delete),
		validate.OneOf("Database", "Monitoring", a.Monitoring, BasicMonitoring, EnhancedMonitoring),
		a.Logs.check("Database"),
		validate.OneOf("Database", "Apply", a.Apply, ApplyAtOnce, ApplyInWindow),
	)
}
