package gcp

import (
	"fmt"
	"strconv"

	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// instanceName is the name of a server. It cannot be used again for a week once the
// server is gone, and so ends in a suffix, which goes with the server.
func instanceName(ctx *pulumi.Context, part string, replacedBy pulumi.StringMap, parent pulumi.Resource, words ...string) (pulumi.StringPtrOutput, error) {
	suffix, err := random.NewSuffix(ctx, part+"-suffix", replacedBy, parent)
	if err != nil {
		return pulumi.StringPtrOutput{}, err
	}
	return pulumi.Sprintf("%s-%s", names.Fit(limits.MaxDatabaseInstance-random.SuffixLength, words...), suffix).ToStringPtrOutput(), nil
}

// primary registers the server itself.
func (a *DatabaseArgs) newPrimary(ctx *pulumi.Context, name string, parent pulumi.Resource) (*gcpsql.DatabaseInstance, error) {
	called, err := instanceName(ctx, name+"-database", a.replacedBy(), parent, name)
	if err != nil {
		return nil, err
	}
	settings := a.settings()
	settings.AvailabilityType = pulumi.String(a.availability())
	settings.BackupConfiguration = a.backups()
	settings.DeletionProtectionEnabled = pulumi.Bool(a.Protect)
	if a.MaintenanceWindow != nil {
		settings.MaintenanceWindow = a.maintenance()
	}
	args := a.instance(settings)
	args.Name = called
	args.DeletionProtection = pulumi.Bool(a.Protect)
	if a.KeyID != nil {
		args.EncryptionKeyName = a.KeyID.ToStringOutput().ToStringPtrOutput()
	}
	if a.RestoreFrom != nil {
		args.RestoreBackupContext = a.RestoreFrom.context(a.Project)
	}
	server, err := gcpsql.NewDatabaseInstance(ctx, name+"-database", args, append(a.options(parent), pulumi.Protect(a.Protect))...)
	if err != nil {
		return nil, fmt.Errorf("registering the database server: %w", err)
	}
	return server, nil
}

// replacedBy are the arguments that cannot be changed on a server: the new one gets
// a new name, because both are there for a while. A backup could be restored over what
// a server has by now, which must never happen by a change of an argument.
func (a *DatabaseArgs) replacedBy() pulumi.StringMap {
	keepers := pulumi.StringMap{"region": pulumi.String(a.Region), "restoreFrom": pulumi.String(a.RestoreFrom.text())}
	if a.KeyID != nil {
		keepers["key"] = a.KeyID
	}
	return keepers
}

// replicas registers the read-only copies.
func (a *DatabaseArgs) newReplicas(ctx *pulumi.Context, name string, primary *gcpsql.DatabaseInstance, d *Database) error {
	for i := range a.Replicas {
		part := fmt.Sprintf("%s-database-replica-%d", name, i)
		called, err := instanceName(ctx, part, pulumi.StringMap{"primary": primary.Name}, d, name, fmt.Sprintf("replica-%d", i))
		if err != nil {
			return err
		}
		replica, err := gcpsql.NewDatabaseInstance(ctx, part, a.replica(called, primary), append(a.ignoreGrowth(), pulumi.Parent(d))...)
		if err != nil {
			return fmt.Errorf("registering the replica %s: %w", part, err)
		}
		host, err := a.newEndpoint(ctx, part, replica, nil, d)
		if err != nil {
			return err
		}
		d.ReplicaHosts = append(d.ReplicaHosts, host)
	}
	return nil
}

// replica takes key, users and maintenance from the primary, and holds nothing that
// it does not have: it is neither backed up nor protected.
func (a *DatabaseArgs) replica(called pulumi.StringPtrInput, primary *gcpsql.DatabaseInstance) *gcpsql.DatabaseInstanceArgs {
	settings := a.settings()
	settings.AvailabilityType = pulumi.String(zonal)
	settings.DeletionProtectionEnabled = pulumi.Bool(false)
	args := a.instance(settings)
	args.Name = called
	args.MasterInstanceName = primary.Name.ToStringPtrOutput()
	args.DeletionProtection = pulumi.Bool(false)
	return args
}

// instance is what the primary and its replicas have in common.
func (a *DatabaseArgs) instance(settings *gcpsql.DatabaseInstanceSettingsArgs) *gcpsql.DatabaseInstanceArgs {
	return &gcpsql.DatabaseInstanceArgs{
		Project:         pulumi.String(a.Project),
		Region:          pulumi.String(a.Region),
		DatabaseVersion: pulumi.String("POSTGRES_" + strconv.Itoa(a.Version)),
		Settings:        settings,
	}
}

// options are those of the server and of what is in it: what a kept server holds must
// not be taken out of it.
func (a *DatabaseArgs) options(parent pulumi.Resource) []pulumi.ResourceOption {
	return append(a.ignoreGrowth(), pulumi.Parent(parent), pulumi.RetainOnDelete(a.DeletionPolicy == deletion.Retain))
}

// resized leaves the size of a disk that grows by itself alone: the provider would
// replace the server to make it as small as it once was.
func (a *DatabaseArgs) ignoreGrowth() []pulumi.ResourceOption {
	if a.MaxStorageGiB == 0 {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"settings.diskSize"})}
}

func (b *Backup) context(project string) *gcpsql.DatabaseInstanceRestoreBackupContextArgs {
	if b.Project != "" {
		project = b.Project
	}
	return &gcpsql.DatabaseInstanceRestoreBackupContextArgs{
		BackupRunId: pulumi.Int(b.RunID),
		InstanceId:  pulumi.String(b.Instance),
		Project:     pulumi.String(project),
	}
}

func (b *Backup) text() string {
	if b == nil {
		return ""
	}
	return fmt.Sprintf("%s/%s/%d", b.Project, b.Instance, b.RunID)
}
