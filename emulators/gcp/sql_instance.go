package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func makeInstance(m *cloud.Operation) error {
	region := m.Text("region")
	if region == "" {
		return cloud.Refuse("400 required", "Required parameter: region")
	}
	if zonesOf(region) == nil {
		return cloud.Refuse("400 invalidRegion", "Invalid value for region: %s", region)
	}
	if err := checkInstance(m); err != nil {
		return err
	}
	if err := linkless(m); err != nil {
		return err
	}
	if m.New() && m.Text("masterInstanceName") != "" {
		m.Values["instanceType"] = "READ_REPLICA_INSTANCE"
	}
	m.Values["maintenanceVersion"] = m.Text("databaseVersion") + ".R20240910.01_02"
	m.Values["availableMaintenanceVersions"] = []any{}
	sqlAddresses(m)
	if m.New() {
		sqlCertificate(m)
		if masterHasDatabase := m.Text("masterInstanceName") == ""; masterHasDatabase {
			m.AddPartOf(Token("sql/database"), "projects/"+m.Text("project")+"/instances/"+m.ID+"/databases/postgres", m.Type(), m.ID,
				vals{"name": "postgres", "instance": m.ID, "project": m.Text("project"), "charset": "UTF8", "collation": "en_US.UTF8"})
		}
	}
	// Every change of the settings increments their version.
	for _, settings := range m.Objects("settings") {
		settings["version"] = m.Old.Number("settings.version") + 1
	}
	return nil
}

// checkInstance refuses what only the API checks.
func checkInstance(m *cloud.Operation) error {
	at := "settings.ipConfiguration."
	psc, private := m.True(at+"pscConfigs.pscEnabled"), m.Text(at+"privateNetwork")
	if m.Has("settings") && !m.True(at+"ipv4Enabled") && private == "" && !psc {
		return cloud.Refuse("400 invalid", "Invalid request: At least one of Public IP or Private IP or PSC connectivity must be enabled.")
	}
	if psc && (m.True(at+"ipv4Enabled") && len(m.Texts(at+"authorizedNetworks.value")) > 0) {
		return cloud.Refuse("400 invalid", "Invalid request: authorized networks need public connectivity")
	}
	if private != "" && !peered(m, private) {
		return cloud.Refuse("400 invalid", "Invalid request: Incorrect Service Networking config for instance: %s:%s:SERVICE_NETWORKING_NOT_ENABLED.",
			m.Text("project"), m.ID)
	}
	if m.New() && len(m.Find(blockedName, "name", m.ID)) > 0 {
		return cloud.Refuse("409 instanceAlreadyExists", "The Cloud SQL instance already exists. When you delete an instance, you cannot reuse the "+
			"name of the deleted instance until one week from the deletion date.")
	}
	if err := sqlChanges(m); err != nil {
		return err
	}
	if err := sqlMaster(m); err != nil {
		return err
	}
	if run := m.Number("restoreBackupContext.backupRunId"); run > 0 && (m.New() || m.Changed("restoreBackupContext")) {
		if err := backupIsThere(m, run); err != nil {
			return err
		}
	}
	return keyIsUsable(m, "encryptionKeyName", "sqladmin.googleapis.com", m.Text("region"))
}

// sqlChanges refuses changes of what an instance keeps for its lifetime.
func sqlChanges(m *cloud.Operation) error {
	if m.New() {
		return nil
	}
	old, now := m.Old.Text("databaseVersion"), m.Text("databaseVersion")
	size, has := m.Number("settings.diskSize"), m.Live().Number("settings.diskSize")
	const psc = "settings.ipConfiguration.pscConfigs.pscEnabled"
	switch {
	case engineOf(old) != engineOf(now) || versionOf(now) < versionOf(old):
		return cloud.Refuse("400 invalidRequest", "Invalid request: Upgrading from %s to %s is not supported.", old, now)
	case m.Has("settings.diskSize") && size < has:
		return cloud.Refuse("400 invalid", "Invalid request: The disk size cannot decrease. Current size: %.0f GB, requested: %.0f GB..", has, size)
	case m.Old.True(psc) && !m.True(psc):
		return cloud.Refuse("400 invalidRequest", "Invalid request: Private Service Connect cannot be disabled.")
	}
	return nil
}

