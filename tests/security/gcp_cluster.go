package security

import "slices"

const (
	gkeCluster = "gcp:container/cluster:Cluster"
	gkePool    = "gcp:container/nodePool:NodePool"
)

func clusterOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GKE 5.3.1"}, Asks: "Secrets are encrypted with a key of the project before they are stored",
			Of:    []string{gkeCluster},
			Needs: []Need{arg("databaseEncryption.state", is("ENCRYPTED")), arg("databaseEncryption.keyName", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.6.3", "CKV_GCP_20"}, Asks: "The API knows who may reach it",
			Of: []string{gkeCluster}, Needs: []Need{arg("masterAuthorizedNetworksConfig", isGiven())},
		},
		{
			IDs: []string{"CKV_GCP_18"}, Asks: "The API is reached from the world only by those who are named",
			Of: []string{gkeCluster}, In: Usual, Needs: []Need{
				arg("masterAuthorizedNetworksConfig.cidrBlocks", namesNetworks()),
				arg("masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled", isOff()),
			},
			NotMet: inStaging("open to everyone who can sign in, until `cluster.endpoint.allowedCIDRs` says who; production must say"),
		},
		{
			IDs: []string{"CIS GKE 5.6.4"}, Asks: "The API is not reached from the world at all",
			Of: []string{gkeCluster}, In: Usual, Needs: []Need{arg("privateClusterConfig.enablePrivateEndpoint", is(true))},
			NotMet: notMet("the program that makes what is inside must reach the API; `cluster.endpoint: {access: private}` meets it for those who run it inside the network, see the next line"),
		},
		{
			IDs: []string{"CIS GKE 5.6.4"}, Asks: "The same, with `cluster.endpoint: {access: private}`",
			Of: []string{gkeCluster}, In: Other, Needs: []Need{arg("privateClusterConfig.enablePrivateEndpoint", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.6.5", "CKV_GCP_25", "CKV_GCP_64"}, Asks: "Nodes have no address in the world",
			Of: []string{gkeCluster}, Needs: []Need{arg("privateClusterConfig.enablePrivateNodes", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.6.2", "CKV_GCP_23"}, Asks: "Pods have addresses of the network",
			Of:    []string{gkeCluster},
			Needs: []Need{arg("networkingMode", is("VPC_NATIVE")), arg("ipAllocationPolicy.clusterSecondaryRangeName", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 4.3.1", "CKV_GCP_12"}, Asks: "The network enforces NetworkPolicies", Note: "Autopilot always does; checkov knows only the older `networkPolicy`",
			Of: []string{gkeCluster}, In: Other, Needs: []Need{arg("datapathProvider", is("ADVANCED_DATAPATH"))},
		},
		{
			IDs: []string{"CIS GKE 5.6.1", "CKV_GCP_61"}, Asks: "What pods of one node tell each other is seen as well", Note: "Autopilot always does",
			Of: []string{gkeCluster}, In: Other, Needs: []Need{arg("enableIntranodeVisibility", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.5.4", "CKV_GCP_70"}, Asks: "Google moves the cluster on to versions that it supports",
			Of: []string{gkeCluster}, Needs: []Need{arg("releaseChannel.channel", isOneOf("REGULAR", "STABLE"))},
		},
		{
			IDs: []string{"CIS GKE 5.7.1", "CKV_GCP_1", "CKV_GCP_8"}, Asks: "Cluster and pods are logged and measured",
			Of: []string{gkeCluster}, Needs: []Need{
				arg("loggingConfig.enableComponents", holdsAll("SYSTEM_COMPONENTS", "WORKLOADS")),
				arg("monitoringConfig.enableComponents", holdsAll("SYSTEM_COMPONENTS")),
			},
			NotMet: inStaging("the logs of the app's pods are paid for by the gigabyte; `cluster.workloadLogs: on` meets it"),
		},
		{
			IDs: []string{"CIS GKE 5.8.1", "CKV_GCP_13"}, Asks: "No client authenticates with a certificate, which cannot be revoked",
			Of: []string{gkeCluster}, Needs: []Need{arg("masterAuth.clientCertificateConfig.issueClientCertificate", is(false))},
		},
		{
			IDs: []string{"CIS GKE 5.8.2", "CKV_GCP_65"}, Asks: "Rights inside the cluster are given to groups of Google",
			Of: []string{gkeCluster}, Needs: []Need{arg("authenticatorGroupsConfig.securityGroup", isGiven())},
			Note: "Where `gcp.admins` names a group",
		},
		{
			IDs: []string{"CIS GKE 5.8.3", "CKV_GCP_7"}, Asks: "The rules of old (ABAC) are off",
			Of: []string{gkeCluster}, Needs: []Need{arg("enableLegacyAbac", is(false))},
		},
		{
			IDs: []string{"CIS GKE 5.10.2", "CKV2_GCP_19"}, Asks: "The cluster has no features that are not finished",
			Of: []string{gkeCluster}, Needs: []Need{arg("enableKubernetesAlpha", isOff())},
		},
		{
			IDs: []string{"CIS GKE 5.10.4", "CIS GKE 5.1.4", "CKV_GCP_66"}, Asks: "The project's policy says which images may run",
			Of: []string{gkeCluster}, Needs: []Need{arg("binaryAuthorization.evaluationMode", is("PROJECT_SINGLETON_POLICY_ENFORCE"))},
		},
		{
			IDs: []string{"CIS GKE 5.10.5"}, Asks: "Google looks for known weaknesses in how workloads are set up",
			Of: []string{gkeCluster}, Needs: []Need{arg("securityPostureConfig.mode", isOneOf("BASIC", "ENTERPRISE"))},
		},
		{
			IDs: []string{"CKV_GCP_21"}, Asks: "The cluster says whose it is",
			Of: []string{gkeCluster}, Needs: []Need{arg("resourceLabels", isGiven())},
		},
		{
			IDs: []string{"CKV_GCP_123"}, Asks: "Nodes are described beside the cluster, not in it",
			Of: []string{gkeCluster}, Needs: []Need{arg("nodePools", isNotGiven([]any{map[string]any{"name": "default-pool"}}))},
		},
	}
}

// namesNetworks requires networks that exclude 0.0.0.0/0. No network means no access from outside.
func namesNetworks() Want {
	return that("names networks, and not everyone's", func(got any) bool {
		list, _ := got.([]any)
		return !slices.ContainsFunc(list, func(each any) bool {
			block, _ := each.(map[string]any)
			return block["cidrBlock"] == "0.0.0.0/0"
		})
	}, []any{map[string]any{"cidrBlock": "0.0.0.0/0"}})
}

func nodesOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GKE 5.2.1"}, Asks: "Nodes have a dedicated service account, not the project's default",
			Of: []string{gkeCluster}, In: Usual, Needs: []Need{arg("clusterAutoscaling.autoProvisioningDefaults.serviceAccount", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.2.1"}, Asks: "The same, with node groups",
			Of: []string{gkePool}, In: Other, Needs: []Need{arg("nodeConfig.serviceAccount", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.4.1", "CKV_GCP_69"}, Asks: "A node's metadata is not its pods'", Note: "Autopilot always does so, and the next five as well",
			Of: []string{gkePool}, In: Other, Needs: []Need{arg("nodeConfig.workloadMetadataConfig.mode", is("GKE_METADATA"))},
		},
		{
			IDs: []string{"CIS GKE 5.5.1", "CKV_GCP_22"}, Asks: "Nodes run Google's own system for containers",
			Of: []string{gkePool}, In: Other, Needs: []Need{arg("nodeConfig.imageType", is("COS_CONTAINERD"))},
		},
		{
			IDs: []string{"CIS GKE 5.5.2", "CKV_GCP_9"}, Asks: "Unhealthy nodes are replaced",
			Of: []string{gkePool}, In: Other, Needs: []Need{arg("management.autoRepair", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.5.3", "CKV_GCP_10"}, Asks: "Nodes follow the cluster's version",
			Of: []string{gkePool}, In: Other, Needs: []Need{arg("management.autoUpgrade", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.5.5", "CKV_GCP_71"}, Asks: "Nodes prove to the cluster that they are its own",
			Of: []string{gkeCluster}, In: Other, Needs: []Need{arg("enableShieldedNodes", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.5.6", "CIS GKE 5.5.7", "CKV_GCP_68", "CKV_GCP_72"}, Asks: "Nodes start only what is signed, and it is watched",
			Of: []string{gkePool}, In: Other, Needs: []Need{
				arg("nodeConfig.shieldedInstanceConfig.enableSecureBoot", is(true)),
				arg("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", is(true)),
			},
		},
		{
			IDs: []string{"CIS GKE 5.9.1"}, Asks: "The disks of pods are encrypted with a key of the project",
			Of: []string{"kubernetes:storage.k8s.io/v1:StorageClass"}, Needs: []Need{arg(`parameters["disk-encryption-kms-key"]`, isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.9.2"}, Asks: "The disks of nodes are encrypted with a key of the project",
			Of: []string{gkeCluster}, In: Usual, Needs: []Need{arg("clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.9.2"}, Asks: "The same, with node groups",
			Of: []string{gkePool}, In: Other, Needs: []Need{arg("nodeConfig.bootDiskKmsKey", isGiven())},
		},
	}
}
