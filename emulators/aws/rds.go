package aws

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const (
	dayWindow  = `^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`
	weekWindow = `^(?i)(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$`
)

func databases() kinds {
	lower := cloud.Match("name", `^[a-z](-?[0-9a-z.])*$`,
		"must begin with a letter, have only lowercase alphanumeric characters, periods and single hyphens, and not end in a hyphen")
	return kinds{
		"rds/instance": {
			DisplayName: "RDS DB Instance", ID: "db-{upper:26}",
			Name: &cloud.Name{Property: "identifier", Max: maxName, ReplacedBy: "identifierPrefix"},
			Defaults: vals{
				"autoMinorVersionUpgrade": true, "copyTagsToSnapshot": false, "deleteAutomatedBackups": true,
				"monitoringInterval": 0.0, "performanceInsightsEnabled": false, "publiclyAccessible": false, "skipFinalSnapshot": false,
			},
			ReplaceOn: []string{
				"availabilityZone", "backupTarget", "characterSetName", "customIamInstanceProfile", "dbName", "engine",
				"identifierPrefix", "kmsKeyId", "ncharCharacterSetName", "restoreToPointInTime", "s3Import", "snapshotIdentifier",
				"storageEncrypted", "timezone", "username",
			},
			Computed: []string{"vpcSecurityGroupIds"},
			Rules:    instanceRules(),
			References: []ref{
				holds("dbSubnetGroupName", "rds/subnetGroup", "name"), key("kmsKeyId"), key("performanceInsightsKmsKeyId"),
				{Path: "parameterGroupName", To: "rds/parameterGroup", By: []string{"name"}, BlocksDelete: true, ExternalPrefixes: []string{"default."}},
				points("vpcSecurityGroupIds", "ec2/securityGroup"), role("monitoringRoleArn"),
				points("snapshotIdentifier", "rds/snapshot", "id", "dbSnapshotArn"),
				points("replicateSourceDb", "rds/instance", "identifier", "arn"),
			},
			Unique:   []string{"identifier"},
			Conflict: code{Code: "DBInstanceAlreadyExists", Message: "DB instance already exists: %s"},
			Outputs: vals{
				"arn":     "arn:{partition}:rds:{region}:{account}:db:{identifier}",
				"address": "{identifier}.c9akciq32rnd.{region}.rds.amazonaws.com", "resourceId": "{id}", "status": "available",
				"hostedZoneId": "Z1RLNUO7B9Q6NB", "latestRestorableTime": "{now}", "backupTarget": "region", "backupWindow": "03:12-03:42",
				"maintenanceWindow": "sun:05:10-sun:05:40", "caCertIdentifier": "rds-ca-rsa2048-g1", "networkType": "IPV4",
				"dbSubnetGroupName": "default", "engineLifecycleSupport": "open-source-rds-extended-support", "storageType": "gp2",
				"databaseInsightsMode": "standard", "availabilityZone": "{region}a", "multiAz": false, "backupRetentionPeriod": 0.0,
			},
			Missing:      code{Code: "DBInstanceNotFound", Message: "DBInstance %s not found."},
			Apply:        makeInstance,
			RefuseDelete: instanceKeeps,
			AfterDelete:  instanceGone,
		},
		"rds/snapshot": {
			DisplayName: "RDS DB Snapshot", ID: "{dbSnapshotIdentifier}",
			ReplaceOn:  []string{"dbInstanceIdentifier", "dbSnapshotIdentifier"},
			References: []ref{points("dbInstanceIdentifier", "rds/instance", "identifier", "arn")},
			Outputs: vals{
				"dbSnapshotArn": "arn:{partition}:rds:{region}:{account}:snapshot:{dbSnapshotIdentifier}", "snapshotType": "manual",
				"status": "available",
			},
			Missing: code{Code: "DBSnapshotNotFound", Message: "DBSnapshot not found: %s"},
		},
		"rds/parameterGroup": {
			DisplayName: "RDS DB Parameter Group", ID: "{name}", Name: autoname(maxName),
			Defaults:  vals{"description": managed, "skipDestroy": false, "parameters.applyMethod": "immediate"},
			ReplaceOn: []string{"name", "namePrefix", "family", "description"}, Sets: []string{"parameters"},
			Rules: rules{
				lower, cloud.Length("name", 1, 255), cloud.OneOf("parameters.applyMethod", "immediate", "pending-reboot"),
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "DBParameterGroupAlreadyExists", Message: "Parameter group %s already exists"},
			Outputs:  vals{"arn": "arn:{partition}:rds:{region}:{account}:pg:{name}"},
			Missing:  code{Code: "DBParameterGroupNotFound", Message: "DBParameterGroup not found: %s"},
			InUse: code{
				Code:    "InvalidDBParameterGroupState",
				Message: "One or more database instances are still members of this parameter group %s, so the group cannot be deleted",
			},
			Apply: makeParameters,
		},
		"rds/subnetGroup": {
			DisplayName: "RDS DB Subnet Group", ID: "{name}", Name: autoname(maxName),
			Defaults:  vals{"description": managed},
			ReplaceOn: []string{"name", "namePrefix"},
			Rules: rules{
				cloud.Match("name", `^[0-9a-z_ .-]+$`, "only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces allowed"),
				cloud.Length("name", 1, 255),
			},
			References: []ref{points("subnetIds", "ec2/subnet")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "DBSubnetGroupAlreadyExists", Message: "The DB subnet group '%s' already exists."},
			Outputs: vals{
				"arn": "arn:{partition}:rds:{region}:{account}:subgrp:{name}", "supportedNetworkTypes": list("IPV4"), "vpcId": "",
			},
			Missing: code{Code: "DBSubnetGroupNotFoundFault", Message: "DB subnet group '%s' does not exist."},
			InUse: code{
				Code:    "InvalidDBSubnetGroupStateFault",
				Message: "Cannot delete the subnet group '%s' because at least one database instance is still using it.",
			},
			Apply: func(m *cloud.Operation) error {
				return subnetGroup(m, "DBSubnetGroupDoesNotCoverEnoughAZs", 2)
			},
		},
	}
}

