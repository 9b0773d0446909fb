package gcp

import (
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const sqlAPI = "https://sqladmin.googleapis.com/sql/v1beta4/"

// Types of Cloud SQL that are not resources of the provider.
const (
	// BackupRun is the type of a backup. Tests add some with cloud.Account.AddExisting and the properties instance,
	// backupId (a number), databaseVersion and location.
	BackupRun = "gcp:sql/backupRun"
	// blockedName is the name of a deleted instance, which stays reserved.
	blockedName = "gcp:sql/databaseInstance#deleted"
)

func databases() kinds {
	instance := kind{
		DisplayName: "Cloud SQL Instance", ID: "{name}",
		Defaults: vals{
			"deletionProtection": true, "settings.activationPolicy": "ALWAYS", "settings.availabilityType": "ZONAL", "settings.edition": "ENTERPRISE",
			"settings.deletionProtectionEnabled": false, "settings.diskAutoresize": true, "settings.diskAutoresizeLimit": 0.0,
			"settings.diskType": "PD_SSD", "settings.pricingPlan": "PER_USE", "settings.ipConfiguration.ipv4Enabled": true,
			"settings.backupConfiguration.backupRetentionSettings.retentionUnit": "COUNT",
		},
		ReplaceOn: []string{
			"clone", "encryptionKeyName", "replicaConfiguration", "settings.diskType", "settings.collation", "settings.timeZone",
		},
		ReplaceWhen: sqlReplaces, Drifts: sqlDrifts,
		Sets:     []string{"settings.databaseFlags", "settings.ipConfiguration.authorizedNetworks", "settings.ipConfiguration.pscConfigs"},
		Computed: []string{"settings.version", "settings.ipConfiguration", "settings.backupConfiguration", "settings.locationPreference"},
		Rules:    sqlRules(),
		References: []ref{
			holds("settings.ipConfiguration.privateNetwork", "compute/network"), refersTo("encryptionKeyName", "kms/cryptoKey"),
			holds("masterInstanceName", "sql/databaseInstance"), refersTo("clone.sourceInstanceName", "sql/databaseInstance"),
		},
		Unique: []string{"name"},
		Conflict: code{Code: "409 instanceAlreadyExists", Message: "The Cloud SQL instance already exists. When you delete an instance, you cannot reuse " +
			"the name of the deleted instance until one week from the deletion date."},
		Missing: code{Code: "404 instanceDoesNotExist", Message: "The Cloud SQL instance does not exist: %s"},
		InUse:   code{Code: "400 invalidOperation", Message: "The instance %s has replicas. Delete them first."},
		Outputs: vals{
			"selfLink": sqlAPI + "projects/{project}/instances/{name}", "connectionName": "{project}:{region}:{name}",
			"instanceType": "CLOUD_SQL_INSTANCE", "serviceAccountEmailAddress": "p{number}-{letters:6}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
			"settings.diskSize": 10.0, "settings.version": 1.0, "settings.connectorEnforcement": "NOT_REQUIRED",
			"settings.backupConfiguration.startTime": "03:00", "settings.backupConfiguration.transactionLogRetentionDays": 7.0,
			"settings.ipConfiguration.sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "settings.ipConfiguration.serverCaMode": "GOOGLE_MANAGED_INTERNAL_CA",
		},
		Apply: makeInstance,
		RefuseDelete: func(m *cloud.Operation) error {
			if m.True("deletionProtection") {
				return fmt.Errorf("Error, failed to delete instance because deletion_protection is set to true. " +
					"Set it to false to proceed with instance deletion")
			}
			if m.Live().True("settings.deletionProtectionEnabled") {
				return cloud.Refuse("400 deletionProtectionEnabled", "The instance is protected. Please disable the deletion protection and try again. %s", m.ID)
			}
			m.DeleteWhere(Token("sql/database"), "instance", m.ID)
			m.DeleteWhere(Token("sql/user"), "instance", m.ID)
			return nil
		},
		AfterDelete: func(m *cloud.Operation) {
			m.LeaveBehind(blockedName, m.ID, "its name cannot be used for a week", vals{"name": m.ID})
			m.DeleteWhere(BackupRun, "instance", m.ID)
		},
	}
	return kinds{"sql/databaseInstance": &instance, "sql/database": sqlDatabase(), "sql/user": sqlUser()}
}

func sqlDatabase() *kind {
	return &kind{
		DisplayName: "Cloud SQL Database", ID: "projects/{project}/instances/{instance}/databases/{name}",
		Defaults: vals{"deletionPolicy": "DELETE"}, ReplaceOn: []string{"instance"},
		Rules:      rules{cloud.OneOf("deletionPolicy", "DELETE", "ABANDON")},
		References: []ref{refersTo("instance", "sql/databaseInstance")},
		Unique:     []string{"instance", "name"},
		Conflict:   code{Code: "400 databaseAlreadyExists", Message: "database \"{name}\" already exists."},
		Outputs: vals{
			"charset": "UTF8", "collation": "en_US.UTF8", "selfLink": sqlAPI + "projects/{project}/instances/{instance}/databases/{name}",
		},
		AfterDelete: abandoned,
	}
}

// abandoned leaves in the instance what is only removed from the state.
func abandoned(m *cloud.Operation) {
	if m.Text("deletionPolicy") == "ABANDON" {
		left := m.Live().Clone()
		left[abandonedMark] = true
		m.AddPartOf(m.Type(), m.ID, Token("sql/databaseInstance"), m.Text("instance"), left)
	}
}

// abandonedMark marks a part of an instance that no longer belongs to a resource.
const abandonedMark = "#abandoned"

func sqlUser() *kind {
	return &kind{
		DisplayName: "Cloud SQL User", ID: "{name}/{host}/{instance}",
		ReplaceOn: []string{"host", "instance", "type"},
		Rules: rules{
			cloud.OneOf("deletionPolicy", "ABANDON", ""), cloud.OneOf("type", "BUILT_IN", "CLOUD_IAM_USER", "CLOUD_IAM_SERVICE_ACCOUNT",
				"CLOUD_IAM_GROUP", "CLOUD_IAM_GROUP_USER", "CLOUD_IAM_GROUP_SERVICE_ACCOUNT"),
		},
		References: []ref{refersTo("instance", "sql/databaseInstance")},
		Apply: func(m *cloud.Operation) error {
			// The API sets the password of an existing user, so two resources of one user would overwrite each other.
			for _, other := range m.Find(Token("sql/user"), "id", m.ID) {
				if m.New() && !other.True(abandonedMark) {
					return cloud.Refuse("409 sharedUser", "User '%s' of instance %s has another resource already", m.Text("name"), m.Text("instance"))
				}
			}
			return nil
		},
		RefuseDelete: func(m *cloud.Operation) error {
			if m.Text("deletionPolicy") == "ABANDON" {
				return nil
			}
			for _, database := range m.Find(Token("sql/database"), "instance", m.Text("instance")) {
				if m.Text("type") == "" && database.Text("project") == m.Text("project") && database.Text("owner") == m.Text("name") {
					return cloud.Refuse("400 invalid", "Invalid request: failed to delete user %s: . role %q cannot be dropped because some objects "+
						"depend on it Details: owner of database %s.", m.Text("name"), m.Text("name"), database.Text("name"))
				}
			}
			return nil
		},
		AfterDelete: abandoned,
	}
}

// sqlDrifts returns what the API reports differently from the arguments: of query insights that are disabled it returns
// nothing, or not the query length, and the provider finds the argument missing (flattenInsightsConfig).
func sqlDrifts(arguments cloud.Values) map[string]bool {
	const insights = "settings.insightsConfig"
	if arguments.Has(insights) && arguments.Known(insights) && !arguments.True(insights+".queryInsightsEnabled") {
		return map[string]bool{insights: false}
	}
	return nil
}

func sqlReplaces(before, after cloud.Values) []string {
	var paths []string
	if after.Text("masterInstanceName") != "" {
		// Without a primary, a replica becomes a standalone instance.
		paths = append(paths, "masterInstanceName")
	}
	if before.Number("settings.diskSize") > after.Number("settings.diskSize") && after.Has("settings.diskSize") {
		paths = append(paths, "settings.diskSize")
	}
	if before.Has("settings.ipConfiguration.privateNetwork") && !after.Has("settings.ipConfiguration.privateNetwork") {
		paths = append(paths, "settings.ipConfiguration.privateNetwork")
	}
	return paths
}

func engineOf(version string) string {
	engine, _, _ := strings.Cut(version, "_")
	return engine
}

func versionOf(version string) int {
	_, number, _ := strings.Cut(version, "_")
	parsed := 0
	_, err := fmt.Sscanf(number, "%d", &parsed)
	if err != nil {
		return 0
	}
	return parsed
}

// postgresVersions are the versions that Cloud SQL offers.
// https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/SqlDatabaseVersion
func postgresVersions() []string {
	return []string{"9_6", "10", "11", "12", "13", "14", "15", "16", "17", "18"}
}
