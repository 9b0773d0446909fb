package gcp_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
)

func options() gcp.Options { return gcp.Options{} }

// agent returns the service agent of a Google service in the project.
func agent(domain string) string {
	return "serviceAccount:service-" + gcp.ProjectNumber + "@" + domain + ".iam.gserviceaccount.com"
}

func (d *direct) key() made {
	d.T.Helper()
	ring := d.Create("kms/keyRing", "ring", args{"location": region})
	return d.Create("kms/cryptoKey", "key", args{"keyRing": ring.ID, "rotationPeriod": "7776000s"})
}

func (d *direct) grant(key made, domain string) {
	d.T.Helper()
	d.Create("kms/cryptoKeyIAMMember", domain, args{
		"cryptoKeyId": key.ID, "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "member": agent(domain),
	})
}

func TestKeysAreNeverDeletedAndServicesNeedAGrant(t *testing.T) {
	d := newDirect(t)
	g, key := d.testNetwork(), d.key()
	encrypted := g.auto().With(args{"databaseEncryption": vals{"state": "ENCRYPTED", "keyName": key.ID}})
	_, err := d.TryCreate("container/cluster", "shop", encrypted)
	require.ErrorContains(t, err, "needs roles/cloudkms.cryptoKeyEncrypterDecrypter on it")
	d.grant(key, "container-engine-robot")
	cluster := d.Create("container/cluster", "shop", encrypted)
	_, err = d.TryCreate("kms/cryptoKeyIAMMember", "sql", args{
		"cryptoKeyId": key.ID, "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "member": agent("gcp-sa-cloud-sql"),
	})
	require.ErrorContains(t, err, "does not exist", "the service agent of Cloud SQL is created on request")
	identity := d.Create("projects/serviceIdentity", "sql", args{"service": "sqladmin.googleapis.com"})
	assert.Equal(t, agent("gcp-sa-cloud-sql"), identity.Values.Text("member"))
	d.grant(key, "gcp-sa-cloud-sql")
	_, err = d.TryCreate("sql/databaseInstance", "far", database(nil).With(args{"region": "us-east1", "encryptionKeyName": key.ID}))
	require.ErrorContains(t, err, "is in europe-west3, and must be in us-east1")
	d.Create("sql/databaseInstance", "near", database(nil).With(args{"encryptionKeyName": key.ID}))

	require.NoError(t, d.Delete(cluster))
	require.NoError(t, d.Delete(key))
	stays := map[string]string{}
	for _, left := range d.Account.Left() {
		stays[left.Token] = left.KeptBecause
	}
	assert.Equal(t, "keys cannot be deleted, only their versions destroyed", stays[gcp.Token("kms/cryptoKey")])
	_, err = d.TryCreate("container/cluster", "shop", encrypted)
	require.ErrorContains(t, err, "are destroyed or scheduled to be")
	_, err = d.TryCreate("kms/cryptoKey", "key", args{"keyRing": key.Values.Text("keyRing"), "name": key.Values.Text("name")})
	require.ErrorContains(t, err, "already exists", "its name is taken for good")
}

