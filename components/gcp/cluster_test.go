package gcp_test

import (
	"encoding/json"
	"strings"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func clusterArgs(mode arguments.ClusterMode) *gcp.ClusterArgs {
	args := &gcp.ClusterArgs{
		Name:             "blog-production",
		Project:          mocks.Project,
		Region:           region,
		Version:          "1.35",
		Mode:             mode,
		NetworkID:        pulumi.String("projects/djangostack-tests/global/networks/blog"),
		SubnetID:         pulumi.String("projects/djangostack-tests/regions/europe-west3/subnetworks/nodes"),
		PodsRange:        pulumi.String("pods"),
		ServicesRange:    pulumi.String("services"),
		EndpointSubnetID: pulumi.String("projects/djangostack-tests/regions/europe-west3/subnetworks/endpoints"),
		Endpoint:         arguments.Endpoint{Access: arguments.EndpointPublicAndPrivate, AllowedCIDRs: []string{"203.0.113.0/24"}},
		SecretsKeyID:     pulumi.String(aKey),
		ReleaseChannel:   gcp.ChannelStable,
		LogTypes:         []string{"api-server", "controller-manager", "scheduler"},
		WorkloadLogs:     arguments.On,
		Maintenance:      gcp.Maintenance{Days: gcp.MaintenanceWeekend, StartHour: 22, Hours: 6},
		Admins:           []string{"user:ada@example.com", "group:platform@example.com", "serviceAccount:deployer@djangostack-tests.iam.gserviceaccount.com"},
		Volumes:          gcp.Volumes{DeletionPolicy: deletion.Retain, KeyID: pulumi.String(aKey)},
		Data:             data.Held{Protected: true},
		Labels:           environment,
	}
	if mode == arguments.ModeNodes {
		args.Zones = []string{region + "-a", region + "-b", region + "-c"}
		args.Nodes = &gcp.NodesArgs{MachineType: "e2-standard-4", Min: 3, Max: 9, DiskGiB: 50, Capacity: arguments.OnDemand}
	}
	return args
}

func withCluster(args *gcp.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewCluster(ctx, "blog", args)
		return err
	}
}

// withClusterOnNetwork is a cluster on a network, with an object of an environment in it.
func withClusterOnNetwork(args *gcp.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := gcp.NewNetwork(ctx, "blog", networkArgs())
		if err != nil {
			return err
		}
		args.NetworkID, args.SubnetID, args.EndpointSubnetID = network.NetworkID, network.SubnetID, network.EndpointSubnetID
		args.PodsRange, args.ServicesRange, args.Egress = network.PodsRange, network.ServicesRange, network.Egress
		cluster, err := gcp.NewCluster(ctx, "blog", args)
		if err != nil {
			return err
		}
		_, err = corev1.NewNamespace(ctx, "blog-namespace", nil, pulumi.Provider(cluster.Provider))
		return err
	}
}

// theCluster is Google's; the component has the same name for its kind.
func theCluster(t *testing.T, ran mocks.Program) mocks.Resource {
	t.Helper()
	return ran.Find(t, "Cluster", "blog-cluster")
}

func modes() []arguments.ClusterMode {
	return []arguments.ClusterMode{arguments.ModeAuto, arguments.ModeNodes}
}

