package aws

import (
	"regexp"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func nodes() kinds {
	inCluster := holds("clusterName", "eks/cluster", "name")
	return kinds{
		"eks/nodeGroup": {
			DisplayName: "EKS Node Group", ID: "{clusterName}:{nodeGroupName}",
			Name: &cloud.Name{Property: "nodeGroupName", Max: maxName, Separator: "-", ReplacedBy: "nodeGroupNamePrefix"},
			ReplaceOn: []string{
				"amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id", "launchTemplate.name",
				"nodeGroupName", "nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess", "subnetIds",
			},
			Ordered: []string{"instanceTypes"}, Computed: []string{"instanceTypes"}, Sets: []string{"taints"},
			Rules: rules{
				cloud.OneOf("amiType", "AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64", "CUSTOM", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64",
					"BOTTLEROCKET_ARM_64_NVIDIA", "BOTTLEROCKET_x86_64_NVIDIA", "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD",
					"AL2023_x86_64_NEURON", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA"),
				cloud.Length("nodeGroupName", 1, 63), cloud.OneOf("capacityType", "ON_DEMAND", "SPOT", "CAPACITY_BLOCK"),
				cloud.Between("scalingConfig.minSize", 0, 1<<31), cloud.Between("scalingConfig.maxSize", 1, 1<<31),
				cloud.OneOf("taints.effect", "NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"), arn("nodeRoleArn"),
				cloud.Between("updateConfig.maxUnavailable", 1, 100), cloud.Between("updateConfig.maxUnavailablePercentage", 1, 100),
				cloud.Exclusive("launchTemplate", "remoteAccess"), cloud.Exclusive("launchTemplate", "diskSize"),
				cloud.Exclusive("launchTemplate.id", "launchTemplate.name"), cloud.Between("scalingConfig.desiredSize", 0, 1<<31),
				cloud.Exclusive("updateConfig.maxUnavailable", "updateConfig.maxUnavailablePercentage"),
			},
			References: []ref{
				inCluster, role("nodeRoleArn"), points("subnetIds", "ec2/subnet"), points("launchTemplate.id", "ec2/launchTemplate"),
			},
			Unique:   []string{"clusterName", "nodeGroupName"},
			Conflict: code{Code: "ResourceInUseException", Message: "NodeGroup already exists with name %s"},
			Outputs: vals{
				"arn":    "arn:{partition}:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}",
				"status": "ACTIVE", "amiType": "AL2023_x86_64_STANDARD", "capacityType": "ON_DEMAND",
			},
			Apply: makeNodes,
		},
	}
}

func makeNodes(m *cloud.Operation) error {
	least, most, wanted := m.Number("scalingConfig.minSize"), m.Number("scalingConfig.maxSize"), m.Number("scalingConfig.desiredSize")
	if least > wanted || wanted > most {
		return cloud.Refuse("InvalidParameterException", "Minimum capacity %v can't be greater than desired size %v, nor that than maximum %v",
			least, wanted, most)
	}
	if err := instancesFit(m); err != nil {
		return err
	}
	cluster := m.First(Token("eks/cluster"), "name", m.Text("clusterName"))
	if m.New() {
		if err := nodesJoin(m, cluster); err != nil {
			return err
		}
	}
	interfaces(m, "nodes of "+m.ID, false, m.Texts("subnetIds"), cluster.Texts("vpcConfig.clusterSecurityGroupId"))
	if m.Text("version") == "" {
		m.Values["version"] = cluster.Text("version")
	}
	m.Values["releaseVersion"] = m.Text("version") + ".5-20251112"
	if !m.Has("instanceTypes") && !m.Has("launchTemplate") {
		m.Values["instanceTypes"] = list("t3.medium")
	}
	if !m.Has("diskSize") && !m.Has("launchTemplate") {
		m.Values["diskSize"] = 20.0
	}
	if !m.Has("updateConfig") {
		m.Values["updateConfig"] = vals{"maxUnavailable": 1.0}
	}
	m.Values["resources"] = []any{vals{"autoscalingGroups": []any{vals{"name": m.Template("eks-{nodeGroupName}-{uuid}")}}}}
	return nil
}

// instancesFit refuses instance types whose processors the image does not run on, and labels of Kubernetes' own.
func instancesFit(m *cloud.Operation) error {
	image := m.Text("amiType")
	for _, name := range m.Texts("instanceTypes") {
		family, _, _ := strings.Cut(name, ".")
		isArm := family == "a1" || regexp.MustCompile(`^[a-z]+[0-9]g`).MatchString(family)
		if image != "" && image != "CUSTOM" && isArm != strings.Contains(image, "ARM_64") {
			return cloud.Refuse("InvalidParameterException", "[%s] is not a valid instance type for requested amiType %s", name, image)
		}
	}
	reserved := regexp.MustCompile(`^(.*\.)?(kubernetes\.io|k8s\.io|eks\.amazonaws\.com)/`)
	for _, labels := range m.Objects("labels") {
		for label := range labels {
			if reserved.MatchString(label) {
				return cloud.Refuse("InvalidParameterException", "Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]")
			}
		}
	}
	return nil
}

// nodesJoin refuses what keeps nodes from becoming ready: missing policies, no network plugin, no route to the
// internet.
func nodesJoin(m *cloud.Operation, cluster cloud.Values) error {
	arn := m.Text("nodeRoleArn")
	fails := func(why string, values ...any) error {
		return cloud.Refuse("NodeCreationFailure", "Instances failed to join the kubernetes cluster: "+why, values...)
	}
	if !trusts(m, arn, "ec2.amazonaws.com") {
		return cloud.Refuse("InvalidParameterException", "Following required service principals [ec2.amazonaws.com] were not found in the "+
			"trust relationships of nodeRole %s", arn)
	}
	if !attached(m, arn, "AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy") {
		return fails("the role %s has no policy AmazonEKSWorkerNodePolicy", arn)
	}
	if !cluster.True("bootstrapSelfManagedAddons") {
		for _, addon := range []string{"vpc-cni", "kube-proxy"} {
			if !hasAddon(m, m.Text("clusterName"), addon) {
				return fails("container runtime network not ready, because the cluster has no %s", addon)
			}
		}
	}
	for _, subnet := range m.Texts("subnetIds") {
		if err := reachesOut(m, subnet); err != nil {
			return fails("%v", err)
		}
	}
	return nil
}
