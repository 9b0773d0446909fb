package aws

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// administrator is the master user of the database server; the app has a role of
// its own.
const administrator = "djangostack_admin"

func (w *wiring) database() error {
	if w.e.Database.Kind != spec.Managed {
		return nil
	}
	wanted := w.e.Database.Managed
	args, err := w.databaseArgs(wanted)
	if err != nil {
		return err
	}
	database, err := components.NewDatabase(w.ctx, w.name, args, w.options...)
	if err != nil {
		return err
	}
	w.platform.Database = &database.Admin
	w.platform.Prerequisites = append(w.platform.Prerequisites, database)
	return nil
}

func (w *wiring) databaseArgs(wanted spec.ManagedDatabase) (*components.DatabaseArgs, error) {
	class, err := limits.DatabaseClass(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	storage, err := sizes.GiB(string(wanted.Storage))
	if err != nil {
		return nil, err
	}
	most := sizes.MaxGrowth(storage, limits.MaxDatabaseStorageGiB)
	if wanted.MaxStorage != "" {
		if most, err = sizes.GiB(string(wanted.MaxStorage)); err != nil {
			return nil, err
		}
	}
	version, err := strconv.Atoi(wanted.Version)
	if err != nil {
		return nil, fmt.Errorf("reading database.managed.version: %w", err)
	}
	protect := w.e.ProtectionOf(spec.DatabaseData)
	args := &components.DatabaseArgs{
		Region:         w.e.AWS.Region,
		VpcID:          w.made.network.VpcID,
		SubnetIDs:      w.made.network.PrivateSubnetIDs,
		AllowFrom:      pulumi.StringArray{w.made.cluster.SecurityGroupID},
		InstanceClass:  class,
		Version:        version,
		StorageGiB:     storage,
		MaxStorageGiB:  most,
		MultiAZ:        wanted.Availability == spec.MultiZone,
		BackupDays:     wanted.BackupDays,
		KeyARN:         w.made.key.ARN,
		Name:           w.e.Database.Name,
		User:           administrator,
		Protect:        protect,
		DeletionPolicy: deletion.Delete,
		Monitoring:     components.BasicMonitoring,
		Replicas:       wanted.Replicas,
		RestoreFrom:    wanted.RestoreFrom,
		Apply:          components.ApplyAtOnce,
		Logs:           components.ServiceLogs{RetentionDays: w.logDays(), KeyARN: w.made.key.ARN},
		Tags:           w.tags,
	}
	if w.e.Tier == spec.Production {
		// The last snapshot stays even when the protection was lifted by name.
		args.DeletionPolicy = deletion.Snapshot
		args.Monitoring = components.EnhancedMonitoring
	}
	return args, nil
}
