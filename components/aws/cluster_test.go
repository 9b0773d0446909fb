package aws_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

const (
	deployer = "arn:aws:iam::123456789012:role/deployer"
	operator = "arn:aws:iam::123456789012:user/ada"
	aKey     = "arn:aws:kms:eu-central-1:123456789012:key/1"
)

func clusterArgs(mode arguments.ClusterMode) *aws.ClusterArgs {
	args := &aws.ClusterArgs{
		Name:             "blog-production",
		Region:           "eu-central-1",
		Version:          "1.35",
		Mode:             mode,
		SubnetIDs:        pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}),
		Endpoint:         arguments.Endpoint{Access: arguments.EndpointPublicAndPrivate, AllowedCIDRs: []string{"203.0.113.0/24"}},
		SecretsKeyARN:    pulumi.String(aKey),
		LogTypes:         []string{"api", "audit", "authenticator", "controllerManager", "scheduler"},
		LogRetentionDays: 365,
		LogsKeyARN:       pulumi.String(aKey),
		Admins:           []string{deployer, operator},
		Volumes:          aws.Volumes{DeletionPolicy: deletion.Retain, KeyARN: pulumi.String(aKey)},
		Data:             data.Held{Protected: true},
		Tags:             environment,
	}
	if mode == arguments.ModeNodes {
		args.Nodes = &aws.NodesArgs{
			InstanceTypes: []string{"m7i.large", "m6i.large"}, Min: 2, Desired: 3, Max: 6, DiskGiB: 50, Capacity: arguments.OnDemand,
		}
	}
	return args
}

func withCluster(args *aws.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewCluster(ctx, "blog", args)
		return err
	}
}

// onNetwork is a cluster on a network, with an object of an environment in it.
func onNetwork(args *aws.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := aws.NewNetwork(ctx, "blog", networkArgs())
		if err != nil {
			return err
		}
		args.SubnetIDs, args.Egress = network.PrivateSubnetIDs, network.Egress
		cluster, err := aws.NewCluster(ctx, "blog", args)
		if err != nil {
			return err
		}
		_, err = corev1.NewNamespace(ctx, "blog-namespace", nil, pulumi.Provider(cluster.Provider))
		return err
	}
}

func modes() []arguments.ClusterMode {
	return []arguments.ClusterMode{arguments.ModeAuto, arguments.ModeNodes}
}

func TestAClustersSecurityIsStated(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			cluster := mocks.Run(t, outputs, withCluster(clusterArgs(mode))).Find(t, "Cluster", "blog-cluster")
			assert.Equal(t, "API", cluster.At(t, "accessConfig.authenticationMode"))
			assert.Equal(t, false, cluster.At(t, "accessConfig.bootstrapClusterCreatorAdminPermissions"))
			assert.Equal(t, false, cluster.At(t, "bootstrapSelfManagedAddons"))
			assert.Len(t, cluster.At(t, "enabledClusterLogTypes"), 5, "CKV_AWS_37")
			assert.Equal(t, true, cluster.At(t, "vpcConfig.endpointPrivateAccess"), "CIS 5.4.2")
			assert.Equal(t, []any{"203.0.113.0/24"}, cluster.At(t, "vpcConfig.publicAccessCidrs"), "CKV_AWS_38")
			assert.Equal(t, []any{"secrets"}, cluster.At(t, "encryptionConfig.resources"), "CKV_AWS_58")
			assert.Equal(t, aKey, cluster.At(t, "encryptionConfig.provider.keyArn"))
			assert.Equal(t, "STANDARD", cluster.At(t, "upgradePolicy.supportType"))
			assert.True(t, cluster.Protect)
		}
	}
}

func TestAnEndpointCanBePrivate(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Endpoint = arguments.Endpoint{Access: arguments.EndpointPrivate}
	cluster := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "Cluster", "blog-cluster")
	assert.Equal(t, false, cluster.At(t, "vpcConfig.endpointPublicAccess"), "CKV_AWS_39")
	assert.Equal(t, true, cluster.At(t, "vpcConfig.endpointPrivateAccess"))
	assert.Nil(t, cluster.At(t, "vpcConfig.publicAccessCidrs"))
}

