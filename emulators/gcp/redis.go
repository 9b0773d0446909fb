package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func caches() kinds {
	instance := kind{
		DisplayName: "Memorystore Instance", ID: "projects/{project}/locations/{region}/instances/{name}",
		Defaults: vals{"authEnabled": false, "connectMode": "DIRECT_PEERING", "tier": "BASIC", "transitEncryptionMode": "DISABLED"},
		ReplaceOn: []string{
			"alternativeLocationId", "authorizedNetwork", "connectMode", "customerManagedKey", "locationId", "reservedIpRange", "tier",
			"transitEncryptionMode",
		},
		ReplaceWhen: func(before, after cloud.Values) []string {
			if old, now := before.Text("redisVersion"), after.Text("redisVersion"); old != "" && now != "" && now < old {
				return []string{"redisVersion"}
			}
			return nil
		},
		Rules: redisRules(),
		References: []ref{
			holds("authorizedNetwork", "compute/network"), refersTo("customerManagedKey", "kms/cryptoKey"),
		},
		Unique:   []string{"project", "region", "name"},
		Conflict: code{Code: "409 alreadyExists", Message: "Resource 'projects/{project}/locations/{region}/instances/{name}' already exists"},
		Missing:  code{Code: "404 notFound", Message: "Resource '%s' was not found"},
		Outputs: vals{
			"createTime": "{now}", "redisVersion": "REDIS_7_0", "readReplicasMode": "READ_REPLICAS_DISABLED",
			"persistenceConfig":      vals{"persistenceMode": "DISABLED", "rdbNextSnapshotTime": "", "rdbSnapshotPeriod": "", "rdbSnapshotStartTime": ""},
			"persistenceIamIdentity": "serviceAccount:service-{number}@cloud-redis.iam.gserviceaccount.com", "maintenanceVersion": "20240911_00_00",
			"maintenancePolicy.createTime": "{now}", "maintenancePolicy.updateTime": "{now}",
			"maintenancePolicy.weeklyMaintenanceWindows.duration": "3600s",
		},
		Apply: makeRedis,
	}
	return kinds{"redis/instance": &instance}
}