func TestClustersAndTheirNodes(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	for says, inputs := range map[string]args{
		"Cluster.initial_node_count must be greater than zero":      g.standard().With(args{"initialNodeCount": nil}),
		"Pod secondary range \"pud\" does not exist":                g.standard().With(args{"ipAllocationPolicy": vals{"clusterSecondaryRangeName": "pud"}}),
		"is not in region \"us-east1\"":                             g.standard().With(args{"location": "us-east1"}),
		"Autopilot clusters must be regional":                       g.auto().With(args{"location": region + "-a"}),
		"Enabling NetworkPolicy":                                    g.standard().With(args{"networkPolicy": vals{"enabled": true}}),
		"The workload pool must be shop-dev.svc.id.goog":            g.standard().With(args{"workloadIdentityConfig": vals{"workloadPool": "other.svc.id.goog"}}),
		"Master authorized networks must be enabled":                g.auto().With(args{"privateClusterConfig": vals{"enablePrivateNodes": true, "enablePrivateEndpoint": true}}),
		"is not a reserved network":                                 g.auto().With(args{"privateClusterConfig": vals{"enablePrivateEndpoint": true}, "masterAuthorizedNetworksConfig": vals{"cidrBlocks": []any{vals{"cidrBlock": "203.0.113.0/24"}}}}),
		"No valid versions with the prefix \"1.20\"":                g.standard().With(args{"minMasterVersion": "1.20"}),
		"The resource 'projects/x/global/networks/y' was not found": g.standard().With(args{"network": "projects/x/global/networks/y"}),
		"nodes@shop-dev.iam.gserviceaccount.com does not exist":     g.standard().With(args{"nodeConfig": vals{"serviceAccount": "nodes@shop-dev.iam.gserviceaccount.com"}}),
	} {
		_, err := d.TryCreate("container/cluster", "shop", inputs)
		require.ErrorContains(t, err, says)
	}
	bare := d.Create("compute/network", "bare", args{"autoCreateSubnetworks": false, "deleteDefaultRoutesOnCreate": true})
	there := d.Create("compute/subnetwork", "bare", subnetwork(bare))
	_, err := d.TryCreate("container/cluster", "shop", g.auto().With(args{"network": bare.ID, "subnetwork": there.ID}))
	require.ErrorContains(t, err, "has no route to Google")
	workload := args{
		"role": "roles/iam.workloadIdentityUser", "member": "serviceAccount:shop-dev.svc.id.goog[shop/web]",
		"serviceAccountId": d.Create("serviceaccount/account", "web", args{"accountId": "web-app"}).ID,
	}
	_, err = d.TryCreate("serviceaccount/iAMMember", "web", workload)
	require.ErrorContains(t, err, "Identity Pool does not exist (shop-dev.svc.id.goog)")

	cluster := d.Create("container/cluster", "shop", g.standard().With(args{"deletionProtection": true}))
	d.Create("serviceaccount/iAMMember", "web", workload)
	assert.Equal(t, "10.64.0.0/14", cluster.Values.Text("clusterIpv4Cidr"))
	assert.Equal(t, "10.32.0.0/20", cluster.Values.Text("servicesIpv4Cidr"))
	assert.Regexp(t, `^34\.\d+\.\d+\.\d+$`, cluster.Values.Text("endpoint"))
	assert.Equal(t, []string{region + "-a", region + "-b", region + "-c"}, cluster.Values.Texts("nodeLocations"))
	pool := d.Create("container/nodePool", "main", args{
		"cluster": cluster.ID, "autoscaling": vals{"minNodeCount": 1, "maxNodeCount": 3}, "nodeConfig": vals{"spot": true, "workloadMetadataConfig": vals{"mode": "GKE_METADATA"}},
	})
	assert.Equal(t, cluster.ID+"/nodePools/"+pool.Values.Text("name"), pool.ID)
	for says, config := range map[string]vals{
		"Machine type with name 't2a-standard-4' does not exist in zone":      {"machineType": "t2a-standard-4"},
		"pd-balanced disk type cannot be used by c4a-standard-4 machine type": {"machineType": "c4a-standard-4", "diskType": "pd-balanced"},
		`Node label "cloud.kubernetes.io/role" is reserved`:                   {"labels": vals{"cloud.kubernetes.io/role": "batch"}},
	} {
		_, err = d.TryCreate("container/nodePool", "batch", args{"cluster": cluster.ID, "nodeLocations": []any{region + "-a"}, "nodeConfig": config})
		require.ErrorContains(t, err, says)
	}
	_, err = d.TryUpdate(g.subnetwork, subnetwork(g.network).With(args{"name": g.subnetwork.Values.Text("name"), "secondaryIpRanges": []any{}}), false)
	require.ErrorContains(t, err, "secondary range 'pods' is already being used")
	require.ErrorContains(t, d.Delete(g.subnetwork), "resourceInUseByAnotherResource")
	require.ErrorContains(t, d.Delete(cluster), "deletion_protection is set to true")
	unprotected := g.standard().With(args{"name": cluster.Values.Text("name")})
	d.Update(cluster, unprotected, false)
	cluster.State = d.Encode(unprotected)
	require.NoError(t, d.Delete(cluster))
	assert.Empty(t, d.Account.Objects(gcp.Token("container/nodePool")), "nodes go with their cluster")
	require.NoError(t, d.Delete(pool), "deleting a missing resource succeeds")
	_, err = d.TryCreate("container/nodePool", "main", args{"cluster": cluster.ID})
	require.ErrorContains(t, err, "Not found: projects/shop-dev/locations/europe-west3/clusters/")
}

