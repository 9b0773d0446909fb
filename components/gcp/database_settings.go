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

// settings are those that a replica has as well.
func (a *DatabaseArgs) settings() *gcpsql.DatabaseInstanceSettingsArgs {
	return &gcpsql.DatabaseInstanceSettingsArgs{
		Tier: pulumi.String(a.Tier),
		// PostgreSQL 16 and newer would be EnterprisePlus, whose machines have other names.
		Edition:             pulumi.String(string(a.Edition)),
		DiskType:            pulumi.String("PD_SSD"),
		DiskSize:            pulumi.Int(a.StorageGiB),
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

// backups are taken every day, and the transaction logs between them kept as long as
// the edition allows.
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

// maintenance counts its days from Monday, which is 1.
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

// insights says what is recorded of queries. The address of a client is that of a pod,
// which says nothing. Where nothing is recorded Cloud SQL says nothing of it, and the
// provider would find the length of queries missing at every update
// (flattenInsightsConfig).
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

// flags of PostgreSQL, as section 6.2 of the CIS Google Cloud Platform Foundation
// Benchmark wants them. No statement is logged for being slow, because its values would
// be: insights show the slow ones without them. Those that set a password never hold it
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