func TestTheThreeSwitchesOfAutoModeAgree(t *testing.T) {
	for _, outputs := range mocks.Both() {
		cluster := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "Cluster", "blog-cluster")
		for _, path := range []string{"computeConfig.enabled", "kubernetesNetworkConfig.elasticLoadBalancing.enabled", "storageConfig.blockStorage.enabled"} {
			assert.Equal(t, true, cluster.At(t, path), path)
		}
		assert.NotNil(t, cluster.At(t, "computeConfig.nodeRoleArn"))
		cluster = mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeNodes))).Find(t, "Cluster", "blog-cluster")
		// A cluster that never was in Auto Mode answers without them. If the program set
		// them, every preview would show a change.
		for _, path := range []string{"computeConfig", "kubernetesNetworkConfig.elasticLoadBalancing", "storageConfig"} {
			assert.Nil(t, cluster.At(t, path), path)
		}
	}
}

func TestTheControlPlanesLogGroupIsCreatedFirst(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto)))
	group := ran.Find(t, "LogGroup", "blog-cluster-logs")
	cluster := ran.Find(t, "Cluster", "blog-cluster")
	assert.Equal(t, "blog-production-1a2b3c", cluster.At(t, "name"), "a name that no log group of an earlier cluster has")
	assert.Equal(t, "/aws/eks/blog-production-1a2b3c/cluster", group.At(t, "name"))
	assert.EqualValues(t, 365, group.At(t, "retentionInDays"))
	assert.Equal(t, aKey, group.At(t, "kmsKeyId"))
	assert.True(t, ran.Waits(cluster, group))
	args := clusterArgs(arguments.ModeAuto)
	args.LogTypes, args.LogRetentionDays = nil, 0
	assert.Empty(t, mocks.Run(t, mocks.Known, withCluster(args)).OfKind("LogGroup"))
}

func TestTheControlPlaneOutlivesNoneOfItsPolicies(t *testing.T) {
	for mode, want := range map[arguments.ClusterMode]int{arguments.ModeAuto: 5 + 2, arguments.ModeNodes: 1} {
		ran := mocks.Run(t, mocks.Unknown, withCluster(clusterArgs(mode)))
		cluster := ran.Find(t, "Cluster", "blog-cluster")
		found := 0
		for _, attached := range ran.OfKind("RolePolicyAttachment") {
			if strings.HasPrefix(attached.Name, "blog-cluster-") {
				found++
				assert.True(t, ran.Waits(cluster, attached), attached.Name)
			}
		}
		assert.Equal(t, want, found, mode)
	}
}

func TestOnlyTheNamedAdministratorsAreLetIn(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto)))
		require.Len(t, ran.OfKind("AccessEntry"), 2)
		for name, principal := range map[string]string{
			"blog-admin-123456789012-role-deployer": deployer,
			"blog-admin-123456789012-user-ada":      operator,
		} {
			entry := ran.Find(t, "AccessEntry", name)
			assert.Equal(t, principal, entry.At(t, "principalArn"))
			assert.Equal(t, "STANDARD", entry.At(t, "type"))
			allowed := ran.Find(t, "AccessPolicyAssociation", name)
			assert.Equal(t, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", allowed.At(t, "policyArn"))
			assert.Equal(t, "cluster", allowed.At(t, "accessScope.type"))
			assert.True(t, ran.Waits(allowed, entry))
		}
	}
}

