package aws

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	awsrds "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
)

func (s *databaseParts) primary(a *DatabaseArgs, name string) *awsrds.InstanceArgs {
	args := s.common(a, name+"-database")
	args.Identifier = s.identifier.ToStringPtrOutput()
	args.Engine = pulumi.String("postgres")
	args.Password = s.password.ToStringPtrOutput()
	args.AllocatedStorage = pulumi.Int(a.StorageGiB)
	args.MaxAllocatedStorage = pulumi.Int(a.growth())
	// A disk that grows beyond StripedGiB must ask for its speed: otherwise the provider sends
	// the figures of the smaller disk, which RDS refuses (dbInstancePopulateModify of
	// terraform-provider-aws).
	if a.StorageGiB >= limits.StripedGiB {
		args.Iops, args.StorageThroughput = pulumi.Int(limits.StripedIOPS), pulumi.Int(limits.StripedThroughput)
	}
	args.MultiAz = pulumi.Bool(a.MultiAZ)
	args.DbSubnetGroupName = s.subnetGroup.Name.ToStringPtrOutput()
	args.BackupRetentionPeriod = pulumi.Int(a.BackupDays)
	args.DeletionProtection = pulumi.Bool(a.Data.Protected)
	args.SkipFinalSnapshot = pulumi.Bool(a.DeletionPolicy == deletion.Delete)
	args.DeleteAutomatedBackups = pulumi.Bool(a.DeletionPolicy == deletion.Delete)
	if a.DeletionPolicy == deletion.Snapshot {
		args.FinalSnapshotIdentifier = pulumi.Sprintf("%s-final", s.identifier).ToStringPtrOutput()
	}
	a.origin(args)
	if a.BackupWindow != "" {
		args.BackupWindow = pulumi.String(a.BackupWindow)
	}
	return args
}

// origin sets where the data comes from. A restored server has the key, the database and
// the administrator of the snapshot, whatever the arguments say. With other arguments, the
// next update would find a change and replace the server (resourceInstanceCreate of
// terraform-provider-aws).
func (a *DatabaseArgs) origin(args *awsrds.InstanceArgs) {
	if a.RestoreFrom != "" {
		args.SnapshotIdentifier = pulumi.String(a.RestoreFrom)
		return
	}
	args.DbName = pulumi.String(a.Name)
	args.Username = pulumi.String(a.User)
	if a.KeyARN != nil {
		args.KmsKeyId = a.KeyARN.ToStringOutput().ToStringPtrOutput()
	}
}

// refuseUnfitSnapshot returns an option that looks the snapshot up before the server is
// created, in a preview as well. RDS itself refuses a snapshot that is too large or too new
// after minutes, and restores an unencrypted one, which the next update would replace by an
// encrypted and empty server.
func (a *DatabaseArgs) refuseUnfitSnapshot(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.ResourceOption, error) {
	hook, err := ctx.RegisterResourceHook("snapshot-"+name, func(*pulumi.ResourceHookArgs) error {
		wanted := awsrds.LookupSnapshotArgs{DbSnapshotIdentifier: &a.RestoreFrom}
		if shared := strings.HasPrefix(a.RestoreFrom, "arn:"); shared {
			wanted.IncludeShared = &shared
		}
		found, err := awsrds.LookupSnapshot(ctx, &wanted, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("looking for the snapshot %s: %w", a.RestoreFrom, err)
		}
		return a.fits(found)
	}, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return nil, fmt.Errorf("registering the check of the snapshot: %w", err)
	}
	return pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{hook}}), nil
}

// fits reports why a server cannot be restored from a snapshot.
func (a *DatabaseArgs) fits(snapshot *awsrds.LookupSnapshotResult) error {
	var problems []error
	refuse := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("the snapshot %s "+format, append([]any{a.RestoreFrom}, values...)...))
	}
	if snapshot.Engine != "" && snapshot.Engine != "postgres" {
		refuse("is of the engine %s, not postgres", snapshot.Engine)
	}
	if !snapshot.Encrypted {
		refuse("is not encrypted. Copy it with a key and restore the copy: "+
			"aws rds copy-db-snapshot --source-db-snapshot-identifier %s --target-db-snapshot-identifier NAME --kms-key-id KEY", a.RestoreFrom)
	}
	if snapshot.AllocatedStorage > a.StorageGiB {
		refuse("needs %d GiB, and the server has %d", snapshot.AllocatedStorage, a.StorageGiB)
	}
	major, _, _ := strings.Cut(snapshot.EngineVersion, ".")
	if version, err := strconv.Atoi(major); err == nil && version > a.Version {
		refuse("is of PostgreSQL %d, and the server is of %d", version, a.Version)
	}
	return errors.Join(problems...)
}

