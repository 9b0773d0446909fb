package aws

import (
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// insights checks the retention of Performance Insights.
func insights(j *cloud.Validation) {
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

func makeInstance(m *cloud.Operation) error {
	source := m.First(Token("rds/instance"), "identifier", m.Text("replicateSourceDb"))
	if len(source) == 0 {
		source = m.First(Token("rds/instance"), "arn", m.Text("replicateSourceDb"))
	}
	snapshot := m.First(Token("rds/snapshot"), "id", m.Text("snapshotIdentifier"))
	if m.Has("replicateSourceDb") {
		if source.Number("backupRetentionPeriod") == 0 {
			return cloud.Refuse("InvalidDBInstanceState", "Automated backups are not enabled for this database instance. "+
				"To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.")
		}
		inherit(m, source, "engine", "engineVersion", "allocatedStorage", "username", "dbName", "port", "kmsKeyId", "storageEncrypted")
	}
	if err := checkRestored(m, snapshot); err != nil {
		return err
	}
	inherit(m, snapshot, "engine", "engineVersion", "allocatedStorage", "username", "dbName", "port", "kmsKeyId", "storageEncrypted")
	if err := checkInstance(m); err != nil {
		return err
	}
	if err := makeStorage(m); err != nil {
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
	group := m.First(Token("rds/subnetGroup"), "name", m.Text("dbSubnetGroupName"))
	interfaces(m, "RDSNetworkInterface of "+m.Text("identifier"), m.True("publiclyAccessible"), group.Texts("subnetIds"), m.Texts("vpcSecurityGroupIds"))
	return nil
}

func inherit(m *cloud.Operation, from cloud.Values, names ...string) {
	for _, name := range names {
		if _, has := m.Values[name]; !has && from[name] != nil {
			m.Values[name] = from[name]
		}
	}
}

func majorOf(m *cloud.Operation) string {
	version := m.Text("engineVersion")
	if version == "" {
		version = "17"
	}
	major, _, _ := strings.Cut(version, ".")
	return major
}

func checkInstance(m *cloud.Operation) error {
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
	family := m.First(Token("rds/parameterGroup"), "name", m.Text("parameterGroupName")).Text("family")
	if wanted := engine + majorOf(m); family != "" && family != wanted {
		return invalid("The parameter group %s with DBParameterGroupFamily %s can't be used for this instance. "+
			"Please use a parameter group with DBParameterGroupFamily %s", m.Text("parameterGroupName"), family, wanted)
	}
	return majorUpgrade(m)
}

func majorUpgrade(m *cloud.Operation) error {
	if m.New() || !m.Changed("engineVersion") {
		return nil
	}
	old, _, _ := strings.Cut(m.Old.Text("engineVersion"), ".")
	// RDS does not go back to an older major version.
	if before, err := strconv.Atoi(old); err == nil {
		if now, err := strconv.Atoi(majorOf(m)); err == nil && now < before {
			return cloud.Refuse("InvalidParameterCombination", "Cannot upgrade %s from %s to %s", m.Text("engine"), m.Old.Text("engineVersion"), m.Text("engineVersion"))
		}
	}
	if m.True("allowMajorVersionUpgrade") {
		return nil
	}
	if old != majorOf(m) {
		return cloud.Refuse("InvalidParameterCombination",
			"The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
	}
	return nil
}

func instanceKeeps(m *cloud.Operation) error {
	final, skip := m.Text("finalSnapshotIdentifier"), m.True("skipFinalSnapshot")
	switch {
	// The provider lifts a protection that its state does not have (resourceInstanceDelete of terraform-provider-aws).
	case m.Live().True("deletionProtection") && (m.True("deletionProtection") || !m.True("applyImmediately")):
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

func instanceGone(m *cloud.Operation) {
	if final := m.Text("finalSnapshotIdentifier"); !m.True("skipFinalSnapshot") {
		kept := m.Live().Clone()
		delete(kept, "password")
		kept["dbSnapshotArn"] = m.Template("arn:{partition}:rds:{region}:{account}:snapshot:") + final
		kept["dbSnapshotIdentifier"], kept["dbInstanceIdentifier"] = final, m.Text("identifier")
		kept["status"], kept["snapshotType"] = "available", "manual"
		m.LeaveBehind(Token("rds/snapshot"), final, "the final snapshot of "+m.Text("identifier"), kept)
	}
}