func TestTheKubeconfigHoldsACommandAndNoToken(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Login = aws.Login{RoleARN: deployer, Profile: "production"}
	provider := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "kubernetes", "blog-kubernetes")
	var config map[string]any
	require.NoError(t, json.Unmarshal([]byte(provider.At(t, "kubeconfig").(string)), &config))
	cluster := config["clusters"].([]any)[0].(map[string]any)["cluster"].(map[string]any)
	assert.Equal(t, "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com", cluster["server"])
	assert.Equal(t, "Y2VydGlmaWNhdGU=", cluster["certificate-authority-data"])
	user := config["users"].([]any)[0].(map[string]any)["user"].(map[string]any)
	assert.Len(t, user, 1, "exec and nothing else")
	exec := user["exec"].(map[string]any)
	assert.Equal(t, "aws", exec["command"])
	assert.Equal(t, []any{
		"eks", "get-token", "--cluster-name", "blog-production-1a2b3c", "--region", "eu-central-1", "--output", "json", "--role-arn", deployer,
	}, exec["args"])
	assert.Equal(t, []any{map[string]any{"name": "AWS_PROFILE", "value": "production"}}, exec["env"])
	assert.Equal(t, "client.authentication.k8s.io/v1beta1", exec["apiVersion"])
}

func TestTheClusterIsIdentifiedBeforeItIsThere(t *testing.T) {
	for _, outputs := range mocks.Both() {
		provider := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "kubernetes", "blog-kubernetes")
		assert.Equal(t, "blog-production", provider.At(t, "clusterIdentifier"))
	}
}

func TestEveryObjectWaitsForNodesAddonsAccessAndEgress(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			ran := mocks.Run(t, outputs, onNetwork(clusterArgs(mode)))
			object := ran.Find(t, "Namespace", "blog-namespace")
			for _, kind := range []string{
				"Cluster", "NodeGroup", "Addon", "AccessEntry", "AccessPolicyAssociation", "LogGroup",
				"NatGateway", "Route", "RouteTableAssociation", "VpcEndpoint", "InternetGateway", "RolePolicyAttachment",
			} {
				for _, before := range ran.OfKind(kind) {
					if before.Name == "blog-flow-logs" || before.Name == "blog-metrics-server" || before.Type == "djangostack:aws:Cluster" {
						continue
					}
					assert.True(t, ran.Waits(object, before), "%s: %s %s", mode, kind, before.Name)
					assert.False(t, ran.Waits(before, object), "%s: %s %s", mode, kind, before.Name)
				}
			}
		}
	}
}

// Nodes reach the API server by its private endpoint, so the control plane needs no route to the internet. What starts
// pods does.
func TestTheClusterItselfDoesNotWaitForTheEgress(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, onNetwork(clusterArgs(mode)))
		cluster, gateway := ran.Find(t, "Cluster", "blog-cluster"), ran.OfKind("NatGateway")[0]
		assert.False(t, ran.Waits(cluster, gateway))
		assert.Equal(t, true, cluster.At(t, "vpcConfig.endpointPrivateAccess"))
		assert.True(t, ran.Waits(ran.Find(t, "kubernetes", "blog-kubernetes"), gateway))
		assert.True(t, ran.Waits(ran.Find(t, "Addon", "blog-metrics-server"), gateway), mode)
	}
}

func TestNoObjectWaitsForTheMetricsServer(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, onNetwork(clusterArgs(mode)))
		assert.False(t, ran.Waits(ran.Find(t, "Namespace", "blog-namespace"), ran.Find(t, "Addon", "blog-metrics-server")), mode)
	}
}

func TestAddonsComeInOrder(t *testing.T) {
	ran := mocks.Run(t, mocks.Unknown, withCluster(clusterArgs(arguments.ModeNodes)))
	nodes := ran.Find(t, "NodeGroup", "blog-nodes")
	for _, name := range []string{"blog-eks-pod-identity-agent", "blog-vpc-cni", "blog-kube-proxy"} {
		each := ran.Find(t, "Addon", name)
		assert.True(t, ran.Waits(nodes, each), name)
		for _, other := range ran.OfKind("Addon") {
			assert.False(t, ran.Waits(each, other), "%s does not wait for %s", name, other.Name)
		}
	}
	for _, name := range []string{"blog-coredns", "blog-aws-ebs-csi-driver", "blog-metrics-server"} {
		assert.True(t, ran.Waits(ran.Find(t, "Addon", name), nodes), name)
	}
	assert.Len(t, ran.OfKind("Addon"), 6)
	auto := mocks.Run(t, mocks.Unknown, withCluster(clusterArgs(arguments.ModeAuto))).OfKind("Addon")
	require.Len(t, auto, 1, "AWS runs the others")
	assert.Equal(t, "metrics-server", auto[0].At(t, "addonName"))
}