// growth is the size that the disk may grow to; 0 if it does not grow.
func (a *DatabaseArgs) growth() int {
	if a.MaxStorageGiB == a.StorageGiB {
		return 0
	}
	return a.MaxStorageGiB
}

// newReplica registers a read replica. It inherits key, subnets and administrator from the
// primary. It holds no data that the primary does not have, so it has neither backups nor
// protection.
func (s *databaseParts) newReplica(ctx *pulumi.Context, part string, number int, a *DatabaseArgs, primary *awsrds.Instance, parent pulumi.Resource) (*awsrds.Instance, error) {
	identifier := pulumi.Sprintf("%s-replica-%d", s.identifier, number)
	before, err := a.logGroups(ctx, part, identifier, parent)
	if err != nil {
		return nil, err
	}
	args := s.common(a, part)
	args.Identifier = identifier.ToStringPtrOutput()
	args.ReplicateSourceDb = primary.Identifier.ToStringPtrOutput()
	args.BackupRetentionPeriod = pulumi.Int(0)
	args.DeletionProtection = pulumi.Bool(false)
	args.SkipFinalSnapshot = pulumi.Bool(true)
	args.MaxAllocatedStorage = pulumi.Int(a.growth())
	replica, err := awsrds.NewInstance(ctx, part, args, pulumi.Parent(parent), pulumi.DependsOn(append(before, s.prerequisites...)))
	if err != nil {
		return nil, fmt.Errorf("registering the replica %s: %w", part, err)
	}
	return replica, nil
}

func (s *databaseParts) common(a *DatabaseArgs, part string) *awsrds.InstanceArgs {
	args := &awsrds.InstanceArgs{
		InstanceClass: pulumi.String(a.InstanceClass),
		// RDS picks the newest minor version and upgrades it automatically.
		EngineVersion:                      pulumi.String(strconv.Itoa(a.Version)),
		AutoMinorVersionUpgrade:            pulumi.Bool(true),
		AllowMajorVersionUpgrade:           pulumi.Bool(true),
		ApplyImmediately:                   pulumi.Bool(a.Apply == ApplyAtOnce),
		ParameterGroupName:                 s.parameterGroup.Name.ToStringPtrOutput(),
		VpcSecurityGroupIds:                pulumi.StringArray{s.securityGroup.ID()},
		Port:                               pulumi.Int(postgresPort),
		PubliclyAccessible:                 pulumi.Bool(false),
		CaCertIdentifier:                   pulumi.String(authority),
		IamDatabaseAuthenticationEnabled:   pulumi.Bool(true),
		StorageType:                        pulumi.String("gp3"),
		StorageEncrypted:                   pulumi.Bool(true),
		CopyTagsToSnapshot:                 pulumi.Bool(true),
		EnabledCloudwatchLogsExports:       pulumi.ToStringArray(exportedLogs()),
		PerformanceInsightsEnabled:         pulumi.Bool(true),
		PerformanceInsightsRetentionPeriod: pulumi.Int(limits.FreeInsightsDays),
		MonitoringInterval:                 pulumi.Int(0),
		Tags:                               a.Tags.For(part),
	}
	if a.KeyARN != nil {
		args.PerformanceInsightsKmsKeyId = a.KeyARN.ToStringOutput().ToStringPtrOutput()
	}
	if a.MaintenanceWindow != "" {
		args.MaintenanceWindow = pulumi.String(a.MaintenanceWindow)
	}
	if s.monitoringRole != nil {
		args.MonitoringInterval = pulumi.Int(monitoringSeconds)
		args.MonitoringRoleArn = s.monitoringRole
	}
	return args
}

func exportedLogs() []string { return []string{"postgresql", "upgrade"} }