func TestAClustersSecurityIsStated(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			cluster := theCluster(t, mocks.Run(t, outputs, withCluster(clusterArgs(mode))))
			for path, want := range map[string]any{
				"masterAuth.clientCertificateConfig.issueClientCertificate": false, // CKV_GCP_13, CIS 2.1.1
				"enableLegacyAbac":                                           false,                              // CKV_GCP_7, CIS 5.8.3
				"enableKubernetesAlpha":                                      false,                              // CIS 5.10.2
				"privateClusterConfig.enablePrivateNodes":                    true,                               // CKV_GCP_64, CIS 5.6.5
				"privateClusterConfig.masterGlobalAccessConfig.enabled":      false,                              //
				"privateClusterConfig.masterIpv4CidrBlock":                   nil,                                // GKE refuses it beside a subnet
				"masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled": false,                              // CKV_GCP_20, CIS 5.6.3
				"databaseEncryption.state":                                   "ENCRYPTED",                        // CIS 5.3.1
				"databaseEncryption.keyName":                                 aKey,                               //
				"binaryAuthorization.evaluationMode":                         "PROJECT_SINGLETON_POLICY_ENFORCE", // CKV_GCP_66
				"binaryAuthorization.enabled":                                nil,                                // it conflicts with the mode
				"securityPostureConfig.mode":                                 "BASIC",                            //
				"releaseChannel.channel":                                     "STABLE",                           // CKV_GCP_70, CIS 5.5.4
				"networkingMode":                                             "VPC_NATIVE",                       // CKV_GCP_23, CIS 5.6.2
				"gatewayApiConfig.channel":                                   "CHANNEL_STANDARD",                 //
				"addonsConfig.httpLoadBalancing.disabled":                    false,                              // the Gateway needs it
				"monitoringConfig.managedPrometheus.enabled":                 true,                               //
				"deletionProtection":                                         true,                               //
				"location":                                                   region,                             // control planes in every zone
			} {
				assert.Equal(t, want, cluster.At(t, path), "%s: %s", mode, path)
			}
			assert.True(t, cluster.Protect)
		}
	}
}

func TestAutopilotIsToldNothingThatItRefuses(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto)))
		cluster := theCluster(t, ran)
		assert.Equal(t, true, cluster.At(t, "enableAutopilot"))
		for _, path := range []string{
			"addonsConfig.dnsCacheConfig", "addonsConfig.networkPolicyConfig", "addonsConfig.gcePersistentDiskCsiDriverConfig",
			"clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits", "defaultMaxPodsPerNode", "enableIntranodeVisibility",
			"enableShieldedNodes", "networkPolicy", "nodePools", "nodeConfig", "nodeLocations", "removeDefaultNodePool", "initialNodeCount",
			"workloadIdentityConfig", "datapathProvider",
		} {
			assert.Nil(t, cluster.At(t, path), path)
		}
		assert.Equal(t, []any{"https://www.googleapis.com/auth/cloud-platform"}, cluster.At(t, "clusterAutoscaling.autoProvisioningDefaults.oauthScopes"))
		assert.Equal(t, aKey, cluster.At(t, "clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey"))
		assert.Empty(t, ran.OfKind("NodePool"))
	}
}

func TestAClusterWithNodesIsToldWhatAutopilotSeesTo(t *testing.T) {
	for _, outputs := range mocks.Both() {
		cluster := theCluster(t, mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeNodes))))
		for path, want := range map[string]any{
			"enableAutopilot":                                    nil,
			"datapathProvider":                                   "ADVANCED_DATAPATH", // CKV_GCP_12, CIS 5.6.7
			"networkPolicy":                                      nil,                 // GKE refuses it beside the datapath
			"enableIntranodeVisibility":                          true,                // CKV_GCP_61, CIS 5.6.1
			"enableShieldedNodes":                                true,                // CKV_GCP_71, CIS 5.5.5
			"workloadIdentityConfig.workloadPool":                "djangostack-tests.svc.id.goog",
			"removeDefaultNodePool":                              true,
			"nodePools":                                          nil, // CKV_GCP_123
			"serviceExternalIpsConfig.enabled":                   false,
			"addonsConfig.dnsCacheConfig.enabled":                true,
			"nodeConfig.workloadMetadataConfig.mode":             "GKE_METADATA",
			"nodeConfig.shieldedInstanceConfig.enableSecureBoot": true,
		} {
			assert.Equal(t, want, cluster.At(t, path), path)
		}
		assert.EqualValues(t, 1, cluster.At(t, "initialNodeCount"))
		assert.Len(t, cluster.At(t, "nodeLocations"), 3)
	}
}

