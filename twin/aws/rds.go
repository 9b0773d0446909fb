package aws

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/twin/cloud"
)

const (
	dayWindow  = `^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`
	weekWindow = `^(?i)(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$`
)

func databases() kinds {
	lower := cloud.Match("name", `^[a-z0-9]([0-9a-z.-]*[0-9a-z])?$`, "only lowercase alphanumeric characters, hyphens and periods allowed")
	return kinds{
		"rds/instance": {
			Called: "RDS DB Instance", ID: "db-{upper:26}",
			Name: &cloud.Name{Property: "identifier", Max: maxName, Instead: "identifierPrefix"},
			Defaults: vals{
				"autoMinorVersionUpgrade": true, "copyTagsToSnapshot": false, "deleteAutomatedBackups": true,
				"monitoringInterval": 0.0, "performanceInsightsEnabled": false, "publiclyAccessible": false, "skipFinalSnapshot": false,
			},
			Replaces: []string{
				"availabilityZone", "backupTarget", "characterSetName", "customIamInstanceProfile", "dbName", "engine",
				"identifierPrefix", "kmsKeyId", "ncharCharacterSetName", "restoreToPointInTime", "s3Import", "snapshotIdentifier",
				"storageEncrypted", "timezone", "username",
			},
			Computed: []string{"vpcSecurityGroupIds"},
			Rules:    instanceRules(),
			References: []ref{
				holds("dbSubnetGroupName", "rds/subnetGroup", "name"), key("kmsKeyId"), key("performanceInsightsKmsKeyId"),
				{Path: "parameterGroupName", To: "rds/parameterGroup", By: []string{"name"}, Holds: true, Outside: []string{"default."}},
				points("vpcSecurityGroupIds", "ec2/securityGroup"), role("monitoringRoleArn"),
				points("snapshotIdentifier", "rds/snapshot", "id", "dbSnapshotArn"),
				points("replicateSourceDb", "rds/instance", "identifier", "arn"),
			},
			Unique: []string{"identifier"},
			Taken:  code{Code: "DBInstanceAlreadyExists", Says: "DB instance already exists: %s"},
			Outputs: vals{
				"arn":     "arn:{partition}:rds:{region}:{account}:db:{identifier}",
				"address": "{identifier}.c9akciq32rnd.{region}.rds.amazonaws.com", "resourceId": "{id}", "status": "available",
				"hostedZoneId": "Z1RLNUO7B9Q6NB", "latestRestorableTime": "{now}", "backupTarget": "region", "backupWindow": "03:12-03:42",
				"maintenanceWindow": "sun:05:10-sun:05:40", "caCertIdentifier": "rds-ca-rsa2048-g1", "networkType": "IPV4",
				"dbSubnetGroupName": "default", "engineLifecycleSupport": "open-source-rds-extended-support", "storageType": "gp2",
				"databaseInsightsMode": "standard", "availabilityZone": "{region}a", "multiAz": false, "backupRetentionPeriod": 0.0,
			},
			Missing: code{Code: "DBInstanceNotFound", Says: "DBInstance %s not found."},
			Make:    makeInstance,
			Keeps:   instanceKeeps,
			Gone:    instanceGone,
		},
		"rds/snapshot": {
			Called: "RDS DB Snapshot", ID: "{dbSnapshotIdentifier}",
			Replaces:   []string{"dbInstanceIdentifier", "dbSnapshotIdentifier"},
			References: []ref{points("dbInstanceIdentifier", "rds/instance", "identifier", "arn")},
			Outputs: vals{
				"dbSnapshotArn": "arn:{partition}:rds:{region}:{account}:snapshot:{dbSnapshotIdentifier}", "snapshotType": "manual",
				"status": "available",
			},
			Missing: code{Code: "DBSnapshotNotFound", Says: "DBSnapshot not found: %s"},
		},
		"rds/parameterGroup": {
			Called: "RDS DB Parameter Group", ID: "{name}", Name: autoname(maxName),
			Defaults: vals{"description": managed, "skipDestroy": false, "parameters.applyMethod": "immediate"},
			Replaces: []string{"name", "namePrefix", "family", "description"}, Sets: []string{"parameters"},
			Rules: rules{
				lower, cloud.Length("name", 1, 255), cloud.OneOf("parameters.applyMethod", "immediate", "pending-reboot"),
			},
			Unique:  []string{"name"},
			Taken:   code{Code: "DBParameterGroupAlreadyExists", Says: "Parameter group %s already exists"},
			Outputs: vals{"arn": "arn:{partition}:rds:{region}:{account}:pg:{name}"},
			Missing: code{Code: "DBParameterGroupNotFound", Says: "DBParameterGroup not found: %s"},
			InUse: code{
				Code: "InvalidDBParameterGroupState",
				Says: "One or more database instances are still members of this parameter group %s, so the group cannot be deleted",
			},
			Make: makeParameters,
		},
		"rds/subnetGroup": {
			Called: "RDS DB Subnet Group", ID: "{name}", Name: autoname(maxName),
			Defaults: vals{"description": managed},
			Replaces: []string{"name", "namePrefix"},
			Rules: rules{
				cloud.Match("name", `^[0-9a-z_ .-]+$`, "only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces allowed"),
				cloud.Length("name", 1, 255),
			},
			References: []ref{points("subnetIds", "ec2/subnet")},
			Unique:     []string{"name"},
			Taken:      code{Code: "DBSubnetGroupAlreadyExists", Says: "The DB subnet group '%s' already exists."},
			Outputs: vals{
				"arn": "arn:{partition}:rds:{region}:{account}:subgrp:{name}", "supportedNetworkTypes": list("IPV4"), "vpcId": "",
			},
			Missing: code{Code: "DBSubnetGroupNotFoundFault", Says: "DB subnet group '%s' does not exist."},
			InUse: code{
				Code: "InvalidDBSubnetGroupStateFault",
				Says: "Cannot delete the subnet group '%s' because at least one database instance is still using it.",
			},
			Make: func(m *cloud.Making) error {
				return subnetGroup(m, "DBSubnetGroupDoesNotCoverEnoughAZs", 2)
			},
		},
	}
}

