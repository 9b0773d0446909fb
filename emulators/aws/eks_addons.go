package aws

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func addons(newer map[string]string) kinds {
	return kinds{
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
			Apply: func(m *cloud.Operation) error { return makeAddon(m, newer) },
		},
	}
}

func hasAddon(m *cloud.Operation, cluster, name string) bool {
	for _, addon := range m.Find(Token("eks/addon"), "clusterName", cluster) {
		if addon.Text("addonName") == name {
			return true
		}
	}
	return false
}

func makeAddon(m *cloud.Operation, newer map[string]string) error {
	name := m.Text("addonName")
	cluster := m.First(Token("eks/cluster"), "name", m.Text("clusterName"))
	nodes := cluster.True("computeConfig.enabled") || len(m.Find(Token("eks/nodeGroup"), "clusterName", m.Text("clusterName"))) > 0
	onEveryNode := map[string]bool{
		"vpc-cni": true, "kube-proxy": true, "eks-pod-identity-agent": true, "eks-node-monitoring-agent": true,
		"prometheus-node-exporter": true, "aws-mountpoint-s3-csi-driver": true, "aws-guardduty-agent": true,
	}
	if err := checkAddon(m, name); err != nil {
		return err
	}
	if err := checkAddonVersion(m, cluster.Text("version")); err != nil {
		return err
	}
	if m.New() && !nodes && !onEveryNode[name] {
		return cloud.Refuse("DEGRADED", "unexpected state 'DEGRADED', wanted target 'ACTIVE'. last error: InsufficientNumberOfReplicas: "+
			"The add-on %s is unhealthy because it doesn't have the desired number of replicas.", name)
	}
	if m.Text("addonVersion") == "" {
		m.Values["addonVersion"] = addonVersion(newer, name, cluster.Text("version"))
	}
	if createsLogGroups(m, m.Values) {
		for _, log := range []string{"application", "dataplane", "host"} {
			writesLogs(m, "/aws/containerinsights/"+m.Text("clusterName")+"/"+log, "")
		}
	}
	return nil
}

// checkAddon refuses a configuration that the add-on's schema does not have, and permissions for a service account that
// none of its pods has.
func checkAddon(m *cloud.Operation, name string) error {
	if unknown := unknownKeys(name, m.Text("configurationValues")); len(unknown) > 0 {
		return cloud.Refuse("InvalidParameterException", "ConfigurationValue provided in request is not supported: Json schema validation failed "+
			"with error: [$.%s: is not defined in the schema and the schema does not allow additional properties]", strings.Join(unknown, ", $."))
	}
	accounts := map[string]string{
		observability: "cloudwatch-agent", "aws-ebs-csi-driver": "ebs-csi-controller-sa", "vpc-cni": "aws-node",
	}
	for _, account := range m.Texts("podIdentityAssociations.serviceAccount") {
		if accounts[name] != "" && account != accounts[name] {
			return cloud.Refuse("InvalidParameterException", "Service account %s is not supported by the add-on %s", account, name)
		}
	}
	return nil
}

// observability is the add-on that sends logs and metrics to CloudWatch.
const observability = "amazon-cloudwatch-observability"

// unknownKeys returns the keys of a configuration that the add-on's schema does not have.
func unknownKeys(name, configuration string) []string {
	if name != observability || configuration == "" {
		return nil
	}
	var given map[string]any
	if err := json.Unmarshal([]byte(configuration), &given); err != nil {
		return []string{"$"}
	}
	return unknownIn(observabilityKeys(), given, "")
}

// observabilityKeys are the keys that every version of the add-on from v4.0.0 on has. A nil allows anything below it.
func observabilityKeys() map[string]any {
	return map[string]any{
		"admissionWebhooks": nil, "affinity": nil, "agent": nil, "agents": nil, "dcgmExporter": nil, "neuronMonitor": nil, "tolerations": nil,
		"containerLogs": map[string]any{"enabled": nil, "fluentBit": nil},
		"manager": map[string]any{
			"affinity": nil, "image": nil, "resources": nil, "tolerations": nil, "autoInstrumentationConfiguration": nil,
			"autoInstrumentationImage": nil,
			"applicationSignals": map[string]any{
				"autoMonitor": map[string]any{
					"monitorAllServices": nil, "restartPods": nil, "languages": nil, "exclude": nil, "customSelector": nil,
				},
			},
		},
	}
}

func unknownIn(known, given map[string]any, path string) []string {
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(given)) {
		below, has := known[key]
		switch schema, object := below.(map[string]any); {
		case !has:
			unknown = append(unknown, path+key)
		case object:
			values, _ := given[key].(map[string]any)
			unknown = append(unknown, unknownIn(schema, values, path+key+".")...)
		}
	}
	return unknown
}

// createsLogGroups reports whether an add-on's Fluent Bit creates the log groups that it does not find.
func createsLogGroups(m *cloud.Operation, addon cloud.Values) bool {
	if addon.Text("addonName") != observability {
		return false
	}
	var configured struct {
		ContainerLogs struct{ Enabled *bool }
	}
	text := addon.Text("configurationValues")
	if err := json.Unmarshal([]byte(text), &configured); text != "" && err != nil {
		return false
	}
	if enabled := configured.ContainerLogs.Enabled; enabled != nil && !*enabled {
		return false
	}
	for _, arn := range addon.Texts("podIdentityAssociations.roleArn") {
		if attached(m, arn, "CloudWatchAgentServerPolicy") || allows(m, arn, "logs:CreateLogGroup") {
			return true
		}
	}
	return false
}