func TestADatabaseIsReachedByItsAttachment(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	inputs := database(nil)
	instance := d.Create("sql/databaseInstance", "db", inputs)
	link := instance.Values.Text("pscServiceAttachmentLink")
	assert.Regexp(t, `^projects/[a-z0-9]{12}-tp/regions/europe-west3/serviceAttachments/a-[0-9a-f]{12}-psc-service-attachment-[0-9a-f]{16}$`, link)
	assert.Equal(t, "shop-dev:europe-west3:"+instance.ID, instance.Values.Text("connectionName"))
	address := d.Create("compute/address", "db", args{"addressType": "INTERNAL", "subnetwork": g.subnetwork.ID})
	assert.Equal(t, "10.0.0.2", address.Values.Text("address"))
	rule := args{"target": link, "network": g.network.ID, "ipAddress": address.ID, "loadBalancingScheme": ""}
	_, err := d.TryCreate("compute/forwardingRule", "db", rule.With(args{"loadBalancingScheme": nil}))
	require.ErrorContains(t, err, "A rule for a service attachment has the scheme \"\"")
	_, err = d.TryCreate("compute/forwardingRule", "db", rule.With(args{"target": "projects/x/regions/y/serviceAttachments/z"}))
	require.ErrorContains(t, err, "serviceAttachments/z' was not found")
	endpoint := d.Create("compute/forwardingRule", "db", rule)
	assert.Equal(t, "ACCEPTED", endpoint.Values.Text("pscConnectionStatus"))
	assert.Equal(t, "10.0.0.2", endpoint.Values.Text("ipAddress"))
	require.ErrorContains(t, d.Delete(address), "is already being used")
	require.ErrorContains(t, d.Delete(g.subnetwork), "is already being used")

	user := d.Create("sql/user", "shop", args{"instance": instance.ID, "name": "shop", "password": "correct-horse"})
	assert.Equal(t, "shop//"+instance.ID, user.ID)
	schema := d.Create("sql/database", "shop", args{"instance": instance.ID, "name": "shop", "deletionPolicy": "ABANDON"})
	require.NoError(t, d.Delete(schema))
	_, err = d.TryCreate("sql/database", "shop", args{"instance": instance.ID, "name": "shop"})
	require.ErrorContains(t, err, "database \"shop\" already exists", "it was left inside")
	_, err = d.TryCreate("sql/database", "postgres", args{"instance": instance.ID, "name": "postgres"})
	require.ErrorContains(t, err, "already exists", "every instance has it")

	require.NoError(t, d.Delete(instance))
	left := d.Account.Leaked()
	for _, one := range left {
		assert.NotContains(t, one.Token, "gcp:sql", "databases and users go with their instance")
	}
	_, err = d.TryCreate("sql/databaseInstance", "db", inputs.With(args{"name": instance.ID}))
	require.ErrorContains(t, err, "until one week from the deletion date")
}