// subnetGroup judges the subnets of a group, and notes their VPC.
func subnetGroup(m *cloud.Making, refusal string, zones int) error {
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
		cloud.Length("password", 8, 128), cloud.Match("password", `^[^/@" ]+$`, "must not have /, @, \" or spaces"),
	}
}

// insights judges how long Performance Insights keeps what it sees.
func insights(j *cloud.Judging) {
	days, on := j.Number("performanceInsightsRetentionPeriod"), j.True("performanceInsightsEnabled")
	months := int(days) / 31
	switch {
	case !j.Known("performanceInsightsRetentionPeriod") || !j.Known("performanceInsightsEnabled"):
	case days > 0 && !on:
		j.Fail("performanceInsightsRetentionPeriod", "goes with performanceInsightsEnabled")
	case days > 0 && days != 7 && days != 731 && (int(days)%31 != 0 || months > 23):
		j.Fail("performanceInsightsRetentionPeriod", "is 7, 731, or 31 times 1 to 23 (got %v)", days)
	case j.Text("databaseInsightsMode") == "advanced" && days < 465:
		j.Fail("databaseInsightsMode", "advanced needs performanceInsightsRetentionPeriod of at least 465 days")
	}
}

func makeInstance(m *cloud.Making) error {
	source := m.One(Token("rds/instance"), "identifier", m.Text("replicateSourceDb"))
	if len(source) == 0 {
		source = m.One(Token("rds/instance"), "arn", m.Text("replicateSourceDb"))
	}
	snapshot := m.One(Token("rds/snapshot"), "id", m.Text("snapshotIdentifier"))
	if m.Has("replicateSourceDb") {
		if source.Number("backupRetentionPeriod") == 0 {
			return cloud.Refuse("InvalidDBInstanceState", "Automated backups are not enabled for this database instance. "+
				"To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.")
		}
		inherit(m, source, "engine", "engineVersion", "allocatedStorage", "username", "dbName", "port", "kmsKeyId", "storageEncrypted")
	}
	inherit(m, snapshot, "engine", "engineVersion", "allocatedStorage", "username", "dbName", "port", "kmsKeyId", "storageEncrypted")
	if err := judgeInstance(m); err != nil {
		return err
	}
	engine, major := m.Text("engine"), majorOf(m)
	if m.Text("engineVersion") == "" {
		m.Values["engineVersion"] = "17.6"
	}
	m.Values["engineVersionActual"] = m.Text("engineVersion")
	if !strings.Contains(m.Text("engineVersion"), ".") {
		m.Values["engineVersionActual"] = m.Text("engineVersion") + ".6"
	}
	defaults := vals{
		"port": 5432.0, "parameterGroupName": "default." + engine + major, "optionGroupName": "default:" + engine + "-" + major,
		"licenseModel": "postgresql-license",
	}
	for name, value := range defaults {
		if _, has := m.Values[name]; !has {
			m.Values[name] = value
		}
	}
	m.Values["endpoint"] = m.Template("{address}:{port}")
	m.Values["listenerEndpoints"] = []any{}
	if m.True("storageEncrypted") && m.Text("kmsKeyId") == "" {
		m.Values["kmsKeyId"] = defaultKey(m, "rds")
	}
	if m.True("manageMasterUserPassword") {
		m.Values["masterUserSecrets"] = []any{vals{"secretStatus": "active",
			"secretArn": m.Template("arn:{partition}:secretsmanager:{region}:{account}:secret:rds!{id}-{letters:6}")}}
	}
	for _, log := range m.Texts("enabledCloudwatchLogsExports") {
		writesLogs(m, "/aws/rds/instance/"+m.Text("identifier")+"/"+log, "")
	}
	group := m.One(Token("rds/subnetGroup"), "name", m.Text("dbSubnetGroupName"))
	interfaces(m, "RDSNetworkInterface of "+m.Text("identifier"), m.True("publiclyAccessible"), group.Texts("subnetIds"), m.Texts("vpcSecurityGroupIds"))
	return nil
}

