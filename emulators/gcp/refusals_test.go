package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestArgumentsThatTheProviderRefuses(t *testing.T) {
	d := newDirect(t)
	sql := func(settings vals) args { return database(settings) }
	cluster := args{"location": region, "initialNodeCount": 1}
	redis := args{"memorySizeGb": 5}
	bucket := args{"location": "EU"}
	firewall := args{"network": "net", "sourceRanges": []any{"10.0.0.0/8"}, "allows": []any{vals{"protocol": "tcp"}}}
	for says, test := range map[string]struct {
		short  string
		inputs args
	}{
		"Invalid or unknown key":                                     {"compute/network", args{"cidr": "x"}},
		"expected bool type, got \"no\"":                             {"compute/network", args{"autoCreateSubnetworks": "no"}},
		"a lower-case letter first":                                  {"compute/network", args{"name": "Net"}},
		"expected routingMode to be one of":                          {"compute/network", args{"routingMode": "local"}},
		"did you mean \"10.0.0.0/20\"":                               {"compute/subnetwork", args{"network": "n", "ipCidrRange": "10.0.1.0/20"}},
		"The argument \"network\" is required":                       {"compute/subnetwork", args{"ipCidrRange": "10.0.0.0/20"}},
		"nat_ips are required with MANUAL_ONLY":                      {"compute/routerNat", args{"router": "r", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES", "natIpAllocateOption": "MANUAL_ONLY"}},
		"one of source_tags, source_ranges, or source_service_acc":   {"compute/firewall", firewall.With(args{"sourceRanges": nil})},
		"EGRESS rules have no sources":                               {"compute/firewall", firewall.With(args{"direction": "EGRESS"})},
		"\"targetServiceAccounts\": conflicts with targetTags":       {"compute/firewall", firewall.With(args{"targetServiceAccounts": []any{"a@b"}, "targetTags": []any{"x"}})},
		"at least one of `allows,denies`":                            {"compute/firewall", firewall.With(args{"allows": nil})},
		"go with INTERNAL addresses only":                            {"compute/address", args{"subnetwork": "s"}},
		"an INTERNAL address needs a purpose and a network":          {"compute/globalAddress", args{"addressType": "INTERNAL"}},
		"expected length of name to be in the range (1 - 40)":        {"container/cluster", cluster},
		"\"defaultMaxPodsPerNode\": conflicts with enable_autopilot": {"container/cluster", cluster.With(args{"name": "a", "enableAutopilot": true, "defaultMaxPodsPerNode": 32})},
		"\"enableShieldedNodes\": conflicts with enable_autopilot":   {"container/cluster", cluster.With(args{"name": "a", "enableAutopilot": true, "enableShieldedNodes": true})},
		"a maintenance window is at least 4 hours long (got 1h0m0s)": {"container/cluster", cluster.With(args{"name": "a", "maintenancePolicy": vals{"recurringWindow": vals{"startTime": "2026-01-01T01:00:00Z", "endTime": "2026-01-01T02:00:00Z", "recurrence": "FREQ=DAILY"}}})},
		"one of `maintenancePolicy.dailyMaintenanceWindow":           {"container/cluster", cluster.With(args{"name": "a", "maintenancePolicy": vals{"maintenanceExclusions": []any{}}})},
		"expected databaseEncryption.state to be one of":             {"container/cluster", cluster.With(args{"name": "a", "databaseEncryption": vals{"state": "ON"}})},
		"a node is either spot or preemptible":                       {"container/nodePool", args{"name": "a", "cluster": "c", "nodeConfig": vals{"spot": true, "preemptible": true}}},
		"is greater than maxNodeCount":                               {"container/nodePool", args{"name": "a", "cluster": "c", "autoscaling": vals{"minNodeCount": 3, "maxNodeCount": 2}}},
		"Invalid Tier (db-custom-3-7680) for (ENTERPRISE)":           {"sql/databaseInstance", sql(vals{"tier": "db-custom-3-7680"})},
		"Invalid Tier (db-custom-2-7680) for (ENTERPRISE_PLUS)":      {"sql/databaseInstance", sql(vals{"edition": "ENTERPRISE_PLUS"})},
		"Data cache needs the edition ENTERPRISE_PLUS":               {"sql/databaseInstance", sql(vals{"dataCacheConfig": vals{"dataCacheEnabled": true}})},
		"Regional instances need backups":                            {"sql/databaseInstance", sql(vals{"backupConfiguration": vals{"enabled": true}})},
		"is 1 to 7 with the edition ENTERPRISE":                      {"sql/databaseInstance", sql(vals{"backupConfiguration": vals{"enabled": true, "pointInTimeRecoveryEnabled": true, "transactionLogRetentionDays": 14}})},
		"Binary log can only be enabled for MySQL":                   {"sql/databaseInstance", sql(vals{"backupConfiguration": vals{"enabled": true, "pointInTimeRecoveryEnabled": true, "binaryLogEnabled": true}})},
		"POSTGRES_8 is no version of Cloud SQL":                      {"sql/databaseInstance", sql(nil).With(args{"databaseVersion": "POSTGRES_8"})},
		"expected deletionPolicy to be one of":                       {"sql/user", args{"instance": "i", "deletionPolicy": "KEEP"}},
		"read replicas need the tier STANDARD_HA":                    {"redis/instance", redis.With(args{"name": "a1", "readReplicasMode": "READ_REPLICAS_ENABLED"})},
		"is 5 at least with read replicas (got 1)":                   {"redis/instance", redis.With(args{"name": "a1", "tier": "STANDARD_HA", "memorySizeGb": 1, "readReplicasMode": "READ_REPLICAS_ENABLED"})},
		"is 1 without read replicas":                                 {"redis/instance", redis.With(args{"name": "a1", "tier": "STANDARD_HA", "replicaCount": 3})},
		"is needed with RDB":                                         {"redis/instance", redis.With(args{"name": "a1", "persistenceConfig": vals{"persistenceMode": "RDB"}})},
		"is one of [volatile-lru":                                    {"redis/instance", redis.With(args{"name": "a1", "redisConfigs": vals{"maxmemory-policy": "lru"}})},
		"bucket names cannot begin with \"goog\"":                    {"storage/bucket", bucket.With(args{"name": "googles"})},
		"soft delete is off (0) or lasts 7 to 90 days":               {"storage/bucket", bucket.With(args{"softDeletePolicy": vals{"retentionDurationSeconds": 60}})},
		"a rule needs a condition":                                   {"storage/bucket", bucket.With(args{"lifecycleRules": []any{vals{"action": vals{"type": "Delete"}, "condition": vals{}}}})},
		"SetStorageClass needs a storage class":                      {"storage/bucket", bucket.With(args{"lifecycleRules": []any{vals{"action": vals{"type": "SetStorageClass"}, "condition": vals{"age": 1}}}})},
		"must be a domain name that ends with a dot":                 {"dns/managedZone", args{"dnsName": "shop.example"}},
		"private zones cannot be signed":                             {"dns/managedZone", args{"dnsName": "shop.example.", "visibility": "private", "dnssecConfig": vals{"state": "on"}}},
		"\"name\" must end with a":                                   {"dns/recordSet", args{"managedZone": "z", "name": "a.shop.example", "type": "A", "rrdatas": []any{"10.0.0.1"}}},
		"is no address of a record of type A":                        {"dns/recordSet", args{"managedZone": "z", "name": "a.shop.example.", "type": "A", "rrdatas": []any{"here"}}},
		"one of `hostname,matcher` must be specified":                {"certificatemanager/certificateMapEntry", args{"map": "m", "certificates": []any{"c"}}},
		"without a wildcard":                                         {"certificatemanager/dnsAuthorization", args{"name": "a", "domain": "*.shop.example"}},
		"is no link to a certificate map":                            {"compute/targetHttpsProxy", args{"urlMap": "u", "certificateMap": "projects/p/locations/global/certificateMaps/m"}},
		"Cannot use the custom_features argument":                    {"compute/sSLPolicy", args{"customFeatures": []any{"x"}}},
		"and only one (given: 2)":                                    {"compute/uRLMap", args{"defaultService": "s", "defaultUrlRedirect": vals{"stripQuery": false}}},
		"is greater than maxTtl":                                     {"compute/backendBucket", args{"bucketName": "b", "cdnPolicy": vals{"maxTtl": 1, "defaultTtl": 2}}},
		"must be 6 to 30 characters":                                 {"serviceaccount/account", args{"accountId": "web"}},
		"is no role (roles/NAME":                                     {"projects/iAMMember", args{"project": project, "role": "viewer", "member": "user:a@b.example"}},
		"invalid value for member":                                   {"projects/iAMMember", args{"project": project, "role": "roles/viewer", "member": "a@b.example"}},
		"rotation period must be greater than one day":               {"kms/cryptoKey", args{"keyRing": "r", "rotationPeriod": "3600s"}},
		"can only KEEP them":                                         {"artifactregistry/repository", args{"repositoryId": "images", "format": "DOCKER", "cleanupPolicies": []any{vals{"id": "a", "action": "DELETE", "mostRecentVersions": vals{"keepCount": 1}}}}},
		"keys and values of labels have 63 characters at most":       {"compute/globalAddress", args{"labels": vals{"Owner": "x"}}},
		"keys and values of labels have":                             {"container/cluster", cluster.With(args{"name": "a", "resourceLabels": vals{"a": "B"}})},
		"settings.userLabels":                                        {"sql/databaseInstance", sql(vals{"userLabels": vals{"": "b"}}).With(args{"name": "shop"})},
		"is no billing account":                                      {"billing/budget", args{"billingAccount": "x", "amount": vals{"lastPeriodAmount": true}}},
		"a channel of type email needs an address":                   {"monitoring/notificationChannel", args{"type": "email", "labels": vals{"email": "a@b"}}},
	} {
		_, err := d.TryCreate(test.short, "a-name-that-is-long-as-names-go-on-so-and-on", test.inputs)
		if assert.Error(t, err, says) {
			assert.Contains(t, err.Error(), says)
		}
	}
	assert.Empty(t, d.Account.Left())
}

func TestNothingIsCreatedWithoutItsAPI(t *testing.T) {
	d := newDirectWith(t, options())
	_, err := d.TryCreate("compute/network", "net", args{"autoCreateSubnetworks": false})
	require.ErrorContains(t, err, "googleapi: Error 403: compute.googleapis.com has not been used in project 123456789012 before or it is disabled")
	require.ErrorContains(t, err, "accessNotConfigured")
	api := d.Create("projects/service", "compute", args{"service": "compute.googleapis.com", "disableOnDestroy": true})
	network := d.Create("compute/network", "net", args{"autoCreateSubnetworks": false})
	require.ErrorContains(t, d.Delete(api), "has resources and cannot be disabled")
	require.NoError(t, d.Delete(network))
	require.NoError(t, d.Delete(api))
	_, err = d.TryCreate("compute/network", "net", args{"autoCreateSubnetworks": false})
	require.ErrorContains(t, err, "accessNotConfigured")

	kept := d.Create("projects/service", "compute", args{"service": "compute.googleapis.com", "disableOnDestroy": false})
	require.NoError(t, d.Delete(kept))
	d.Create("compute/network", "net", args{"autoCreateSubnetworks": false})
	_, err = d.TryCreate("compute/network", "elsewhere", args{"project": "another-project"})
	require.ErrorContains(t, err, "The caller does not have permission")
	left := d.Account.Left()
	require.Len(t, left, 2)
	assert.Equal(t, "it is not disabled on destroy", left[0].KeptBecause)
}

func TestNetworksInUseAreNotDeleted(t *testing.T) {
	d := newDirect(t)
	g := d.testNetwork()
	assert.Equal(t, "https://www.googleapis.com/compute/v1/projects/shop-dev/regions/europe-west3/subnetworks/"+g.subnetwork.Values.Text("name"),
		g.subnetwork.Values.Text("selfLink"))
	assert.Equal(t, "10.0.0.1", g.subnetwork.Values.Text("gatewayAddress"))
	_, err := d.TryCreate("compute/subnetwork", "more", subnetwork(g.network).With(args{"ipCidrRange": "10.65.0.0/20", "secondaryIpRanges": nil}))
	require.ErrorContains(t, err, "10.65.0.0/20 conflicts with existing subnetwork", "the pods' range has it")
	_, err = d.TryCreate("compute/subnetwork", "more", subnetwork(g.network).With(args{"ipCidrRange": "10.1.0.0/20", "secondaryIpRanges": []any{
		vals{"rangeName": "pods", "ipCidrRange": "10.1.0.0/24"},
	}}))
	require.ErrorContains(t, err, "of the same subnetwork")
	router := d.Create("compute/router", "net", args{"network": g.network.ID})
	nat := args{"router": router.Values.Text("name"), "natIpAllocateOption": "AUTO_ONLY", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}
	gateway := d.Create("compute/routerNat", "net", nat)
	assert.Equal(t, "shop-dev/europe-west3/"+router.Values.Text("name")+"/"+gateway.Values.Text("name"), gateway.ID)
	_, err = d.TryCreate("compute/routerNat", "again", nat)
	require.ErrorContains(t, err, "already covers all subnetworks of the network")
	rule := d.Create("compute/firewall", "net", args{"network": g.network.Values.Text("selfLink"), "sourceRanges": []any{"10.0.0.0/8"}, "denies": []any{vals{"protocol": "all"}}})

	require.ErrorContains(t, d.Delete(router), "is already being used")
	require.NoError(t, d.Delete(gateway))
	for _, part := range []made{router, rule, g.subnetwork} {
		require.ErrorContains(t, d.Delete(g.network), "resourceInUseByAnotherResource")
		require.NoError(t, d.Delete(part))
	}
	require.NoError(t, d.Delete(g.network))
	assert.Empty(t, d.Account.Left())
}

func TestBucketsAndTheirMembers(t *testing.T) {
	d := newDirect(t)
	bucket := d.Create("storage/bucket", "Media", args{"location": "europe-west3", "publicAccessPrevention": "enforced", "uniformBucketLevelAccess": true})
	assert.Regexp(t, `^media-[0-9a-f]{7}$`, bucket.ID)
	assert.Equal(t, "EUROPE-WEST3", bucket.Values.Text("location"))
	public := args{"bucket": bucket.ID, "role": "roles/storage.objectViewer", "member": "allUsers"}
	_, err := d.TryCreate("storage/bucketIAMMember", "public", public)
	require.ErrorContains(t, err, "public access prevention is enforced")
	_, err = d.TryCreate("storage/bucketIAMMember", "web", public.With(args{"member": "serviceAccount:web-app@shop-dev.iam.gserviceaccount.com"}))
	require.ErrorContains(t, err, "Service account web-app@shop-dev.iam.gserviceaccount.com does not exist")
	account := d.Create("serviceaccount/account", "web", args{"accountId": "web-app"})
	member := d.Create("storage/bucketIAMMember", "web", public.With(args{"member": account.Values.Text("member")}))
	assert.Equal(t, "b/"+bucket.ID+"/roles/storage.objectViewer/serviceAccount:web-app@shop-dev.iam.gserviceaccount.com", member.ID)
	object := d.Create("storage/bucketObject", "cat", args{"bucket": bucket.ID, "name": "cat.txt", "content": "meow"})
	require.ErrorContains(t, d.Delete(bucket), "containing objects without `force_destroy` set to true")
	require.NoError(t, d.Delete(object))
	require.NoError(t, d.Delete(bucket))
	assert.Empty(t, d.Account.Objects("gcp:storage/bucketIAMMember:BucketIAMMember"), "members go with their bucket")
}