func TestBothProtectionsOfADatabase(t *testing.T) {
	d := newDirect(t)
	protected := database(vals{"deletionProtectionEnabled": true}).With(args{"name": "shop", "deletionProtection": true})
	instance := d.Create("sql/databaseInstance", "db", protected)
	require.ErrorContains(t, d.Delete(instance), "deletion_protection is set to true")
	half := protected.With(args{"deletionProtection": false})
	d.Update(instance, half, false)
	instance.State = d.Encode(half)
	require.ErrorContains(t, d.Delete(instance), "Please disable the deletion protection")
	free := database(nil).With(args{"name": "shop"})
	d.Update(instance, free, false)
	instance.State = d.Encode(free)
	_, err := d.TryUpdate(instance, free.With(args{"databaseVersion": "POSTGRES_16"}), false)
	require.ErrorContains(t, err, "Upgrading from POSTGRES_17 to POSTGRES_16 is not supported")
	replica := d.Create("sql/databaseInstance", "replica", args{
		"name": "shop-read", "masterInstanceName": "shop", "databaseVersion": "POSTGRES_17", "region": region, "deletionProtection": false,
		"settings": vals{"tier": "db-custom-2-7680", "edition": "ENTERPRISE", "ipConfiguration": vals{"ipv4Enabled": false, "pscConfigs": []any{vals{"pscEnabled": true}}}},
	})
	require.ErrorContains(t, d.Delete(instance), "has replicas")
	require.NoError(t, d.Delete(replica))
	require.NoError(t, d.Delete(instance))
	assert.Empty(t, d.Account.Leaked())

	d.Account.AddExisting(gcp.BackupRun, "", "1", cloud.Values{"instance": "shop", "backupId": 17.0})
	_, err = d.TryCreate("sql/databaseInstance", "again", free.With(args{"name": "shop-again", "restoreBackupContext": vals{"backupRunId": 18, "instanceId": "shop"}}))
	require.ErrorContains(t, err, "The specified backup run does not exist")
	d.Create("sql/databaseInstance", "again", free.With(args{"name": "shop-again", "restoreBackupContext": vals{"backupRunId": 17, "instanceId": "shop"}}))
}

func TestFaultsAndFunctions(t *testing.T) {
	d := newDirect(t)
	d.Account.Fail(cloud.Fault{Operation: "create", Type: gcp.Token("compute/network"), Times: 2, Err: errors.New("try again")})
	for range 2 {
		_, err := d.TryCreate("compute/network", "net", args{})
		require.ErrorContains(t, err, "creating Network: try again")
	}
	d.Create("compute/network", "net", args{})
	found, err := d.Call("gcp:organizations/getProject:getProject", args{})
	require.NoError(t, err)
	assert.Equal(t, gcp.ProjectNumber, found.Text("number"))
	zones, err := d.Call("gcp:compute/getZones:getZones", args{"region": "europe-west1"})
	require.NoError(t, err)
	assert.Equal(t, []string{"europe-west1-b", "europe-west1-c", "europe-west1-d"}, zones.Texts("names"))
	_, err = d.Call("gcp:dns/getManagedZone:getManagedZone", args{"name": "shop"})
	require.ErrorContains(t, err, "was not found")
	d.Create("dns/managedZone", "shop", args{"name": "shop", "dnsName": "shop.example.", "dnssecConfig": vals{"state": "on"}})
	keys, err := d.Call("gcp:dns/getKeys:getKeys", args{"managedZone": "shop"})
	require.NoError(t, err)
	assert.Regexp(t, `^12345 8 2 [0-9A-F]{64}$`, keys.Text("keySigningKeys.dsRecord"))
	_, err = d.Call("gcp:compute/getInstance:getInstance", args{})
	require.ErrorContains(t, err, "does not know the function gcp:compute/getInstance:getInstance")
}

func TestEndpointOfARealClusterIsReturned(t *testing.T) {
	d := newDirectWith(t, gcp.Options{Enabled: everyAPI(), Cluster: &gcp.Cluster{Endpoint: "127.0.0.1:6443", CertificateAuthority: []byte("certificate")}})
	cluster := d.Create("container/cluster", "shop", d.testNetwork().auto())
	assert.Equal(t, "127.0.0.1:6443", cluster.Values.Text("endpoint"))
	assert.Equal(t, "Y2VydGlmaWNhdGU=", cluster.Values.Text("masterAuth.clusterCaCertificate"))
	assert.Equal(t, "shop-dev.svc.id.goog", cluster.Values.Text("workloadIdentityConfig.workloadPool"))
}