// subnetGroup checks the subnets of a group, and stores their VPC.
func subnetGroup(m *cloud.Operation, refusal string, zones int) error {
	subnets := m.Texts("subnetIds")
	vpc, one := vpcOf(m, subnets)
	if !one {
		return cloud.Refuse("InvalidParameterValue", "The subnets are in more than one VPC")
	}
	if covered := zonesIn(m, subnets); len(covered) < zones {
		return cloud.Refuse(refusal, "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "+
			"Current AZ coverage: %s. Add subnets to cover at least %d AZs.", strings.Join(covered, ", "), zones)
	}
	m.Values["vpcId"] = vpc
	return nil
}

func instanceRules() rules {
	return rules{
		cloud.Length("identifier", 1, 63), cloud.Match("identifier", `^[a-z](-?[0-9a-z])*$`,
			"must begin with a lowercase letter, have only lowercase letters, digits and single hyphens, and not end in a hyphen"),
		cloud.Match("finalSnapshotIdentifier", `^[A-Za-z](-?[0-9A-Za-z])*$`,
			"must begin with a letter, have only letters, digits and single hyphens, and not end in a hyphen"),
		cloud.Between("backupRetentionPeriod", 0, 35), cloud.NumberOf("monitoringInterval", 0, 1, 5, 10, 15, 30, 60),
		cloud.OneOf("storageType", "standard", "gp2", "gp3", "io1", "io2"), cloud.OneOf("networkType", "IPV4", "DUAL"),
		cloud.OneOf("replicaMode", "open-read-only", "mounted"), cloud.OneOf("databaseInsightsMode", "standard", "advanced"),
		cloud.OneOf("engineLifecycleSupport", "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
		cloud.OneOf("enabledCloudwatchLogsExports", "agent", "alert", "audit", "diag.log", "error", "general", "iam-db-auth-error",
			"listener", "notify.log", "oemagent", "postgresql", "slowquery", "trace", "upgrade"),
		cloud.Match("backupWindow", dayWindow, "must satisfy the format of \"hh24:mi-hh24:mi\""),
		cloud.Match("maintenanceWindow", weekWindow, "must satisfy the format of \"ddd:hh24:mi-ddd:hh24:mi\""),
		arn("kmsKeyId"), arn("performanceInsightsKmsKeyId"), arn("monitoringRoleArn"),
		cloud.Exclusive("dbName", "replicateSourceDb"), cloud.Exclusive("engine", "replicateSourceDb"),
		cloud.Exclusive("username", "replicateSourceDb"), cloud.Exclusive("identifier", "identifierPrefix"),
		cloud.Exclusive("password", "manageMasterUserPassword"), cloud.Exclusive("snapshotIdentifier", "replicateSourceDb", "s3Import"),
		apart("backupWindow", "maintenanceWindow", 30), insights,
		cloud.Match("dbName", `^[A-Za-z_][0-9A-Za-z_]{0,62}$`, "must begin with a letter, have only letters, digits and underscores, and up to 63"),
		cloud.Length("password", 8, 128), cloud.Match("password", `^[^/@" ]+$`, "must not have /, @, \" or spaces"),
	}
}

// isDefault tells whether a parameter has RDS's default value. RDS stores no apply method for such a parameter
// (https://github.com/hashicorp/terraform-provider-aws/issues/39252).
func isDefault(family, name, value string) bool {
	major, err := strconv.Atoi(strings.TrimPrefix(family, "postgres"))
	return err == nil && major >= 15 && name == "rds.force_ssl" && value == "1"
}

func makeParameters(m *cloud.Operation) error {
	static := []string{
		"shared_preload_libraries", "max_connections", "shared_buffers", "rds.logical_replication", "max_wal_senders",
		"max_replication_slots", "max_worker_processes", "huge_pages", "wal_buffers", "track_activity_query_size",
	}
	for _, one := range m.Objects("parameters") {
		if one.Text("applyMethod") == "immediate" && isDefault(m.Text("family"), one.Text("name"), one.Text("value")) {
			return cloud.Refuse("FoundChangedEverAfter", "%s is %s by default in %s: RDS notes pending-reboot for it, whatever is asked for",
				one.Text("name"), one.Text("value"), m.Text("family"))
		}
		if slices.Contains(static, one.Text("name")) && one.Text("applyMethod") == "immediate" {
			return cloud.Refuse("InvalidParameterCombination", "cannot use immediate apply method for static parameter %s", one.Text("name"))
		}
	}
	return nil
}