func inherit(m *cloud.Making, from cloud.Values, names ...string) {
	for _, name := range names {
		if _, has := m.Values[name]; !has && from[name] != nil {
			m.Values[name] = from[name]
		}
	}
}

func majorOf(m *cloud.Making) string {
	version := m.Text("engineVersion")
	if version == "" {
		version = "17"
	}
	major, _, _ := strings.Cut(version, ".")
	return major
}

func judgeInstance(m *cloud.Making) error {
	engine, replica, restored := m.Text("engine"), m.Has("replicateSourceDb"), m.Has("snapshotIdentifier")
	invalid := func(format string, values ...any) error {
		return cloud.Refuse("InvalidParameterCombination", format, values...)
	}
	if !replica && !restored && !m.Has("restoreToPointInTime") {
		switch {
		case engine == "":
			return invalid(`"engine": required field is not set`)
		case m.Number("allocatedStorage") < 20:
			return invalid("Invalid storage size for engine name %s and storage type gp3: %v; at least 20", engine, m.Number("allocatedStorage"))
		case m.Text("username") == "":
			return invalid(`"username": required field is not set`)
		case m.Text("password") == "" && !m.True("manageMasterUserPassword"):
			return invalid(`"manage_master_user_password", "password" or "password_wo": one of them is required`)
		}
	}
	if m.New() && slices.Contains([]string{"admin", "rdsadmin", "public", "rdsrepladmin"}, strings.ToLower(m.Text("username"))) {
		return cloud.Refuse("InvalidParameterValue", "MasterUsername %s cannot be used as it is a reserved word used by the engine", m.Text("username"))
	}
	if m.Number("monitoringInterval") > 0 && m.Text("monitoringRoleArn") == "" {
		return invalid("A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.")
	}
	if arn := m.Text("monitoringRoleArn"); arn != "" && !trusts(m, arn, "monitoring.rds.amazonaws.com") {
		return cloud.Refuse("InvalidParameterValue", "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")
	}
	if most := m.Number("maxAllocatedStorage"); most > 0 && most < m.Number("allocatedStorage") {
		return invalid("Invalid max storage size for engine name %s: %v is below the allocated %v", engine, most, m.Number("allocatedStorage"))
	}
	if !m.New() && m.Number("allocatedStorage") < m.Old.Number("allocatedStorage") {
		return invalid("You can't shrink the storage from %v to %v GiB", m.Old.Number("allocatedStorage"), m.Number("allocatedStorage"))
	}
	family := m.One(Token("rds/parameterGroup"), "name", m.Text("parameterGroupName")).Text("family")
	if wanted := engine + majorOf(m); family != "" && family != wanted {
		return invalid("The parameter group %s with DBParameterGroupFamily %s can't be used for this instance. "+
			"Please use a parameter group with DBParameterGroupFamily %s", m.Text("parameterGroupName"), family, wanted)
	}
	return majorUpgrade(m)
}