func TestGooglePicksZonesThatAreNotNamed(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.Zones = nil
	ran := mocks.Run(t, mocks.Known, withCluster(args))
	assert.Nil(t, theCluster(t, ran).At(t, "nodeLocations"))
	assert.Nil(t, ran.Find(t, "NodePool", "blog-nodes").At(t, "nodeLocations"))
}

func TestAnEndpointCanBePrivate(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Endpoint = arguments.Endpoint{Access: arguments.EndpointPrivate}
	cluster := theCluster(t, mocks.Run(t, mocks.Known, withCluster(args)))
	assert.Equal(t, true, cluster.At(t, "privateClusterConfig.enablePrivateEndpoint"), "CKV_GCP_18, CIS 5.6.4")
	assert.Equal(t, map[string]any{"gcpPublicCidrsAccessEnabled": false}, cluster.At(t, "masterAuthorizedNetworksConfig"), "GKE wants it with a private endpoint")
	args.Endpoint.AllowedCIDRs = []string{"10.99.0.0/16"}
	cluster = theCluster(t, mocks.Run(t, mocks.Known, withCluster(args)))
	assert.Equal(t, "10.99.0.0/16", cluster.At(t, "masterAuthorizedNetworksConfig.cidrBlocks[0].cidrBlock"))
}

func TestOnlyNamedAddressesReachAPublicEndpoint(t *testing.T) {
	cluster := theCluster(t, mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto))))
	assert.Equal(t, false, cluster.At(t, "privateClusterConfig.enablePrivateEndpoint"))
	assert.Equal(t, []any{map[string]any{"cidrBlock": "203.0.113.0/24"}}, cluster.At(t, "masterAuthorizedNetworksConfig.cidrBlocks"))
}

func TestSecretsWithoutAKeyAreGooglesAffair(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.SecretsKeyID, args.Volumes.KeyID = nil, nil
	cluster := theCluster(t, mocks.Run(t, mocks.Known, withCluster(args)))
	assert.Equal(t, map[string]any{"state": "DECRYPTED"}, cluster.At(t, "databaseEncryption"))
	assert.Nil(t, cluster.At(t, "clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey"))
}

func TestLogsOfThePodsAreKeptIfAsked(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	cluster := theCluster(t, mocks.Run(t, mocks.Known, withCluster(args)))
	assert.Equal(t, []any{"SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER"},
		cluster.At(t, "loggingConfig.enableComponents"), "CKV_GCP_1, in the order of Google's answer")
	args.LogTypes = nil
	cluster = theCluster(t, mocks.Run(t, mocks.Known, withCluster(args)))
	assert.Equal(t, []any{"SYSTEM_COMPONENTS", "WORKLOADS"}, cluster.At(t, "loggingConfig.enableComponents"))
	args.WorkloadLogs = arguments.Off
	cluster = theCluster(t, mocks.Run(t, mocks.Known, withCluster(args)))
	assert.Equal(t, []any{"SYSTEM_COMPONENTS"}, cluster.At(t, "loggingConfig.enableComponents"), "Google's own pods and the nodes always")
}

func TestMaintenanceComesBack(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	window := "maintenancePolicy.recurringWindow"
	assert.Equal(t, map[string]any{
		"startTime": "2024-01-06T22:00:00Z", "endTime": "2024-01-07T04:00:00Z", "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
	}, theCluster(t, mocks.Run(t, mocks.Known, withCluster(args))).At(t, window))
	args.Maintenance = gcp.Maintenance{Days: gcp.MaintenanceDaily, StartHour: 2, Hours: 4}
	assert.Equal(t, map[string]any{
		"startTime": "2024-01-06T02:00:00Z", "endTime": "2024-01-06T06:00:00Z", "recurrence": "FREQ=DAILY",
	}, theCluster(t, mocks.Run(t, mocks.Known, withCluster(args))).At(t, window))
}