func TestEachAddonHasItsOwnRole(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeNodes)))
	for name, account := range map[string]string{"blog-vpc-cni": "aws-node", "blog-aws-ebs-csi-driver": "ebs-csi-controller-sa"} {
		assert.Equal(t, account, ran.Find(t, "Addon", name).At(t, "podIdentityAssociations[0].serviceAccount"))
		trust := document(t, ran.Find(t, "Role", name).At(t, "assumeRolePolicy")).only(t)
		assert.Equal(t, map[string]any{"Service": []any{"pods.eks.amazonaws.com"}}, trust["Principal"])
		assert.Equal(t, map[string]any{
			"aws:RequestTag/eks-cluster-name":           []any{"blog-production-1a2b3c"},
			"aws:RequestTag/kubernetes-namespace":       []any{"kube-system"},
			"aws:RequestTag/kubernetes-service-account": []any{account},
		}, trust["Condition"].(map[string]any)["StringEquals"])
	}
	assert.Equal(t, `{"enableNetworkPolicy":"true"}`, ran.Find(t, "Addon", "blog-vpc-cni").At(t, "configurationValues"), "CIS 5.4.4")
	key := document(t, ran.Find(t, "RolePolicy", "blog-aws-ebs-csi-driver-policy").At(t, "policy"))
	for _, statement := range key {
		assert.Equal(t, []any{aKey}, statement["Resource"])
	}
}

func TestAddonVersionsCanBeFixed(t *testing.T) {
	args := clusterArgs(arguments.ModeNodes)
	args.AddonVersions = map[string]string{"coredns": "v1.12.1-eksbuild.2"}
	ran := mocks.Run(t, mocks.Known, withCluster(args))
	assert.Equal(t, "v1.12.1-eksbuild.2", ran.Find(t, "Addon", "blog-coredns").At(t, "addonVersion"))
	assert.Nil(t, ran.Find(t, "Addon", "blog-kube-proxy").At(t, "addonVersion"))
}

func TestNodesAreClosed(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeNodes)))
	template := ran.Find(t, "LaunchTemplate", "blog-nodes")
	assert.Equal(t, "required", template.At(t, "metadataOptions.httpTokens"), "CKV_AWS_79")
	assert.EqualValues(t, 1, template.At(t, "metadataOptions.httpPutResponseHopLimit"), "CKV_AWS_341")
	assert.Equal(t, "true", template.At(t, "blockDeviceMappings[0].ebs.encrypted"))
	assert.EqualValues(t, 50, template.At(t, "blockDeviceMappings[0].ebs.volumeSize"))
	for i, kind := range []string{"instance", "volume", "network-interface"} {
		assert.Equal(t, kind, template.At(t, fmt.Sprintf("tagSpecifications[%d].resourceType", i)))
		assert.Equal(t, "web-team", template.At(t, fmt.Sprintf(`tagSpecifications[%d].tags["djangostack/owner"]`, i)))
	}
	nodes := ran.Find(t, "NodeGroup", "blog-nodes")
	assert.Equal(t, "blog-nodes-id", nodes.At(t, "launchTemplate.id"))
	assert.Equal(t, "1", nodes.At(t, "launchTemplate.version"), "a number, so that a new template rolls the nodes")
	assert.Nil(t, nodes.At(t, "remoteAccess"), "CKV_AWS_100")
	assert.Equal(t, "ON_DEMAND", nodes.At(t, "capacityType"))
	assert.Equal(t, "AL2023_x86_64_STANDARD", nodes.At(t, "amiType"))
	assert.Equal(t, map[string]any{"minSize": 1.0, "maxSize": 450.0, "desiredSize": 3.0}, nodes.At(t, "scalingConfig"), "never changed: the provider would set the number of nodes back")
	assert.Equal(t, []string{"scalingConfig.desiredSize"}, nodes.Ignored)
	assert.Nil(t, nodes.At(t, "diskSize"), "EKS refuses it beside a launch template")
}

