package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

// database registers the server on RDS; nil if the environment has none.
func (w wiring) database(base foundation) (*components.Database, error) {
	if !w.environment.HasManagedDatabase() {
		return nil, nil
	}
	args, err := w.databaseArgs(base)
	if err != nil {
		return nil, err
	}
	return components.NewDatabase(w.ctx, w.name, args, w.options...)
}

func (w wiring) databaseArgs(base foundation) (*components.DatabaseArgs, error) {
	wanted := w.environment.Database.Managed
	class, err := limits.DatabaseClass(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	server, err := cloud.NewDatabaseServer(wanted, limits.MaxDatabaseStorageGiB)
	if err != nil {
		return nil, err
	}
	args := &components.DatabaseArgs{
		Region:         w.environment.AWS.Region,
		VpcID:          base.network.VpcID,
		SubnetIDs:      base.network.PrivateSubnetIDs,
		AllowFrom:      pulumi.StringArray{base.cluster.SecurityGroupID},
		InstanceClass:  class,
		Version:        server.Version,
		StorageGiB:     server.StorageGiB,
		MaxStorageGiB:  server.MaxStorageGiB,
		MultiAZ:        wanted.Availability == spec.MultiZone,
		BackupDays:     wanted.BackupDays,
		KeyARN:         base.key.ARN,
		Name:           w.environment.Database.Name,
		User:           spec.DatabaseAdministrator,
		Data:           w.environment.HeldDatabase(spec.Managed),
		DeletionPolicy: deletion.Delete,
		Monitoring:     components.BasicMonitoring,
		Replicas:       wanted.Replicas,
		RestoreFrom:    wanted.RestoreFrom,
		Apply:          components.ApplyAtOnce,
		Logs:           w.serviceLogs(base.key),
		Tags:           w.tags,
	}
	if w.production() {
		// The final snapshot is kept even if the protection was lifted by name.
		args.DeletionPolicy = deletion.Snapshot
		args.Monitoring = components.EnhancedMonitoring
	}
	return args, nil
}

// serviceLogs are the log groups of a data service.
func (w wiring) serviceLogs(key *components.Key) components.ServiceLogs {
	return components.ServiceLogs{RetentionDays: w.logDays(), KeyARN: key.ARN}
}
