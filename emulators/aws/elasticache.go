package aws

import (
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func caches() kinds {
	return kinds{
		"elasticache/replicationGroup": {
			DisplayName: "ElastiCache Replication Group", ID: "{replicationGroupId}",
			Name: &cloud.Name{Property: "replicationGroupId", Max: 40, Separator: "-", Lower: true},
			Defaults: vals{
				"automaticFailoverEnabled": false, "multiAzEnabled": false, "engine": "redis", "authTokenUpdateStrategy": "ROTATE",
			},
			ReplaceOn: []string{
				"atRestEncryptionEnabled", "dataTieringEnabled", "globalReplicationGroupId", "kmsKeyId", "networkType", "port",
				"replicationGroupId", "securityGroupNames", "snapshotArns", "snapshotName", "subnetGroupName",
			},
			ReplaceWhen: cacheReplaces,
			Ordered:     []string{"preferredCacheClusterAzs"}, Computed: []string{"securityGroupIds", "securityGroupNames"},
			Sets:  []string{"logDeliveryConfigurations"},
			Rules: cacheRules(),
			References: []ref{
				holds("subnetGroupName", "elasticache/subnetGroup", "name"), points("securityGroupIds", "ec2/securityGroup"),
				{Path: "parameterGroupName", To: "elasticache/parameterGroup", By: []string{"name"}, BlocksDelete: true, ExternalPrefixes: []string{"default."}},
				key("kmsKeyId"), holds("userGroupIds", "elasticache/userGroup"),
			},
			Unique:   []string{"replicationGroupId"},
			Conflict: code{Code: "ReplicationGroupAlreadyExists", Message: "The specified replication group already exists: %s"},
			Outputs: vals{
				"arn":               "arn:{partition}:elasticache:{region}:{account}:replicationgroup:{replicationGroupId}",
				"maintenanceWindow": "sun:23:00-mon:01:30", "snapshotWindow": "05:00-06:00", "networkType": "ipv4", "ipDiscovery": "ipv4",
				"clusterMode": "disabled", "subnetGroupName": "default", "autoMinorVersionUpgrade": true, "atRestEncryptionEnabled": false,
				"numNodeGroups": 1.0, "clusterEnabled": false, "transitEncryptionEnabled": false,
			},
			Apply: makeCache,
			AfterDelete: func(m *cloud.Operation) {
				if final := m.Text("finalSnapshotIdentifier"); final != "" {
					m.LeaveBehind("aws:elasticache/snapshot:Snapshot", final, "the final snapshot of "+m.ID, vals{})
				}
			},
		},
		"elasticache/subnetGroup": {
			DisplayName: "ElastiCache Subnet Group", ID: "{name}", Name: autoname(maxName),
			Defaults: vals{"description": managed}, ReplaceOn: []string{"name"},
			Rules:      rules{cloud.Length("name", 1, 255), cloud.Match("name", `^[0-9A-Za-z-]+$`, "only letters, digits and hyphens allowed")},
			References: []ref{points("subnetIds", "ec2/subnet")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "CacheSubnetGroupAlreadyExists", Message: "Cache subnet group %s already exists."},
			Outputs:    vals{"arn": "arn:{partition}:elasticache:{region}:{account}:subnetgroup:{name}", "vpcId": ""},
			Missing:    code{Code: "CacheSubnetGroupNotFoundFault", Message: "Cache Subnet Group %s does not exist."},
			InUse:      code{Code: "CacheSubnetGroupInUse", Message: "Cache subnet group %s is currently in use by a cache cluster."},
			Apply:      func(m *cloud.Operation) error { return subnetGroup(m, "InvalidSubnet", 1) },
		},
		"elasticache/parameterGroup": {
			DisplayName: "ElastiCache Parameter Group", ID: "{name}", Name: autoname(maxName),
			Defaults: vals{"description": managed}, ReplaceOn: []string{"name", "family", "description"}, Sets: []string{"parameters"},
			Rules: rules{
				cloud.Length("name", 1, 255), cloud.Match("name", `^[A-Za-z](-?[0-9A-Za-z])*$`,
					"must begin with a letter, have only letters, digits and single hyphens, and not end in a hyphen"),
				cloud.OneOf("family", "memcached1.4", "memcached1.5", "memcached1.6", "redis2.6", "redis2.8", "redis3.2", "redis4.0",
					"redis5.0", "redis6.x", "redis7", "valkey7", "valkey8"),
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "CacheParameterGroupAlreadyExists", Message: "Cache parameter group %s already exists."},
			Outputs:  vals{"arn": "arn:{partition}:elasticache:{region}:{account}:parametergroup:{name}"},
			Missing:  code{Code: "CacheParameterGroupNotFound", Message: "CacheParameterGroup not found: %s"},
			InUse:    code{Code: "InvalidCacheParameterGroupState", Message: "One or more cache clusters are still using parameter group %s."},
		},
		"elasticache/user": {
			DisplayName: "ElastiCache User", ID: "{userId}",
			Defaults: vals{"noPasswordRequired": false}, ReplaceOn: []string{"userId", "userName"},
			Rules:    rules{cloud.OneOf("engine", "redis", "valkey"), cloud.Length("passwords", 16, 128)},
			Unique:   []string{"userId"},
			Conflict: code{Code: "UserAlreadyExists", Message: "User %s already exists."},
			Outputs:  vals{"arn": "arn:{partition}:elasticache:{region}:{account}:user:{userId}"},
			Missing:  code{Code: "UserNotFound", Message: "User %s not found."},
			InUse:    code{Code: "InvalidUserState", Message: "User %s is a member of a user group."},
		},
		"elasticache/userGroup": {
			DisplayName: "ElastiCache User Group", ID: "{userGroupId}",
			ReplaceOn: []string{"userGroupId"}, Rules: rules{cloud.OneOf("engine", "redis", "valkey")},
			References: []ref{{Path: "userIds", To: "elasticache/user", BlocksDelete: true, ExternalPrefixes: []string{"default"}}},
			Unique:     []string{"userGroupId"},
			Conflict:   code{Code: "UserGroupAlreadyExists", Message: "User group %s already exists."},
			Outputs:    vals{"arn": "arn:{partition}:elasticache:{region}:{account}:usergroup:{userGroupId}"},
			Missing:    code{Code: "UserGroupNotFound", Message: "User group %s not found."},
			InUse:      code{Code: "InvalidUserGroupState", Message: "User group %s is in use."},
		},
	}
}

func cacheRules() rules {
	return rules{
		cloud.Length("replicationGroupId", 1, 40), cloud.Match("replicationGroupId", `^[a-z](-?[0-9a-z])*$`,
			"must begin with a letter, have only letters, digits and single hyphens, and not end in a hyphen"),
		cloud.OneOf("engine", "redis", "valkey"), cloud.Between("snapshotRetentionLimit", 0, 35), cloud.Length("description", 1, 255),
		cloud.Length("authToken", 16, 128), cloud.Match("authToken", `^[^@"/ ]+$`, `must not have @, ", / or spaces`),
		cloud.OneOf("authTokenUpdateStrategy", "SET", "ROTATE", "DELETE"), cloud.Exclusive("authToken", "userGroupIds"),
		cloud.OneOf("transitEncryptionMode", "preferred", "required"), cloud.Exclusive("numCacheClusters", "numNodeGroups", "globalReplicationGroupId"),
		cloud.Exclusive("numCacheClusters", "replicasPerNodeGroup"), cloud.OneOf("clusterMode", "enabled", "disabled", "compatible"),
		cloud.Match("snapshotWindow", dayWindow, "must satisfy the format of \"hh24:mi-hh24:mi\""),
		cloud.Match("maintenanceWindow", weekWindow, "must satisfy the format of \"ddd:hh24:mi-ddd:hh24:mi\""),
		apart("snapshotWindow", "maintenanceWindow", 60), cloud.Between("numCacheClusters", 1, 6),
		cloud.OneOf("logDeliveryConfigurations.logType", "slow-log", "engine-log"),
		cloud.OneOf("logDeliveryConfigurations.destinationType", "cloudwatch-logs", "kinesis-firehose"),
		cloud.OneOf("logDeliveryConfigurations.logFormat", "json", "text"), cacheVersion,
		func(j *cloud.Validation) {
			failover, single := j.True("automaticFailoverEnabled"), j.Known("numCacheClusters") && j.Has("numCacheClusters") && j.Number("numCacheClusters") < 2
			if j.True("multiAzEnabled") && j.Known("automaticFailoverEnabled") && !failover {
				j.Fail("automaticFailoverEnabled", "automatic_failover_enabled must be true if multi_az_enabled is true")
			}
			if failover && single {
				j.Fail("numCacheClusters", `"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true.`)
			}
		},
	}
}

func cacheVersion(j *cloud.Validation) {
	pattern, says := `^([67]\.[0-9x]+|[1-5]\.[0-9]+\.[0-9]+)$`, "Redis versions must match <major>.x when using version 6 or higher, or <major>.<minor>.<bug-fix>"
	if j.Text("engine") == "valkey" {
		pattern, says = `^[7-9]\.[0-9]+$`, "Valkey versions must match <major>.<minor>"
	}
	cloud.Match("engineVersion", pattern, says)(j)
}

func cacheReplaces(before, after cloud.Values) []string {
	var paths []string
	if before.Text("engine") == "valkey" && after.Text("engine") == "redis" {
		paths = append(paths, "engine")
	}
	old, now := before.Text("engineVersion"), after.Text("engineVersion")
	if before.Text("engine") == after.Text("engine") && old != "" && now != "" && now < old {
		paths = append(paths, "engineVersion")
	}
	if before.True("transitEncryptionEnabled") != after.True("transitEncryptionEnabled") && strings.HasPrefix(after.Text("engineVersion"), "6") {
		paths = append(paths, "transitEncryptionEnabled")
	}
	return paths
}

func makeCache(m *cloud.Operation) error {
	tls, engine := m.True("transitEncryptionEnabled"), m.Text("engine")
	if m.Text("authToken") != "" && !tls {
		return cloud.Refuse("InvalidParameterCombination", "AuthToken can be used only when TransitEncryptionEnabled is true")
	}
	if m.Has("transitEncryptionMode") && !tls {
		return cloud.Refuse("InvalidParameterCombination", "TransitEncryptionMode can be used only when TransitEncryptionEnabled is true")
	}
	if !strings.HasPrefix(m.Text("nodeType"), "cache.") && m.Text("globalReplicationGroupId") == "" {
		return cloud.Refuse("InvalidParameterValue", "Invalid cache node type: %s", m.Text("nodeType"))
	}
	group := m.First(Token("elasticache/subnetGroup"), "name", m.Text("subnetGroupName"))
	if m.True("multiAzEnabled") && len(zonesIn(m, group.Texts("subnetIds"))) < 2 {
		return cloud.Refuse("InvalidParameterCombination", "Multi-AZ needs a subnet group in at least two Availability Zones")
	}
	version := m.Text("engineVersion")
	if version == "" {
		version = map[string]string{"redis": "7.1", "valkey": "8.1"}[engine]
		m.Values["engineVersion"] = version
	}
	family := m.First(Token("elasticache/parameterGroup"), "name", m.Text("parameterGroupName")).Text("family")
	if wanted := familyOf(engine, version); family != "" && family != wanted {
		return cloud.Refuse("InvalidParameterCombination", "Expected a parameter group of family %s but found one of family %s", wanted, family)
	}
	if m.Text("parameterGroupName") == "" {
		m.Values["parameterGroupName"] = "default." + familyOf(engine, version)
	}
	m.Values["engineVersionActual"] = strings.TrimSuffix(version, ".x") + ".0"
	if !m.Has("port") {
		m.Values["port"] = 6379.0
	}
	members(m)
	interfaces(m, "ElastiCache "+m.ID, false, group.Texts("subnetIds"), m.Texts("securityGroupIds"))
	return nil
}

// members sets the nodes and their addresses.
func members(m *cloud.Operation) {
	nodes := int(m.Number("numCacheClusters"))
	if nodes == 0 {
		nodes = max(int(m.Number("numNodeGroups")), 1) * (int(m.Number("replicasPerNodeGroup")) + 1)
		m.Values["numCacheClusters"] = float64(nodes)
	}
	m.Values["replicasPerNodeGroup"] = float64(nodes)/max(m.Number("numNodeGroups"), 1) - 1
	var all []any
	for i := range nodes {
		all = append(all, fmt.Sprintf("%s-%03d", m.ID, i+1))
	}
	m.Values["memberClusters"] = all
	domain := m.Template(".{letters:6}.") + shortRegion(m.Scope.Region) + ".cache.amazonaws.com"
	switch {
	case m.Number("numNodeGroups") > 1 || m.Text("clusterMode") == "enabled":
		m.Values["configurationEndpointAddress"], m.Values["clusterEnabled"] = "clustercfg."+m.ID+domain, true
	case m.True("transitEncryptionEnabled"):
		m.Values["primaryEndpointAddress"], m.Values["readerEndpointAddress"] = "master."+m.ID+domain, "replica."+m.ID+domain
	default:
		plain := strings.Replace(domain, "."+shortRegion(m.Scope.Region)+".", ".ng.0001."+shortRegion(m.Scope.Region)+".", 1)
		m.Values["primaryEndpointAddress"] = m.ID + plain
		m.Values["readerEndpointAddress"] = m.ID + "-ro" + plain
	}
}

// shortRegion returns a region as ElastiCache abbreviates it: euc1.
func shortRegion(region string) string {
	parts := strings.Split(region, "-")
	if len(parts) != 3 {
		return region
	}
	direction := map[string]string{
		"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
	}[parts[1]]
	if direction == "" {
		direction = parts[1][:1]
	}
	return parts[0] + direction + parts[2]
}

func familyOf(engine, version string) string {
	major, minor, _ := strings.Cut(version, ".")
	switch {
	case engine == "redis" && major == "6":
		return "redis6.x"
	case engine == "redis" && major < "6":
		return "redis" + major + "." + strings.Split(minor, ".")[0]
	}
	return engine + major
}