func TestNodesActAsAnAccountWithFewRights(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(mode)))
		nodes := "blog-nodes-1a2b3c@djangostack-tests.iam.gserviceaccount.com"
		path := "nodeConfig.serviceAccount"
		if mode == arguments.ModeAuto {
			path = "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"
		}
		assert.Equal(t, nodes, theCluster(t, ran).At(t, path), "CIS 5.2.1")
		var roles []string
		for _, granted := range ran.OfKind("IAMMember") {
			if granted.At(t, "member") == "serviceAccount:"+nodes {
				roles = append(roles, granted.At(t, "role").(string))
				assert.True(t, ran.Waits(theCluster(t, ran), granted), "nodes start with their rights and end before them")
			}
		}
		assert.ElementsMatch(t, []string{"roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"}, roles)
	}
}

func TestNodesAreClosed(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeNodes)))
	nodes := ran.Find(t, "NodePool", "blog-nodes")
	for path, want := range map[string]any{
		"nodeConfig.workloadMetadataConfig.mode":                      "GKE_METADATA",   // CKV_GCP_69, CIS 5.4.1
		"nodeConfig.shieldedInstanceConfig.enableSecureBoot":          true,             // CKV_GCP_68, CIS 5.5.7
		"nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring": true,             // CKV_GCP_72, CIS 5.5.6
		`nodeConfig.metadata["disable-legacy-endpoints"]`:             "true",           // CKV_GCP_67
		"nodeConfig.imageType":                                        "COS_CONTAINERD", // CKV_GCP_22, CIS 5.5.1
		"nodeConfig.bootDiskKmsKey":                                   aKey,             // CIS 5.9.2
		"nodeConfig.machineType":                                      "e2-standard-4",
		"nodeConfig.spot":                                             false,
		"management.autoRepair":                                       true, // CKV_GCP_9, CIS 5.5.2
		"management.autoUpgrade":                                      true, // CKV_GCP_10, CIS 5.5.3
		"networkConfig.enablePrivateNodes":                            true,
		"autoscaling.locationPolicy":                                  "BALANCED",
		"nodeCount":                                                   nil, // the autoscaler's
	} {
		assert.Equal(t, want, nodes.At(t, path), path)
	}
	assert.EqualValues(t, 3, nodes.At(t, "autoscaling.totalMinNodeCount"))
	assert.EqualValues(t, 9, nodes.At(t, "autoscaling.totalMaxNodeCount"))
	assert.Equal(t, []string{"initialNodeCount", "nodeCount", "nodeConfig.kubeletConfig", "nodeConfig.resourceLabels"}, nodes.Ignored)
	assert.Nil(t, nodes.At(t, "nodeConfig.resourceLabels"), "they come from the cluster")
	assert.True(t, ran.Waits(nodes, theCluster(t, ran)))
}

func TestWhatGKESaysOfAClusterIsLeftAlone(t *testing.T) {
	for _, mode := range modes() {
		args := clusterArgs(mode)
		ran := mocks.Run(t, mocks.Known, withCluster(args))
		assert.Equal(t, []string{"nodeConfig", "enableL4IlbSubsetting", "databaseEncryption.state"}, theCluster(t, ran).Ignored, mode)

		args.SecretsKeyID = nil
		ran = mocks.Run(t, mocks.Known, withCluster(args))
		assert.Equal(t, []string{"nodeConfig", "enableL4IlbSubsetting"}, theCluster(t, ran).Ignored, "%s: a key that goes is seen", mode)
	}
}

func TestSpotNodesAreWhereTheyAreLeastLikelyToBeReclaimed(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.Nodes.Capacity = arguments.Spot
	nodes := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "NodePool", "blog-nodes")
	assert.Equal(t, true, nodes.At(t, "nodeConfig.spot"))
	assert.Equal(t, "ANY", nodes.At(t, "autoscaling.locationPolicy"))
}

