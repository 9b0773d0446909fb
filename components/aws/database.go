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
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// Monitoring says how closely a database is watched.
type Monitoring string

// Basic is Performance Insights and the logs; Enhanced adds the operating system's
// figures each minute.
const (
	BasicMonitoring    Monitoring = "basic"
	EnhancedMonitoring Monitoring = "enhanced"
)

// ApplyChanges says when a change that may interrupt a data service takes effect.
type ApplyChanges string

// At once, or in the next maintenance window. A new major version of a database is
// applied at once, because its old parameter group cannot go before.
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
	// InstanceClass is for instance db.t4g.micro.
	InstanceClass string
	// Version is PostgreSQL's major version, for instance 17.
	Version int
	// StorageGiB at first, and MaxStorageGiB that it may grow to by itself, a tenth more
	// at least; 0, or the same, for no growth.
	StorageGiB    int
	MaxStorageGiB int
	// MultiAZ keeps a second server in another zone that takes over by itself.
	MultiAZ bool
	// BackupDays that any moment can be restored from, 1 to 35.
	BackupDays int
	// KeyARN is the KMS key of the storage; without it the account's aws/rds key. It
	// can never be changed, and a kept snapshot is worth nothing once it is gone.
	KeyARN pulumi.StringInput
	// Name of the first database, and User that is the server's administrator.
	Name string
	User string
	// Protect refuses every plan that deletes or replaces the server, and sets its own
	// deletion protection.
	Protect        bool
	DeletionPolicy deletion.Policy
	Monitoring     Monitoring
	// Region is asked for by enhanced monitoring alone.
	Region string
	// Replicas are read-only copies in other zones.
	Replicas int
	// RestoreFrom is the identifier of an encrypted snapshot that the data comes from.
	// Name and User are then those that the snapshot knows, StorageGiB is not less than
	// its own, and the storage keeps the snapshot's key. It stays as it is for the server's life: another snapshot
	// replaces the server.
	RestoreFrom string
	// BackupWindow is a time of day in UTC, hh:mm-hh:mm, and MaintenanceWindow one of
	// the week, ddd:hh:mm-ddd:hh:mm in lower case; they do not overlap. AWS picks what
	// is empty.
	BackupWindow      string
	MaintenanceWindow string
	Apply             ApplyChanges
	Logs              ServiceLogs
	Tags              Tags
}

// Database is one PostgreSQL server in private subnets that speaks TLS only.
type Database struct {
	pulumi.ResourceState

	// Admin is how to reach the server as its administrator. The app gets a role of
	// its own.
	Admin connection.Database
	// ReplicaHosts are the read-only copies' host names.
	ReplicaHosts pulumi.StringArray
	// InstanceID is what the RDS console shows.
	InstanceID pulumi.StringOutput
	// SecurityGroupID is the group of the server.
	SecurityGroupID pulumi.StringOutput
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
		primary, err := awsrds.NewInstance(ctx, name+"-database", server.primary(args, name),
			pulumi.Parent(d), pulumi.Protect(args.Protect), pulumi.DependsOn(server.prerequisites))
		if err != nil {
			return nil, fmt.Errorf("registering the database server: %w", err)
		}
		for i := range args.Replicas {
			replica, err := server.newReplica(ctx, fmt.Sprintf("%s-database-replica-%d", name, i), i, args, primary, d)
			if err != nil {
				return nil, err
			}
			d.ReplicaHosts = append(d.ReplicaHosts, replica.Address)
		}
		d.InstanceID, d.SecurityGroupID = primary.Identifier, server.securityGroup.ID().ToStringOutput()
		d.Admin = connection.Database{
			Host:     primary.Address,
			Port:     postgresPort,
			Name:     args.Name,
			User:     args.User,
			Password: server.password,
			// The server's certificate is signed by an authority of RDS that no image
			// trusts by itself; verify-full needs its bundle in every image that connects.
			// Nothing but the cluster's nodes reaches the server's subnets.
			SSLMode: "require",
		}
		return pulumi.Map{"host": primary.Address, "instanceId": d.InstanceID, "replicaHosts": d.ReplicaHosts}, nil
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
		// PostgreSQL's administrator cannot have a name that RDS keeps for itself.
		validate.RefuseIf(slices.Contains([]string{"admin", "public", "rdsadmin", "rdsrepladmin"}, a.User), "Database",
			fmt.Sprintf("User is %q, which RDS keeps for itself", a.User)),
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