func majorUpgrade(m *cloud.Making) error {
	if m.New() || !m.Changed("engineVersion") || m.True("allowMajorVersionUpgrade") {
		return nil
	}
	old, _, _ := strings.Cut(m.Old.Text("engineVersion"), ".")
	if old != majorOf(m) {
		return cloud.Refuse("InvalidParameterCombination",
			"The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
	}
	return nil
}

func makeParameters(m *cloud.Making) error {
	static := []string{
		"shared_preload_libraries", "max_connections", "shared_buffers", "rds.logical_replication", "max_wal_senders",
		"max_replication_slots", "max_worker_processes", "huge_pages", "wal_buffers", "track_activity_query_size",
	}
	for _, one := range m.Objects("parameters") {
		if slices.Contains(static, one.Text("name")) && one.Text("applyMethod") == "immediate" {
			return cloud.Refuse("InvalidParameterCombination", "cannot use immediate apply method for static parameter %s", one.Text("name"))
		}
	}
	return nil
}

func instanceKeeps(m *cloud.Making) error {
	final, skip := m.Text("finalSnapshotIdentifier"), m.True("skipFinalSnapshot")
	switch {
	case m.Live().True("deletionProtection"):
		return cloud.Refuse("InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.")
	case !skip && final == "":
		return cloud.Refuse("InvalidParameterCombination", "final_snapshot_identifier is required when skip_final_snapshot is false")
	case !skip && m.Live().Text("replicateSourceDb") != "":
		return cloud.Refuse("InvalidParameterCombination", "FinalDBSnapshotIdentifier cannot be specified when deleting a read replica")
	case !skip && len(m.Find(Token("rds/snapshot"), "id", final)) > 0:
		return cloud.Refuse("DBSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", final)
	}
	return nil
}

func instanceGone(m *cloud.Making) {
	if final := m.Text("finalSnapshotIdentifier"); !m.True("skipFinalSnapshot") {
		kept := m.Live().Clone()
		delete(kept, "password")
		kept["dbSnapshotArn"] = m.Template("arn:{partition}:rds:{region}:{account}:snapshot:") + final
		kept["dbSnapshotIdentifier"], kept["dbInstanceIdentifier"] = final, m.Text("identifier")
		kept["status"], kept["snapshotType"] = "available", "manual"
		m.Leave(Token("rds/snapshot"), final, "the final snapshot of "+m.Text("identifier"), kept)
	}
}
