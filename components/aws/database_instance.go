package aws

import (
	"fmt"
	"strconv"

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