func TestTheProcessorIsThatOfTheInstanceTypes(t *testing.T) {
	for instanceType, want := range map[string]string{
		"m7i.large": "AL2023_x86_64_STANDARD", "m7i-flex.large": "AL2023_x86_64_STANDARD", "t3a.medium": "AL2023_x86_64_STANDARD",
		"g5.xlarge": "AL2023_x86_64_STANDARD", "g4dn.xlarge": "AL2023_x86_64_STANDARD", "r6id.large": "AL2023_x86_64_STANDARD",
		"m7g.large": "AL2023_ARM_64_STANDARD", "t4g.small": "AL2023_ARM_64_STANDARD", "c7gn.large": "AL2023_ARM_64_STANDARD",
		"a1.large": "AL2023_ARM_64_STANDARD", "x2gd.medium": "AL2023_ARM_64_STANDARD", "im4gn.large": "AL2023_ARM_64_STANDARD",
	} {
		args := clusterArgs(arguments.ModeNodes)
		args.Nodes.InstanceTypes = []string{instanceType}
		nodes := mocks.Run(t, mocks.Unknown, withCluster(args)).Find(t, "NodeGroup", "blog-nodes")
		assert.Equal(t, want, nodes.At(t, "amiType"), instanceType)
	}
}

func TestVolumesAreEncryptedAndKeptAsAsked(t *testing.T) {
	for mode, driver := range map[arguments.ClusterMode]string{arguments.ModeAuto: "ebs.csi.eks.amazonaws.com", arguments.ModeNodes: "ebs.csi.aws.com"} {
		class := mocks.Run(t, mocks.Known, withCluster(clusterArgs(mode))).Find(t, "StorageClass", "blog-storage")
		assert.Equal(t, driver, class.At(t, "provisioner"))
		assert.Equal(t, "true", class.At(t, "parameters.encrypted"))
		assert.Equal(t, aKey, class.At(t, "parameters.kmsKeyId"))
		assert.Equal(t, "gp3", class.At(t, "parameters.type"))
		assert.Equal(t, "Retain", class.At(t, "reclaimPolicy"))
		assert.Equal(t, "WaitForFirstConsumer", class.At(t, "volumeBindingMode"))
		assert.Equal(t, "true", class.At(t, `metadata.annotations["storageclass.kubernetes.io/is-default-class"]`))
		tag := class.At(t, "parameters.tagSpecification_1")
		if mode == arguments.ModeNodes {
			assert.Equal(t, "djangostack/environment=dev", tag)
		} else {
			assert.Nil(t, tag, "the roles of Auto Mode refuse it")
		}
	}
	args := clusterArgs(arguments.ModeAuto)
	args.Volumes = aws.Volumes{DeletionPolicy: deletion.Delete}
	class := mocks.Run(t, mocks.Known, withCluster(args)).Find(t, "StorageClass", "blog-storage")
	assert.Equal(t, "Delete", class.At(t, "reclaimPolicy"))
	assert.Nil(t, class.At(t, "parameters.kmsKeyId"))
}

func TestNetworkPoliciesAreEnforcedInAutoMode(t *testing.T) {
	enforced := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "ConfigMap", "blog-network-policies")
	assert.Equal(t, "amazon-vpc-cni", enforced.At(t, "metadata.name"))
	assert.Equal(t, "kube-system", enforced.At(t, "metadata.namespace"))
	assert.Equal(t, "true", enforced.At(t, `data["enable-network-policy-controller"]`))
}

