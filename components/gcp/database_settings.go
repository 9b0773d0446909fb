package gcp

import (
	"fmt"
	"time"

	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp/limits"
)

const (
	zonal    = "ZONAL"
	regional = "REGIONAL"
)

// settings are those of the primary and its replicas.
func (a *DatabaseArgs) settings(diskSize pulumi.IntPtrInput) *gcpsql.DatabaseInstanceSettingsArgs {
	return &gcpsql.DatabaseInstanceSettingsArgs{
		Tier: pulumi.String(a.Tier),
		// The default edition of PostgreSQL 16 and newer is EnterprisePlus, with other
		// machine types.
		Edition:             pulumi.String(string(a.Edition)),
		DiskType:            pulumi.String("PD_SSD"),
		DiskSize:            diskSize,
		DiskAutoresize:      pulumi.Bool(a.MaxStorageGiB > 0),
		DiskAutoresizeLimit: pulumi.Int(a.MaxStorageGiB),
		DatabaseFlags:       flags(),
		IpConfiguration: &gcpsql.DatabaseInstanceSettingsIpConfigurationArgs{
			Ipv4Enabled: pulumi.Bool(false),
			SslMode:     pulumi.String("ENCRYPTED_ONLY"),
			PscConfigs: gcpsql.DatabaseInstanceSettingsIpConfigurationPscConfigArray{&gcpsql.DatabaseInstanceSettingsIpConfigurationPscConfigArgs{
				PscEnabled:              pulumi.Bool(true),
				AllowedConsumerProjects: pulumi.StringArray{pulumi.String(a.Project)},
			}},
		},
		InsightsConfig: a.insights(),
		UserLabels:     a.Labels.All(),
	}
}

func (a *DatabaseArgs) availability() string {
	if a.Regional {
		return regional
	}
	return zonal
}

// backups are taken daily. Transaction logs are kept as long as the edition allows
// (https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr).
func (a *DatabaseArgs) backups() *gcpsql.DatabaseInstanceSettingsBackupConfigurationArgs {
	logDays := limits.EnterpriseLogDays
	if a.Edition == EnterprisePlus {
		logDays = limits.EnterprisePlusLogDays
	}
	return &gcpsql.DatabaseInstanceSettingsBackupConfigurationArgs{
		Enabled:                     pulumi.Bool(true),
		StartTime:                   pulumi.String(fmt.Sprintf("%02d:00", a.BackupHour)),
		Location:                    pulumi.String(a.Region),
		PointInTimeRecoveryEnabled:  pulumi.Bool(true),
		TransactionLogRetentionDays: pulumi.Int(min(a.BackupDays, logDays)),
		BackupRetentionSettings: &gcpsql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs{
			RetainedBackups: pulumi.Int(a.BackupDays),
			RetentionUnit:   pulumi.String("COUNT"),
		},
	}
}

// maintenance counts days from Monday, which is 1.
func (a *DatabaseArgs) maintenance() *gcpsql.DatabaseInstanceSettingsMaintenanceWindowArgs {
	day := int(a.MaintenanceWindow.Day)
	if a.MaintenanceWindow.Day == time.Sunday {
		day = 7
	}
	return &gcpsql.DatabaseInstanceSettingsMaintenanceWindowArgs{
		Day:         pulumi.Int(day),
		Hour:        pulumi.Int(a.MaintenanceWindow.Hour),
		UpdateTrack: pulumi.String("stable"),
	}
}

// insights configures Query Insights. Client addresses are those of pods, which say
// nothing. When Query Insights is off, Cloud SQL returns no configuration, and with one the
// provider would find a change at every update (flattenInsightsConfig).
func (a *DatabaseArgs) insights() gcpsql.DatabaseInstanceSettingsInsightsConfigPtrInput {
	if a.Insights == arguments.Off {
		return nil
	}
	return &gcpsql.DatabaseInstanceSettingsInsightsConfigArgs{
		QueryInsightsEnabled:  pulumi.Bool(true),
		RecordApplicationTags: pulumi.Bool(true),
		RecordClientAddress:   pulumi.Bool(false),
	}
}

// flags of PostgreSQL, as section 6.2 of the CIS Google Cloud Platform Foundation Benchmark
// requires. Slow statements are not logged, because the log would contain their values;
// Query Insights shows them without values. Statements that set a password never contain it
// in plain text, see the role Job.
func flags() gcpsql.DatabaseInstanceSettingsDatabaseFlagArray {
	var all gcpsql.DatabaseInstanceSettingsDatabaseFlagArray
	for _, flag := range [][2]string{
		{"cloudsql.enable_pgaudit", "on"},
		{"cloudsql.iam_authentication", "on"},
		{"log_checkpoints", "on"},
		{"log_connections", "on"},
		{"log_disconnections", "on"},
		{"log_error_verbosity", "default"},
		{"log_lock_waits", "on"},
		{"log_min_duration_statement", "-1"},
		{"log_min_error_statement", "error"},
		{"log_min_messages", "warning"},
		{"log_statement", "ddl"},
		{"log_temp_files", "0"},
	} {
		all = append(all, &gcpsql.DatabaseInstanceSettingsDatabaseFlagArgs{Name: pulumi.String(flag[0]), Value: pulumi.String(flag[1])})
	}
	return all
}