func TestLoadBalancersReachTheNodesOfThisClusterOnly(t *testing.T) {
	rule := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "Firewall", "blog-health-checks")
	assert.Equal(t, []any{"35.191.0.0/16", "130.211.0.0/22"}, rule.At(t, "sourceRanges"))
	assert.Equal(t, []any{"blog-nodes-1a2b3c@djangostack-tests.iam.gserviceaccount.com"}, rule.At(t, "targetServiceAccounts"))
	assert.Equal(t, []any{map[string]any{"protocol": "tcp", "ports": []any{"1024-65535"}}}, rule.At(t, "allows"), "CKV_GCP_2 and CKV_GCP_3: neither 22 nor 3389")
}

func TestAdministratorsRuleThisClusterAndNoOther(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto)))
		for entry, subject := range map[string]map[string]any{
			"blog-admin-user-ada-example-com":       {"kind": "User", "name": "ada@example.com"},
			"blog-admin-group-platform-example-com": {"kind": "Group", "name": "platform@example.com"},
			"blog-admin-serviceaccount-deployer-djangostack-tests-iam-gserviceaccount-com": {
				"kind": "User", "name": "deployer@djangostack-tests.iam.gserviceaccount.com",
			},
		} {
			found := byPrefix(t, ran, "IAMMember", entry)
			assert.Equal(t, "roles/container.clusterViewer", found.At(t, "role"))
			assert.Equal(t, `resource.name.endsWith("/locations/europe-west3/clusters/blog-production")`, found.At(t, "condition.expression"))
			allowed := byPrefix(t, ran, "ClusterRoleBinding", entry)
			assert.Equal(t, "cluster-admin", allowed.At(t, "roleRef.name"))
			assert.Equal(t, subject["kind"], allowed.At(t, "subjects[0].kind"))
			assert.Equal(t, subject["name"], allowed.At(t, "subjects[0].name"))
		}
		assert.Equal(t, "gke-security-groups@example.com", theCluster(t, ran).At(t, "authenticatorGroupsConfig.securityGroup"), "CKV_GCP_65, CIS 5.8.2")
	}
	args := clusterArgs(arguments.ModeAuto)
	args.Admins = nil
	assert.Nil(t, theCluster(t, mocks.Run(t, mocks.Known, withCluster(args))).At(t, "authenticatorGroupsConfig"))
}

// byPrefix finds what may have been cut at its end.
func byPrefix(t *testing.T, ran mocks.Program, kind, name string) mocks.Resource {
	t.Helper()
	for _, r := range ran.OfKind(kind) {
		if len(r.Name) >= 30 && strings.HasPrefix(name, r.Name[:30]) {
			return r
		}
	}
	require.Failf(t, "not registered", "%s %s; registered are\n%s", kind, name, strings.Join(ran.Names(), "\n"))
	return mocks.Resource{}
}

func TestTheKubeconfigHoldsACommandAndNoToken(t *testing.T) {
	provider := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "kubernetes", "blog-kubernetes")
	var config map[string]any
	require.NoError(t, json.Unmarshal([]byte(provider.At(t, "kubeconfig").(string)), &config))
	cluster := config["clusters"].([]any)[0].(map[string]any)["cluster"].(map[string]any)
	assert.Equal(t, "https://203.0.113.7", cluster["server"])
	assert.Equal(t, "Y2VydGlmaWNhdGU=", cluster["certificate-authority-data"])
	user := config["users"].([]any)[0].(map[string]any)["user"].(map[string]any)
	assert.Len(t, user, 1, "exec and nothing else")
	exec := user["exec"].(map[string]any)
	assert.Equal(t, "gke-gcloud-auth-plugin", exec["command"])
	assert.Equal(t, "client.authentication.k8s.io/v1beta1", exec["apiVersion"])
	assert.Equal(t, true, exec["provideClusterInfo"])
}

func TestTheClusterIsIdentifiedBeforeItIsThere(t *testing.T) {
	for _, outputs := range mocks.Both() {
		provider := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "kubernetes", "blog-kubernetes")
		assert.Equal(t, "projects/djangostack-tests/locations/europe-west3/clusters/blog-production", provider.At(t, "clusterIdentifier"))
		assert.Equal(t, false, provider.At(t, "upsertExistingObjects"), "what exists is never taken over")
	}
}