func TestTheAutoscalerScalesItsOwnClusterOnly(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withCluster(clusterArgs(arguments.ModeNodes)))
		scaler := ran.Find(t, "Deployment", "blog-autoscaler")
		for _, before := range []mocks.Resource{
			ran.Find(t, "PodIdentityAssociation", "blog-autoscaler-pods"),
			ran.Find(t, "RolePolicy", "blog-autoscaler-pods-policy"),
			ran.Find(t, "ClusterRoleBinding", "blog-autoscaler"),
			ran.Find(t, "RoleBinding", "blog-autoscaler"),
		} {
			assert.True(t, ran.Waits(scaler, before), before.Name)
		}
		assert.Equal(t, "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0", scaler.At(t, "spec.template.spec.containers[0].image"))
		assert.Equal(t, true, scaler.At(t, "spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem"))
		assert.Equal(t, true, scaler.At(t, "spec.template.spec.securityContext.runAsNonRoot"))
		for _, rule := range ran.Find(t, "ClusterRole", "blog-autoscaler").At(t, "rules").([]any) {
			for _, kind := range rule.(map[string]any)["resources"].([]any) {
				assert.NotContains(t, []any{"secrets", "*"}, kind, "CIS 4.1.2 and 4.1.3")
			}
		}
	}
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeNodes)))
	command := ran.Find(t, "Deployment", "blog-autoscaler").At(t, "spec.template.spec.containers[0].command")
	assert.Contains(t, command, "--nodes=2:6:eks-blog-nodes", "the group's own bounds are wider")
	assert.Contains(t, command, "--enforce-node-group-min-size=true")
	for _, statement := range document(t, ran.Find(t, "RolePolicy", "blog-autoscaler-pods-policy").At(t, "policy")) {
		for _, action := range statement["Action"].([]any) {
			if reads := strings.Contains(action.(string), ":Describe") || strings.Contains(action.(string), ":Get"); reads {
				continue
			}
			assert.Equal(t, map[string]any{"StringEquals": map[string]any{"aws:ResourceTag/eks:cluster-name": []any{"blog-production-1a2b3c"}}}, statement["Condition"], action)
		}
	}
	assert.Empty(t, mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto))).OfKind("Deployment"))
}

func TestEveryClusterResourceHasTagsAndAParent(t *testing.T) {
	for _, mode := range modes() {
		ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(mode)))
		everythingIsTagged(t, ran, "AccessPolicyAssociation", "RolePolicy", "RolePolicyAttachment")
		descendsFrom(t, ran, "Cluster", "blog")
	}
}

func TestOtherPartitionsHaveOtherARNs(t *testing.T) {
	args := clusterArgs(arguments.ModeAuto)
	args.Region = "cn-north-1"
	ran := mocks.Run(t, mocks.Unknown, withCluster(args))
	for _, attached := range ran.OfKind("RolePolicyAttachment") {
		assert.Regexp(t, "^arn:aws-cn:iam::aws:policy/", attached.At(t, "policyArn"))
	}
	assert.Equal(t, "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
		ran.OfKind("AccessPolicyAssociation")[0].At(t, "policyArn"))
}

func TestLongNamesAreCutToWhatAWSTakes(t *testing.T) {
	long := "an-application-with-a-name-that-nobody-would-want-to-type-twice-in-a-day"
	for _, mode := range modes() {
		args := clusterArgs(mode)
		args.Name = long + long
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
			_, err := aws.NewCluster(ctx, long, args)
			return err
		})
		for _, role := range ran.OfKind("Role") {
			if strings.HasPrefix(role.Type, "aws:") {
				assert.LessOrEqual(t, len(role.Name)+len("-1234567"), 64, role.Name)
			}
		}
		for _, nodes := range ran.OfKind("NodeGroup") {
			assert.LessOrEqual(t, len(nodes.Name)+len("-1234567"), 63, nodes.Name)
		}
		cluster := ran.Find(t, "Cluster", long+"-cluster")
		assert.LessOrEqual(t, len(cluster.At(t, "name").(string)), 100)
	}
}

