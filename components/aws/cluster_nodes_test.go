package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

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
	for _, name := range []string{"blog-coredns", "blog-aws-ebs-csi-driver", "blog-metrics-server", collector} {
		assert.True(t, ran.Waits(ran.Find(t, "Addon", name), nodes), name)
	}
	assert.Len(t, ran.OfKind("Addon"), 7)
	var auto []any
	for _, each := range mocks.Run(t, mocks.Unknown, withCluster(clusterArgs(arguments.ModeAuto))).OfKind("Addon") {
		auto = append(auto, each.At(t, "addonName"))
	}
	assert.ElementsMatch(t, []any{"metrics-server", "amazon-cloudwatch-observability"}, auto, "AWS runs the others")
}

func TestEachAddonHasItsOwnRole(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeNodes)))
	for name, pods := range map[string][2]string{
		"blog-vpc-cni":            {"kube-system", "aws-node"},
		"blog-aws-ebs-csi-driver": {"kube-system", "ebs-csi-controller-sa"},
		collector:                 {"amazon-cloudwatch", "cloudwatch-agent"},
	} {
		namespace, account := pods[0], pods[1]
		assert.Equal(t, account, ran.Find(t, "Addon", name).At(t, "podIdentityAssociations[0].serviceAccount"))
		trust := document(t, ran.Find(t, "Role", name).At(t, "assumeRolePolicy")).only(t)
		assert.Equal(t, map[string]any{"Service": []any{"pods.eks.amazonaws.com"}}, trust["Principal"])
		assert.Equal(t, map[string]any{
			"aws:RequestTag/eks-cluster-name":           []any{"blog-production-1a2b3c"},
			"aws:RequestTag/kubernetes-namespace":       []any{namespace},
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
	args.AddonVersions = map[string]string{"coredns": "v1.12.1-eksbuild.2", "amazon-cloudwatch-observability": "v4.10.2-eksbuild.1"}
	ran := mocks.Run(t, mocks.Known, withCluster(args))
	assert.Equal(t, "v4.10.2-eksbuild.1", ran.Find(t, "Addon", collector).At(t, "addonVersion"))
	assert.Equal(t, "v1.12.1-eksbuild.2", ran.Find(t, "Addon", "blog-coredns").At(t, "addonVersion"))
	assert.Equal(t, "v1.35.0-eksbuild.1", ran.Find(t, "Addon", "blog-kube-proxy").At(t, "addonVersion"))
}

func TestTheVersionOfAnAddonIsPlannedBeforeTheClusterExists(t *testing.T) {
	for _, mode := range modes() {
		for _, outputs := range mocks.Both() {
			ran := mocks.Run(t, outputs, withCluster(clusterArgs(mode)))
			kept := ran.Find(t, "RandomId", "blog-metrics-server-for-1.35")
			assert.Equal(t, "v1.35.0-eksbuild.1", kept.At(t, "prefix"), mode)
			assert.Equal(t, []string{"prefix"}, kept.Ignored, "a later recommendation changes nothing")
		}
	}
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
		assert.Equal(t, "djangostack/environment=dev", class.At(t, "parameters.tagSpecification_1"))
	}
	allowed := mocks.Run(t, mocks.Known, withCluster(clusterArgs(arguments.ModeAuto))).Find(t, "RolePolicy", "blog-cluster-policy").At(t, "policy")
	assert.Contains(t, allowed, "ec2:CreateVolume", "the policies of Auto Mode allow only its own tags")
	assert.Contains(t, allowed, `"aws:RequestTag/eks:eks-cluster-name":["${aws:PrincipalTag/eks:eks-cluster-name}"]`)
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