// peered tells whether a network has private services access. No type here creates it; tests add it.
func peered(m *cloud.Operation, network string) bool {
	for _, one := range m.Find(ServiceConnection, "", "") {
		if sameThing(one.Text("network"), network) {
			return true
		}
	}
	return false
}

// ServiceConnection is the type of the private services access of a network. Tests add one with
// cloud.Account.AddExisting and the property network.
const ServiceConnection = "gcp:servicenetworking/connection"

func sqlMaster(m *cloud.Operation) error {
	name := m.Text("masterInstanceName")
	if name == "" {
		return nil
	}
	master := m.First(Token("sql/databaseInstance"), "name", last(name))
	if !master.True("settings.backupConfiguration.enabled") {
		return cloud.Refuse("400 invalid", "The primary instance %s needs automated backups for a replica", name)
	}
	if master.Text("databaseVersion") != m.Text("databaseVersion") {
		return cloud.Refuse("400 invalid", "A replica has the version of its primary: %s", master.Text("databaseVersion"))
	}
	if master.Text("settings.edition") != m.Text("settings.edition") {
		return cloud.Refuse("400 invalid", "A replica has the edition of its primary: %s", master.Text("settings.edition"))
	}
	if key := master.Text("encryptionKeyName"); key == "" && m.Text("encryptionKeyName") != "" {
		return cloud.Refuse("400 invalid", "A replica in the region of its primary has the primary's encryption")
	}
	return nil
}

func backupIsThere(m *cloud.Operation, run float64) error {
	instance := m.Text("restoreBackupContext.instanceId")
	for _, backup := range m.Find(BackupRun, "instance", instance) {
		if backup.Number("backupId") == run {
			return nil
		}
	}
	return cloud.Refuse("404 backupRunDoesNotExist", "The specified backup run does not exist: %.0f of instance %s", run, instance)
}

// linkless writes the network as Cloud SQL returns it.
func linkless(m *cloud.Operation) error {
	for _, configuration := range m.Objects("settings.ipConfiguration") {
		if network := configuration.Text("privateNetwork"); network != "" {
			configuration["privateNetwork"] = relative(network)
		}
	}
	return nil
}

// sqlAddresses sets the addresses of the instance.
func sqlAddresses(m *cloud.Operation) {
	at := "settings.ipConfiguration."
	var all []any
	add := func(sort, address, property string) {
		all = append(all, vals{"type": sort, "ipAddress": address, "timeToRetire": ""})
		m.Values[property] = address
		if m.Text("firstIpAddress") == "" {
			m.Values["firstIpAddress"] = address
		}
	}
	if m.True(at + "ipv4Enabled") {
		add("PRIMARY", externalAddress(m), "publicIpAddress")
	}
	if m.Text(at+"privateNetwork") != "" {
		add("PRIVATE", "10.127.0."+m.Template("{digits:2}"), "privateIpAddress")
	}
	m.Values["ipAddresses"] = all
	if !m.True(at + "pscConfigs.pscEnabled") {
		return
	}
	unique := m.Template("{hex:12}")
	m.Values["dnsName"] = unique + "." + strings.ToLower(m.Template("{letters:13}")) + "." + m.Text("region") + ".sql.goog."
	m.Values["pscServiceAttachmentLink"] = "projects/" + m.Template("{letters:12}") + "-tp/regions/" + m.Text("region") + "/serviceAttachments/a-" +
		unique + "-psc-service-attachment-" + m.Template("{hex:16}")
}

func sqlCertificate(m *cloud.Operation) {
	m.Values["serverCaCerts"] = []any{vals{
		"cert":       serverCA,
		"commonName": "C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA,dnQualifier=" + m.UUID("ca"),
		"createTime": m.Template("{now}"), "expirationTime": m.Template("{now}"), "sha1Fingerprint": m.Template("{hex:40}"),
	}}
}