func TestWrongClustersAreNamed(t *testing.T) {
	for want, change := range map[string]func(*aws.ClusterArgs){
		`Region is "europe"`:                                  func(a *aws.ClusterArgs) { a.Region = "europe" },
		`Version is "1.35.1"; allowed is a minor version`:     func(a *aws.ClusterArgs) { a.Version = "1.35.1" },
		`Mode is "fargate"; allowed are auto, nodes`:          func(a *aws.ClusterArgs) { a.Mode = "fargate" },
		"AllowedCIDRs has no meaning when Access is private":  func(a *aws.ClusterArgs) { a.Endpoint.Access = arguments.EndpointPrivate },
		"AllowedCIDRs is required when Access is public":      func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs = nil },
		`AllowedCIDRs has "203.0.113.7/24"`:                   func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs[0] = "203.0.113.7/24" },
		`LogTypes is "kubelet"`:                               func(a *aws.ClusterArgs) { a.LogTypes = []string{"kubelet"} },
		"LogRetentionDays is 42":                              func(a *aws.ClusterArgs) { a.LogRetentionDays = 42 },
		`Admins has "arn:aws:sts::123456789012:assumed-role/`: func(a *aws.ClusterArgs) { a.Admins = []string{"arn:aws:sts::123456789012:assumed-role/deployer/me"} },
		"Admins has " + deployer + " twice":                   func(a *aws.ClusterArgs) { a.Admins = []string{deployer, deployer} },
		`AddonVersions is "calico"`:                           func(a *aws.ClusterArgs) { a.AddonVersions = map[string]string{"calico": "v3"} },
		"Login.RoleARN is not the ARN":                        func(a *aws.ClusterArgs) { a.Login.RoleARN = "deployer" },
		`Volumes.DeletionPolicy is ""`:                        func(a *aws.ClusterArgs) { a.Volumes = aws.Volumes{} },
		"Nodes.Min, Desired and Max are 4, 3 and 6":           func(a *aws.ClusterArgs) { a.Nodes.Min = 4 },
		"Nodes.Max is 451; allowed are up to 450":             func(a *aws.ClusterArgs) { a.Nodes.Max = 451 },
		`AllowedCIDRs has "10.0.0.0/8", whose`:                func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs[0] = "10.0.0.0/8" },
		"AllowedCIDRs are 41; EKS takes up to 40":             func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs = make([]string, 41) },
		`AddonVersions[coredns] is "1.12"`:                    func(a *aws.ClusterArgs) { a.AddonVersions = map[string]string{"coredns": "1.12"} },
		"Nodes.DiskGiB is 5":                                  func(a *aws.ClusterArgs) { a.Nodes.DiskGiB = 5 },
		`Nodes.Capacity is "cheap"`:                           func(a *aws.ClusterArgs) { a.Nodes.Capacity = "cheap" },
		`Nodes.InstanceTypes has "large"`:                     func(a *aws.ClusterArgs) { a.Nodes.InstanceTypes = []string{"large"} },
		"which have different processors":                     func(a *aws.ClusterArgs) { a.Nodes.InstanceTypes = []string{"m7i.large", "m7g.large"} },
		"Nodes is required":                                   func(a *aws.ClusterArgs) { a.Nodes = nil },
		"Nodes has no meaning when Mode is auto":              func(a *aws.ClusterArgs) { a.Mode = arguments.ModeAuto },
	} {
		args := clusterArgs(arguments.ModeNodes)
		change(args)
		refusedWith(t, withCluster(args), "Cluster: ", want)
	}
	refusedWith(t, withCluster(&aws.ClusterArgs{}), "Cluster: Name is required", "Cluster: Region is required",
		"Cluster: Version is required", "Cluster: SubnetIDs is required", "Cluster: Admins is required", `Cluster: Mode is ""`, `Cluster: Endpoint.Access is ""`)
}
