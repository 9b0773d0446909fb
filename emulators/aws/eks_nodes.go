package aws

import (
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
		"eks/addon": {
			DisplayName: "EKS Add-On", ID: "{clusterName}:{addonName}",
			ReplaceOn: []string{"addonName", "clusterName"}, JSON: []string{"configurationValues"}, Sets: []string{"podIdentityAssociations"},
			Rules: rules{
				cloud.OneOf("resolveConflictsOnCreate", "NONE", "OVERWRITE"),
				cloud.Match("addonVersion", `^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`, "must follow semantic version format"),
				cloud.OneOf("resolveConflictsOnUpdate", "NONE", "OVERWRITE", "PRESERVE"), cloud.Document("configurationValues"),
				cloud.OneOf("addonName", "adot", "amazon-cloudwatch-observability", "aws-ebs-csi-driver", "aws-efs-csi-driver",
					"aws-guardduty-agent", "aws-mountpoint-s3-csi-driver", "aws-network-flow-monitoring-agent", "cert-manager", "coredns",
					"eks-node-monitoring-agent", "eks-pod-identity-agent", "external-dns", "kube-proxy", "kube-state-metrics",
					"metrics-server", "prometheus-node-exporter", "snapshot-controller", "vpc-cni"),
			},
			References: []ref{
				points("clusterName", "eks/cluster", "name"), role("serviceAccountRoleArn"), role("podIdentityAssociations.roleArn"),
			},
			Unique:   []string{"clusterName", "addonName"},
			Conflict: code{Code: "ResourceInUseException", Message: "Addon already exists: %s"},
			Outputs: vals{
				"arn": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}", "createdAt": "{now}",
				"modifiedAt": "{now}",
			},
			Apply: makeAddon,
		},
	}
}

func makeNodes(m *cloud.Operation) error {
	least, most, wanted := m.Number("scalingConfig.minSize"), m.Number("scalingConfig.maxSize"), m.Number("scalingConfig.desiredSize")
	if least > wanted || wanted > most {
		return cloud.Refuse("InvalidParameterException", "Minimum capacity %v can't be greater than desired size %v, nor that than maximum %v",
			least, wanted, most)
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

func hasAddon(m *cloud.Operation, cluster, name string) bool {
	for _, addon := range m.Find(Token("eks/addon"), "clusterName", cluster) {
		if addon.Text("addonName") == name {
			return true
		}
	}
	return false
}

func makeAddon(m *cloud.Operation) error {
	name := m.Text("addonName")
	cluster := m.First(Token("eks/cluster"), "name", m.Text("clusterName"))
	nodes := cluster.True("computeConfig.enabled") || len(m.Find(Token("eks/nodeGroup"), "clusterName", m.Text("clusterName"))) > 0
	onEveryNode := map[string]bool{
		"vpc-cni": true, "kube-proxy": true, "eks-pod-identity-agent": true, "eks-node-monitoring-agent": true,
		"prometheus-node-exporter": true, "aws-mountpoint-s3-csi-driver": true, "aws-guardduty-agent": true,
	}
	if m.New() && !nodes && !onEveryNode[name] {
		return cloud.Refuse("DEGRADED", "unexpected state 'DEGRADED', wanted target 'ACTIVE'. last error: InsufficientNumberOfReplicas: "+
			"The add-on %s is unhealthy because it doesn't have the desired number of replicas.", name)
	}
	if m.Text("addonVersion") == "" {
		m.Values["addonVersion"] = addonVersion(name)
	}
	return nil
}

// addonVersion returns the only version of an add-on.
func addonVersion(name string) string {
	known := map[string]string{
		"vpc-cni": "v1.20.4-eksbuild.1", "coredns": "v1.12.4-eksbuild.1", "kube-proxy": "v1.35.0-eksbuild.2",
		"aws-ebs-csi-driver": "v1.52.1-eksbuild.1", "eks-pod-identity-agent": "v1.3.9-eksbuild.5",
		"metrics-server": "v0.8.0-eksbuild.3", "snapshot-controller": "v8.3.0-eksbuild.1",
	}
	if version := known[name]; version != "" {
		return version
	}
	return "v1.0.0-eksbuild.1"
}