func TestAClustersNameIsCut(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Name = "Blog-" + strings.Repeat("production-", 5)
	name := theCluster(t, mocks.Run(t, mocks.Known, withCluster(args))).At(t, "name").(string)
	assert.LessOrEqual(t, len(name), 40)
	assert.Regexp(t, `^[a-z][a-z0-9-]*[a-z0-9]$`, name)
}

func TestEveryObjectWaitsForNodesRightsAndEgress(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			ran := mocks.Run(t, outputs, withClusterOnNetwork(clusterArgs(mode)))
			object := ran.Find(t, "Namespace", "blog-namespace")
			for _, kind := range []string{"Cluster", "NodePool", "Account", "RouterNat", "Router", "Subnetwork", "Firewall", "IAMMember"} {
				for _, before := range ran.OfKind(kind) {
					if !before.Custom || strings.Contains(before.Name, "-admin-") || before.Name == "blog-deny-ingress" {
						continue
					}
					assert.True(t, ran.Waits(object, before), "%s: %s %s", mode, kind, before.Name)
					assert.False(t, ran.Waits(before, object), "%s: %s %s", mode, kind, before.Name)
				}
			}
		}
	}
}

func TestTheClusterItselfDependsOnTheEgress(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		network, err := gcp.NewNetwork(ctx, "blog", networkArgs())
		if err != nil {
			return err
		}
		args := clusterArgs(arguments.ModeNodes)
		args.SubnetID = network.SubnetID
		_, err = gcp.NewCluster(ctx, "blog", args)
		return err
	})
	assert.False(t, ran.Waits(theCluster(t, ran), ran.Find(t, "RouterNat", "blog-nat")), "without Egress nothing keeps the way out")
}

func TestWhatIsReadyIncludesTheStorageClassAndTheAdministrators(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		cluster, err := gcp.NewCluster(ctx, "blog", clusterArgs(arguments.ModeNodes))
		if err != nil {
			return err
		}
		waiting := &pulumi.ResourceState{}
		return ctx.RegisterComponentResource("test:index:Waiting", "waiting", waiting, pulumi.DependsOn(cluster.Ready))
	})
	waiting := ran.Find(t, "Waiting", "waiting")
	for _, kind := range []string{"NodePool", "StorageClass", "ClusterRoleBinding", "IAMMember"} {
		require.NotEmpty(t, ran.OfKind(kind))
		for _, before := range ran.OfKind(kind) {
			assert.True(t, ran.Waits(waiting, before), "%s %s", kind, before.Name)
		}
	}
}

func TestVolumesAreLabelledEncryptedAndKept(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	class := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "StorageClass", "blog-storage")
	assert.Equal(t, "pd.csi.storage.gke.io", class.At(t, "provisioner"))
	assert.Equal(t, "Retain", class.At(t, "reclaimPolicy"))
	assert.Equal(t, "WaitForFirstConsumer", class.At(t, "volumeBindingMode"))
	assert.Equal(t, aKey, class.At(t, `parameters["disk-encryption-kms-key"]`), "CIS 5.9.1")
	assert.Equal(t, "djangostack-environment=dev,djangostack-owner=web-team", class.At(t, "parameters.labels"))
	assert.Equal(t, "true", class.At(t, `metadata.annotations["storageclass.kubernetes.io/is-default-class"]`))
	args.Volumes, args.Labels = gcp.Volumes{DeletionPolicy: deletion.Delete}, nil
	class = mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "StorageClass", "blog-storage")
	assert.Equal(t, "Delete", class.At(t, "reclaimPolicy"))
	assert.Equal(t, map[string]any{"type": "pd-balanced"}, class.At(t, "parameters"))
}

func TestEveryClusterResourceHasLabelsAndAParent(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Unknown, withCluster(clusterArgs(mode)))
		everythingIsLabelled(t, ran, "Account", "IAMMember", "Firewall", "NodePool")
		descendsFrom(t, ran, "Cluster", "blog")
	}
}
