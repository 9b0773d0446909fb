package security

const (
	replicationGroup = "aws:elasticache/replicationGroup:ReplicationGroup"
	mqBroker         = "aws:mq/broker:Broker"
	searchDomain     = "aws:opensearch/domain:Domain"
)

// ofClusters is the note on checks that know only single ElastiCache clusters.
const ofClusters = "checkov reads aws_elasticache_cluster only, which is not used here"

func queuesOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CKV_AWS_29"}, Asks: "Keys in a cache or a Redis broker are encrypted where they lie",
			Of: []string{replicationGroup}, Needs: []Need{arg("atRestEncryptionEnabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_191"}, Asks: "Keys in a cache or a Redis broker are encrypted with a key of the account",
			Of: []string{replicationGroup}, Needs: []Need{arg("kmsKeyId", isGiven())},
		},
		{
			IDs: []string{"CKV_AWS_30"}, Asks: "Keys are encrypted on their way, too",
			Of: []string{replicationGroup}, Needs: []Need{arg("transitEncryptionEnabled", is(true)), arg("transitEncryptionMode", is("required"))},
		},
		{
			IDs: []string{"CKV_AWS_31"}, Asks: "Who connects needs the password",
			Of: []string{replicationGroup}, Needs: []Need{arg("transitEncryptionEnabled", is(true)), arg("authToken", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_50"}, Asks: "Another server takes over when one is lost",
			Of: []string{replicationGroup}, Needs: []Need{arg("automaticFailoverEnabled", is(true))},
			NotMet: inStaging("one server; `cache.managed.replicas: 1` meets it"),
		},
		{
			IDs: []string{"CKV_AWS_134"}, Asks: "A cache is backed up every day", Note: ofClusters,
			Of: []string{replicationGroup}, Where: called("-cache", "that are the cache"), Needs: []Need{arg("snapshotRetentionLimit", isAtLeast(1))},
			NotMet: notMet("a cache may forget: what is in it can be computed again"),
		},
		{
			IDs: []string{"CKV_AWS_134"}, Asks: "A Redis broker is backed up every day", Note: ofClusters,
			Of: []string{replicationGroup}, In: Other, Where: called("-broker", "that are the broker"), Needs: []Need{arg("snapshotRetentionLimit", isAtLeast(1))},
			NotMet: inStaging("its tasks do not matter"),
		},
		{
			IDs: []string{"CKV_AWS_322"}, Asks: "Cache and Redis broker take minor versions by themselves", Note: ofClusters,
			Of: []string{replicationGroup}, Needs: []Need{arg("autoMinorVersionUpgrade", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_323"}, Asks: "Servers are in dedicated subnets", Note: ofClusters,
			Of: []string{replicationGroup}, Needs: []Need{arg("subnetGroupName", isGiven())},
		},
		{
			IDs: []string{"CKV_AWS_69"}, Asks: "RabbitMQ has no address in the world",
			Of: []string{mqBroker}, Needs: []Need{arg("publiclyAccessible", is(false))},
		},
		{
			IDs: []string{"CKV_AWS_48"}, Asks: "RabbitMQ's log is kept",
			Of: []string{mqBroker}, Needs: []Need{arg("logs.general", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_207"}, Asks: "RabbitMQ takes minor versions by itself",
			Of: []string{mqBroker}, Needs: []Need{arg("autoMinorVersionUpgrade", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_208"}, Asks: "RabbitMQ has a supported version", Note: "checkov reads versions of three numbers only; Amazon MQ takes two, and picks the last",
			Of: []string{mqBroker}, Needs: []Need{arg("engineVersion", begins("3.13", "4."))},
		},
		{
			IDs: []string{"CKV_AWS_197"}, Asks: "The broker keeps an audit log",
			Of: []string{mqBroker}, Needs: []Need{arg("logs.audit", is("true"))},
			NotMet: notMet("RabbitMQ writes none; the switch is ActiveMQ's"),
		},
		{
			IDs: []string{"CKV_AWS_209"}, Asks: "The broker's disk is encrypted with a key of the account",
			Of: []string{mqBroker}, Needs: []Need{arg("encryptionOptions.kmsKeyId", isGiven())},
			NotMet: notMet("Amazon MQ encrypts RabbitMQ's disks with its own key, and refuses another"),
		},
	}
}

func searchOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CKV_AWS_5", "CKV_AWS_247"}, Asks: "The index is encrypted, with a key of the account",
			Of: []string{searchDomain}, Needs: []Need{arg("encryptAtRest.enabled", is(true)), arg("encryptAtRest.kmsKeyId", isGiven())},
		},
		{
			IDs: []string{"CKV_AWS_6"}, Asks: "What search nodes tell each other is encrypted",
			Of: []string{searchDomain}, Needs: []Need{arg("nodeToNodeEncryption.enabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_83", "CKV_AWS_228"}, Asks: "Search speaks HTTPS only, and no TLS older than 1.2",
			Of: []string{searchDomain},
			Needs: []Need{
				arg("domainEndpointOptions.enforceHttps", is(true)),
				arg("domainEndpointOptions.tlsSecurityPolicy", begins("Policy-Min-TLS-1-2")),
			},
		},
		{
			IDs: []string{"CKV_AWS_137", "CKV_AWS_248"}, Asks: "Search is in private subnets, with its own security group",
			Of: []string{searchDomain}, Needs: []Need{arg("vpcOptions.subnetIds", isGiven()), arg("vpcOptions.securityGroupIds", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_52"}, Asks: "Who searches signs in",
			Of: []string{searchDomain}, Needs: []Need{arg("advancedSecurityOptions.enabled", is(true)), arg("advancedSecurityOptions.internalUserDatabaseEnabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_84", "CKV_AWS_317"}, Asks: "Search keeps its logs, the audit log among them",
			Of: []string{searchDomain}, Needs: []Need{arg("logPublishingOptions", that("has ES_APPLICATION_LOGS and AUDIT_LOGS", publishes, []any{}, absent{}))},
		},
		{
			IDs: []string{"CKV_AWS_318", "CKV2_AWS_59"}, Asks: "Three nodes do nothing but agree on the others",
			Of: []string{searchDomain}, Needs: []Need{arg("clusterConfig.dedicatedMasterEnabled", is(true)), arg("clusterConfig.dedicatedMasterCount", isAtLeast(3))},
			NotMet: notMet("production's three nodes, one in each zone, agree among themselves; staging has one"),
		},
	}
}

func publishes(got any) bool {
	list, _ := got.([]any)
	kinds := make([]any, 0, len(list))
	for _, each := range list {
		option, _ := each.(map[string]any)
		kinds = append(kinds, option["logType"])
	}
	return holdsAll("ES_APPLICATION_LOGS", "AUDIT_LOGS").holds(kinds)
}