func redisRules() rules {
	return rules{
		cloud.Match("name", `^[a-z][a-z0-9-]{0,39}[a-z0-9]$`, "must be 2 to 41 lower-case letters, digits and hyphens, beginning with a letter"),
		cloud.OneOf("tier", "BASIC", "STANDARD_HA"), cloud.OneOf("connectMode", "DIRECT_PEERING", "PRIVATE_SERVICE_ACCESS"),
		cloud.OneOf("transitEncryptionMode", "SERVER_AUTHENTICATION", "DISABLED"), cloud.Between("memorySizeGb", 1, 300),
		cloud.OneOf("readReplicasMode", "READ_REPLICAS_DISABLED", "READ_REPLICAS_ENABLED"), cloud.Between("replicaCount", 0, 5),
		cloud.OneOf("redisVersion", "REDIS_3_2", "REDIS_4_0", "REDIS_5_0", "REDIS_6_X", "REDIS_7_0", "REDIS_7_2"),
		cloud.OneOf("persistenceConfig.persistenceMode", "DISABLED", "RDB"),
		cloud.OneOf("persistenceConfig.rdbSnapshotPeriod", "ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS", ""),
		cloud.OneOf("maintenancePolicy.weeklyMaintenanceWindows.day", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"),
		cloud.Between("maintenancePolicy.weeklyMaintenanceWindows.startTime.hours", 0, 23), redisAgrees,
	}
}

// redisAgrees checks which arguments can be combined.
// https://cloud.google.com/memorystore/docs/redis/read-replicas-overview
func redisAgrees(j *cloud.Validation) {
	high, reads, replicas := j.Text("tier") == "STANDARD_HA", j.Text("readReplicasMode") == "READ_REPLICAS_ENABLED", j.Number("replicaCount")
	memory := j.Number("memorySizeGb")
	snapshots := j.Text("persistenceConfig.persistenceMode") == "RDB"
	switch {
	case !j.Known("tier") || !j.Known("readReplicasMode") || !j.Known("replicaCount"):
	case reads && !high:
		j.Fail("readReplicasMode", "read replicas need the tier STANDARD_HA")
	case reads && memory > 0 && memory < 5:
		j.Fail("memorySizeGb", "is 5 at least with read replicas (got %v)", memory)
	case reads && j.Has("replicaCount") && replicas < 1:
		j.Fail("replicaCount", "is 1 to 5 with read replicas (got %v)", replicas)
	case !reads && high && replicas > 1:
		j.Fail("replicaCount", "is 1 without read replicas (got %v)", replicas)
	case !high && replicas > 0:
		j.Fail("replicaCount", "is 0 in the tier BASIC (got %v)", replicas)
	}
	if snapshots && !j.Has("persistenceConfig.rdbSnapshotPeriod") {
		j.Fail("persistenceConfig.rdbSnapshotPeriod", "is needed with RDB")
	}
	if high && j.Text("locationId") != "" && j.Text("locationId") == j.Text("alternativeLocationId") {
		j.Fail("alternativeLocationId", "must be a different zone from the one provided in locationId")
	}
	policies := []string{"volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu", "volatile-random", "allkeys-random", "volatile-ttl", "noeviction"}
	configs, _ := j.Values["redisConfigs"].(cloud.Values)
	if policy, is := configs["maxmemory-policy"].(string); is && !slices.Contains(policies, policy) {
		j.Fail("redisConfigs.maxmemory-policy", "is one of %v (got %q)", policies, policy)
	}
}

func makeRedis(m *cloud.Operation) error {
	region := m.Text("region")
	if zonesOf(region) == nil {
		return cloud.Refuse("400 badRequest", "Location %q is not known.", region)
	}
	if !m.Has("authorizedNetwork") {
		return cloud.Refuse("404 notFound", "Resource 'projects/%s/global/networks/default' was not found", m.Text("project"))
	}
	network := m.Text("authorizedNetwork")
	if m.Text("connectMode") == "PRIVATE_SERVICE_ACCESS" && !peered(m, network) {
		return cloud.Refuse("400 failedPrecondition", "Google private service access is not enabled. Enable private service access and try again.")
	}
	m.Values["authorizedNetwork"] = relative(network)
	const reads = "READ_REPLICAS_ENABLED"
	switch before := m.Old.Text("readReplicasMode"); {
	case before == reads && m.Text("readReplicasMode") != reads:
		return cloud.Refuse("400 invalidArgument", "read_replicas_mode cannot be changed once it is enabled")
	case !m.New() && before != reads && m.Text("readReplicasMode") == reads && m.Text("secondaryIpRange") == "":
		return cloud.Refuse("400 invalidArgument", "secondary_ip_range is required when enabling read replicas on an existing instance")
	}
	if err := keyIsUsable(m, "customerManagedKey", "redis.googleapis.com", region); err != nil {
		return err
	}
	zones := zonesOf(region)
	high, readable := m.Text("tier") == "STANDARD_HA", m.Text("readReplicasMode") == reads
	if !m.Has("locationId") {
		m.Values["locationId"] = zones[0]
	}
	if !m.Has("alternativeLocationId") && high {
		m.Values["alternativeLocationId"] = zones[1]
	}
	m.Values["currentLocationId"] = m.Text("locationId")
	if !m.Has("replicaCount") {
		m.Values["replicaCount"] = 0.0
		switch {
		case readable:
			m.Values["replicaCount"] = 2.0
		case high:
			m.Values["replicaCount"] = 1.0
		}
	}
	redisAddresses(m, readable)
	return nil
}

func redisAddresses(m *cloud.Operation, reads bool) {
	block := byte(0)
	for _, digit := range m.Template("{digits:3}") {
		block = block*7 + byte(digit-'0')
	}
	if !m.Has("reservedIpRange") {
		m.Values["reservedIpRange"] = fmt.Sprintf("10.222.%d.0/28", block)
	}
	start, _, _ := strings.Cut(m.Text("reservedIpRange"), "/")
	m.Values["host"], m.Values["port"] = strings.TrimSuffix(start, ".0")+".3", 6379.0
	m.Values["readEndpoint"], m.Values["readEndpointPort"] = "", 0.0
	m.Values["serverCaCerts"] = []any{}
	if m.Text("transitEncryptionMode") == "SERVER_AUTHENTICATION" {
		m.Values["port"] = 6378.0
		m.Values["serverCaCerts"] = []any{vals{
			"cert":       serverCA,
			"createTime": m.Text("createTime"), "expireTime": m.Text("createTime"), "serialNumber": "0", "sha1Fingerprint": m.Template("{hex:40}"),
		}}
	}
	var nodes []any
	if reads {
		m.Values["readEndpoint"], m.Values["readEndpointPort"] = strings.TrimSuffix(start, ".0")+".4", m.Values["port"]
		zones := zonesOf(m.Text("region"))
		for i := range int(m.Number("replicaCount")) + 1 {
			nodes = append(nodes, vals{"id": fmt.Sprintf("node-%d", i), "zone": zones[i%len(zones)]})
		}
	}
	m.Values["nodes"] = nodes
	m.Values["authString"] = ""
	if m.True("authEnabled") {
		m.Values["authString"] = m.UUID("auth")
	}
}
