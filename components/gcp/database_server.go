package gcp

import (
	"fmt"
	"strconv"

	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// instanceName returns the name of a server. It has a random suffix, because Cloud SQL does
// not allow the name of a deleted server for a week.
func instanceName(ctx *pulumi.Context, part string, replacedBy pulumi.StringMap, parent pulumi.Resource, words ...string) (pulumi.StringPtrOutput, error) {
	suffix, err := random.NewSuffix(ctx, part+"-suffix", replacedBy, parent)
	if err != nil {
		return pulumi.StringPtrOutput{}, err
	}
	return pulumi.Sprintf("%s-%s", names.Fit(limits.MaxDatabaseInstance-random.SuffixLength, words...), suffix).ToStringPtrOutput(), nil
}

// newPrimary registers the primary server.
func (a *DatabaseArgs) newPrimary(ctx *pulumi.Context, name string, parent pulumi.Resource) (*gcpsql.DatabaseInstance, error) {
	called, err := instanceName(ctx, name+"-database", a.replacedBy(), parent, name)
	if err != nil {
		return nil, err
	}
	settings := a.settings(a.diskSize(ctx, called, parent))
	settings.AvailabilityType = pulumi.String(a.availability())
	settings.BackupConfiguration = a.backups()
	settings.DeletionProtectionEnabled = pulumi.Bool(a.Data.Protected)
	if a.MaintenanceWindow != nil {
		settings.MaintenanceWindow = a.maintenance()
	}
	args := a.instance(settings)
	args.Name = called
	args.DeletionProtection = pulumi.Bool(a.Data.Protected)
	if a.KeyID != nil {
		args.EncryptionKeyName = a.KeyID.ToStringOutput().ToStringPtrOutput()
	}
	if a.RestoreFrom != nil {
		args.RestoreBackupContext = a.RestoreFrom.context(a.Project)
	}
	server, err := gcpsql.NewDatabaseInstance(ctx, name+"-database", args,
		pulumi.Parent(parent), component.Protect(a.Data), pulumi.RetainOnDelete(a.DeletionPolicy == deletion.Retain))
	if err != nil {
		return nil, fmt.Errorf("registering the database server: %w", err)
	}
	return server, nil
}

// replacedBy are the arguments whose change replaces the server. The new server gets a new
// name, because both exist for a while. Cloud SQL could restore a backup over a server's
// data, and a changed argument must never do that.
func (a *DatabaseArgs) replacedBy() pulumi.StringMap {
	keepers := pulumi.StringMap{"region": pulumi.String(a.Region), "restoreFrom": pulumi.String(a.RestoreFrom.text())}
	if a.KeyID != nil {
		keepers["key"] = a.KeyID
	}
	return keepers
}

// newReplicas registers the read replicas.
func (a *DatabaseArgs) newReplicas(ctx *pulumi.Context, name string, primary *gcpsql.DatabaseInstance, d *Database) error {
	for i := range a.Replicas {
		part := fmt.Sprintf("%s-database-replica-%d", name, i)
		called, err := instanceName(ctx, part, pulumi.StringMap{"primary": primary.Name}, d, name, fmt.Sprintf("replica-%d", i))
		if err != nil {
			return err
		}
		replica, err := gcpsql.NewDatabaseInstance(ctx, part, a.replica(called, a.diskSize(ctx, called, d), primary), pulumi.Parent(d))
		if err != nil {
			return fmt.Errorf("registering the replica %s: %w", part, err)
		}
		host, endpoint, err := a.newEndpoint(ctx, part, replica, d)
		if err != nil {
			return err
		}
		d.replicaNames = append(d.replicaNames, replica.Name)
		d.ReplicaHosts = append(d.ReplicaHosts, after(ctx, host, endpoint))
	}
	return nil
}

// replica inherits key, users and maintenance from the primary. It holds no data that the
// primary does not have, so it has neither backups nor protection.
func (a *DatabaseArgs) replica(called pulumi.StringPtrInput, diskSize pulumi.IntPtrInput, primary *gcpsql.DatabaseInstance) *gcpsql.DatabaseInstanceArgs {
	settings := a.settings(diskSize)
	settings.AvailabilityType = pulumi.String(zonal)
	settings.DeletionProtectionEnabled = pulumi.Bool(false)
	args := a.instance(settings)
	args.Name = called
	args.MasterInstanceName = primary.Name.ToStringPtrOutput()
	args.DeletionProtection = pulumi.Bool(false)
	return args
}

// instance returns the arguments that the primary and its replicas share.
func (a *DatabaseArgs) instance(settings *gcpsql.DatabaseInstanceSettingsArgs) *gcpsql.DatabaseInstanceArgs {
	return &gcpsql.DatabaseInstanceArgs{
		Project:         pulumi.String(a.Project),
		Region:          pulumi.String(a.Region),
		DatabaseVersion: pulumi.String("POSTGRES_" + strconv.Itoa(a.Version)),
		Settings:        settings,
	}
}

// diskSize returns the size that a server's disk has, or the one to create it with. Cloud SQL grows a disk by itself and
// refuses to shrink it. Every update of a server sends the size of the state, which only a refresh would correct, whether
// the argument is set, left out or ignored (https://github.com/pulumi/pulumi-gcp/issues/2307). The server's name is known
// once its suffix exists, which is after the API was enabled, so a first run looks nothing up before that.
func (a *DatabaseArgs) diskSize(ctx *pulumi.Context, called pulumi.StringPtrOutput, parent pulumi.Resource) pulumi.IntPtrInput {
	project := called.ApplyT(func(*string) string { return a.Project }).(pulumi.StringOutput)
	servers := gcpsql.GetDatabaseInstancesOutput(ctx, gcpsql.GetDatabaseInstancesOutputArgs{Project: project}, pulumi.Parent(parent)).Instances()
	return pulumi.All(called, servers).ApplyT(func(all []any) *int {
		size, name := a.StorageGiB, all[0].(*string)
		for _, server := range all[1].([]gcpsql.GetDatabaseInstancesInstance) {
			if name != nil && server.Name == *name && len(server.Settings) > 0 {
				size = max(size, server.Settings[0].DiskSize)
			}
		}
		return &size
	}).(pulumi.IntPtrOutput)
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
