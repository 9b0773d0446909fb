package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func sqlRules() rules {
	at := "settings."
	return rules{
		cloud.Match("name", `^[a-z]([-a-z0-9]{0,96}[a-z0-9])?$`, "is no name of an instance: a lower-case letter, then up to 97 lower-case letters, digits and hyphens"),
		cloud.OneOf(at+"availabilityType", "REGIONAL", "ZONAL"), cloud.OneOf(at+"activationPolicy", "ALWAYS", "NEVER", "ON_DEMAND"),
		cloud.OneOf(at+"edition", "ENTERPRISE", "ENTERPRISE_PLUS"), cloud.OneOf(at+"connectorEnforcement", "NOT_REQUIRED", "REQUIRED"),
		cloud.OneOf(at+"diskType", "PD_SSD", "PD_HDD", "HYPERDISK_BALANCED"), cloud.OneOf(at+"pricingPlan", "PER_USE"),
		cloud.OneOf(at+"ipConfiguration.sslMode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
		cloud.OneOf(at+"ipConfiguration.serverCaMode", "CA_MODE_UNSPECIFIED", "GOOGLE_MANAGED_INTERNAL_CA", "GOOGLE_MANAGED_CAS_CA"),
		cloud.Between(at+"maintenanceWindow.day", 1, 7), cloud.Between(at+"maintenanceWindow.hour", 0, 23),
		cloud.OneOf(at+"maintenanceWindow.updateTrack", "canary", "stable", "week5"),
		cloud.Between(at+"insightsConfig.queryStringLength", 256, 1048576), cloud.Between(at+"insightsConfig.queryPlansPerMinute", 0, 200),
		cloud.Match(at+"backupConfiguration.startTime", `^([01]\d|2[0-3]):[0-5]\d$`, "is no time (HH:MM)"),
		cloud.OneOf(at+"backupConfiguration.backupRetentionSettings.retentionUnit", "COUNT"),
		cloud.Between(at+"backupConfiguration.backupRetentionSettings.retainedBackups", 1, 365),
		cloud.OneOf(at+"passwordValidationPolicy.complexity", "COMPLEXITY_DEFAULT", "COMPLEXITY_UNSPECIFIED"),
		cloud.Exclusive("settings", "clone"), needsSettings, sqlAgrees,
	}
}

func needsSettings(j *cloud.Validation) {
	if !j.Has("settings") && !j.Has("clone") {
		j.Fail("settings", "one of `clone,settings` must be specified")
	}
	version := j.Text("databaseVersion")
	number, isPostgres := strings.CutPrefix(version, "POSTGRES_")
	if isPostgres && !slices.Contains(postgresVersions(), number) {
		j.Fail("databaseVersion", "%s is no version of Cloud SQL", version)
	}
}

// sqlAgrees checks which arguments can be combined. https://cloud.google.com/sql/docs/postgres/editions-intro and
// /postgres/backup-recovery/pitr
func sqlAgrees(j *cloud.Validation) {
	settings := "settings."
	backups := settings + "backupConfiguration."
	if !j.Known("settings") || !j.Has("settings") {
		return
	}
	plus, postgres, tier := j.Text(settings+"edition") == "ENTERPRISE_PLUS", strings.HasPrefix(j.Text("databaseVersion"), "POSTGRES"), j.Text(settings+"tier")
	pitr, replica := j.True(backups+"pointInTimeRecoveryEnabled"), j.Has("masterInstanceName")
	days := j.Number(backups + "transactionLogRetentionDays")
	switch {
	case pitr && !j.True(backups+"enabled"):
		j.Fail(backups+"pointInTimeRecoveryEnabled", "Point-in-time recovery needs automated backups")
	case postgres && j.True(backups+"binaryLogEnabled"):
		j.Fail(backups+"binaryLogEnabled", "Binary log can only be enabled for MySQL instances")
	case j.Text(settings+"availabilityType") == "REGIONAL" && !replica && (!j.True(backups+"enabled") || !pitr && postgres):
		j.Fail(settings+"availabilityType", "Regional instances need backups and point-in-time recovery to be enabled")
	case days > 7 && !plus:
		j.Fail(backups+"transactionLogRetentionDays", "is 1 to 7 with the edition ENTERPRISE, and 1 to 35 with ENTERPRISE_PLUS")
	case days > 35:
		j.Fail(backups+"transactionLogRetentionDays", "is 1 to 35")
	case j.True(settings+"dataCacheConfig.dataCacheEnabled") && !plus:
		j.Fail(settings+"dataCacheConfig", "Data cache needs the edition ENTERPRISE_PLUS")
	case postgres && plus && !strings.HasPrefix(tier, "db-perf-optimized-N-"):
		j.Fail(settings+"tier", "Invalid Tier (%s) for (ENTERPRISE_PLUS) Edition", tier)
	case postgres && !plus && j.Known(settings+"edition") && !enterpriseTier(tier):
		j.Fail(settings+"tier", "Invalid Tier (%s) for (ENTERPRISE) Edition. Use a predefined tier or a custom one like db-custom-2-7680", tier)
	case postgres && plus && versionOf(j.Text("databaseVersion")) < 12:
		j.Fail("databaseVersion", "ENTERPRISE_PLUS needs PostgreSQL 12 or later")
	case replica && j.True(backups+"enabled"):
		j.Fail(backups+"enabled", "Backups cannot be enabled for a read replica")
	}
	log := j.Number(backups + "backupRetentionSettings.retainedBackups")
	if log > 0 && days > 0 && days > log {
		j.Fail(backups+"transactionLogRetentionDays", "transaction logs cannot be kept longer than backups (%v backups)", log)
	}
}

// enterpriseTier tells whether a tier is a shared core or has an allowed size: 1 CPU or an even number of them, each
// with 0.9 to 6.5 GB, in steps of 256 MB and at least 3.75 GB.
func enterpriseTier(tier string) bool {
	if slices.Contains([]string{"db-f1-micro", "db-g1-small"}, tier) {
		return true
	}
	var cores, memory int
	if n, err := fmt.Sscanf(tier, "db-custom-%d-%d", &cores, &memory); err != nil || n != 2 {
		return false
	}
	even := cores == 1 || cores%2 == 0 && cores >= 2 && cores <= 96
	return even && memory%256 == 0 && memory >= 3840 && float64(memory) >= 0.9*1024*float64(cores) && memory <= 6656*cores
}
