package gcp

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func clusterRules() rules {
	all := rules{
		cloud.Length("name", 1, 40), cloud.Match("name", `^[a-z]([a-z0-9-]*[a-z0-9])?$`,
			"must start with a letter, end with a letter or digit, and only contain lowercase letters, numbers and hyphens"),
		cloud.OneOf("loggingConfig.enableComponents", "SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "WORKLOADS"),
		cloud.OneOf("monitoringConfig.enableComponents", "SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "HPA",
			"POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET", "WORKLOADS", "KUBELET", "CADVISOR", "DCGM"),
		cloud.OneOf("loggingService", "logging.googleapis.com", "logging.googleapis.com/kubernetes", "none"),
		cloud.OneOf("monitoringService", "monitoring.googleapis.com", "monitoring.googleapis.com/kubernetes", "none"),
		cloud.OneOf("datapathProvider", "DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"),
		cloud.OneOf("databaseEncryption.state", "ENCRYPTED", "DECRYPTED"), cloud.OneOf("networkingMode", "VPC_NATIVE", "ROUTES"),
		cloud.OneOf("releaseChannel.channel", "UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"),
		cloud.OneOf("gatewayApiConfig.channel", "CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"),
		cloud.OneOf("securityPostureConfig.mode", "DISABLED", "BASIC", "ENTERPRISE", "MODE_UNSPECIFIED"),
		cloud.OneOf("securityPostureConfig.vulnerabilityMode", "VULNERABILITY_DISABLED", "VULNERABILITY_BASIC", "VULNERABILITY_ENTERPRISE",
			"VULNERABILITY_MODE_UNSPECIFIED"),
		cloud.OneOf("binaryAuthorization.evaluationMode", "DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"),
		cloud.Exclusive("binaryAuthorization.enabled", "binaryAuthorization.evaluationMode"),
		cloud.OneOf("clusterAutoscaling.autoscalingProfile", "BALANCED", "OPTIMIZE_UTILIZATION"),
		cloud.OneOf("ipAllocationPolicy.stackType", "IPV4", "IPV4_IPV6"), cloud.Exclusive("clusterIpv4Cidr", "ipAllocationPolicy"),
		cloud.Exclusive("ipAllocationPolicy.clusterIpv4CidrBlock", "ipAllocationPolicy.clusterSecondaryRangeName"),
		cloud.Exclusive("ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName"),
		cloud.Network("masterAuthorizedNetworksConfig.cidrBlocks.cidrBlock", 0, 32), cloud.Network("privateClusterConfig.masterIpv4CidrBlock", 28, 28),
		cloud.OneOf("maintenancePolicy.maintenanceExclusions.exclusionOptions.scope", "NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"),
		cloud.Match("maintenancePolicy.dailyMaintenanceWindow.startTime", `^([01]\d|2[0-3]):[0-5]\d$`, "is no time (HH:MM)"),
		cloud.OneOf("dnsConfig.clusterDns", "PROVIDER_UNSPECIFIED", "PLATFORM_DEFAULT", "CLOUD_DNS", "KUBE_DNS"),
		cloud.OneOf("dnsConfig.clusterDnsScope", "DNS_SCOPE_UNSPECIFIED", "CLUSTER_SCOPE", "VPC_SCOPE"),
		cloud.OneOf("networkPolicy.provider", "PROVIDER_UNSPECIFIED", "CALICO"), someAddon, maintenance,
		cloud.Match("workloadIdentityConfig.workloadPool", `^[a-z][a-z0-9:.-]+\.svc\.id\.goog$`, "is no workload pool (PROJECT.svc.id.goog)"),
	}
	for _, path := range notOnAutopilot() {
		all = append(all, againstAutopilot(path))
	}
	return all
}

// notOnAutopilot are the arguments that conflict with enableAutopilot, whatever their value.
func notOnAutopilot() []string {
	return []string{
		"addonsConfig.dnsCacheConfig", "addonsConfig.networkPolicyConfig", "addonsConfig.statefulHaConfig", "binaryAuthorization.enabled",
		"clusterAutoscaling.enabled", "clusterAutoscaling.resourceLimits", "defaultMaxPodsPerNode", "enableIntranodeVisibility",
		"enableShieldedNodes", "networkPolicy", "nodePools", "removeDefaultNodePool",
	}
}

func againstAutopilot(path string) cloud.Rule {
	return func(j *cloud.Validation) {
		if j.Has("enableAutopilot") && j.Has(path) {
			j.Fail(path, "%q: conflicts with enable_autopilot", path)
		}
	}
}

// someAddon requires at least one add-on.
func someAddon(j *cloud.Validation) {
	for _, one := range j.Objects("addonsConfig") {
		if len(one) == 0 {
			j.Fail("addonsConfig", "one of the addons must be specified")
		}
	}
}

// maintenance requires one sort of window, with times in order and of at least 4 hours.
// https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
func maintenance(j *cloud.Validation) {
	const window = "maintenancePolicy.recurringWindow"
	if j.Has("maintenancePolicy") {
		cloud.OneNeeded("maintenancePolicy.dailyMaintenanceWindow", window)(j)
	}
	for _, path := range []string{window, "maintenancePolicy.maintenanceExclusions"} {
		for _, one := range j.Objects(path) {
			start, err := time.Parse(time.RFC3339, one.Text("startTime"))
			end, alsoErr := time.Parse(time.RFC3339, one.Text("endTime"))
			switch {
			case !one.Known("startTime") || !one.Known("endTime"):
			case err != nil || alsoErr != nil:
				j.Fail(path, "invalid RFC3339 Date: %q, %q", one.Text("startTime"), one.Text("endTime"))
			case !end.After(start):
				j.Fail(path, "the window ends before it begins")
			case path == window && end.Sub(start) < 4*time.Hour:
				j.Fail(path, "a maintenance window is at least 4 hours long (got %s)", end.Sub(start))
			}
		}
	}
	if rule := j.Text(window + ".recurrence"); rule != "" && !strings.HasPrefix(rule, "FREQ=") {
		j.Fail(window+".recurrence", "%q is no recurrence of RFC 5545", rule)
	}
}

// checkCluster refuses what only the API checks.
func checkCluster(m *cloud.Operation) error {
	auto, count := m.True("enableAutopilot"), m.Number("initialNodeCount")
	switch {
	case m.New() && !auto && count < 1 && !m.Has("nodePools"):
		return cloud.Refuse("400 badRequest", "Cluster.initial_node_count must be greater than zero.")
	case m.Text("datapathProvider") == "ADVANCED_DATAPATH" && m.True("networkPolicy.enabled"):
		return cloud.Refuse("400 badRequest", "Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed.")
	case m.True("enableFqdnNetworkPolicy") && !auto && m.Text("datapathProvider") != "ADVANCED_DATAPATH":
		return cloud.Refuse("400 badRequest", "FQDN network policy needs DatapathProvider=ADVANCED_DATAPATH.")
	case gatewayOn(m) && m.True("addonsConfig.httpLoadBalancing.disabled"):
		return cloud.Refuse("400 badRequest", "The Gateway API needs the HTTP load balancing addon.")
	case m.Text("databaseEncryption.state") == "ENCRYPTED" && m.Text("databaseEncryption.keyName") == "":
		return cloud.Refuse("400 badRequest", "Database encryption needs a key.")
	case m.Text("workloadIdentityConfig.workloadPool") != "" && m.Text("workloadIdentityConfig.workloadPool") != m.Scope.Account+".svc.id.goog":
		return cloud.Refuse("400 badRequest", "The workload pool must be %s.svc.id.goog.", m.Scope.Account)
	}
	if err := privateEndpointAgrees(m); err != nil {
		return err
	}
	if err := versionIsOffered(m.Text("minMasterVersion")); err != nil {
		return err
	}
	for _, path := range []string{"nodeConfig.serviceAccount", "clusterAutoscaling.autoProvisioningDefaults.serviceAccount"} {
		if err := accountIsThere(m, m.Text(path)); err != nil {
			return err
		}
	}
	if m.Text("databaseEncryption.state") != "ENCRYPTED" {
		return nil
	}
	return keyIsUsable(m, "databaseEncryption.keyName", "container.googleapis.com", regionOrZone(m.Text("location")))
}

func gatewayOn(m *cloud.Operation) bool {
	return slices.Contains([]string{"CHANNEL_STANDARD", "CHANNEL_EXPERIMENTAL"}, m.Text("gatewayApiConfig.channel"))
}

func privateEndpointAgrees(m *cloud.Operation) error {
	if !m.True("privateClusterConfig.enablePrivateEndpoint") {
		return nil
	}
	if !m.Has("masterAuthorizedNetworksConfig") {
		return cloud.Refuse("400 badRequest", "Master authorized networks must be enabled for a cluster with a private endpoint.")
	}
	for _, text := range m.Texts("masterAuthorizedNetworksConfig.cidrBlocks.cidrBlock") {
		block, err := netip.ParsePrefix(text)
		shared := netip.MustParsePrefix("100.64.0.0/10")
		if err == nil && !block.Addr().IsPrivate() && !shared.Contains(block.Addr()) {
			return cloud.Refuse("400 badRequest", "Invalid master authorized networks: network %q is not a reserved network, which is required "+
				"for private endpoints.", text)
		}
	}
	return nil
}

// kubernetesVersions are the versions that GKE offers, newest last.
// https://cloud.google.com/kubernetes-engine/docs/release-schedule
func kubernetesVersions() []string {
	return []string{"1.31", "1.32", "1.33", "1.34", "1.35", "1.36"}
}

// clusterVersion returns the version of a new cluster: the requested one, or that of its channel.
func clusterVersion(m *cloud.Operation) string {
	wanted := m.Text("minMasterVersion")
	switch {
	case m.Old != nil && !m.Changed("minMasterVersion"):
		return m.Old.Text("masterVersion")
	case wanted == "" || wanted == "latest" || wanted == "-":
		wanted = map[string]string{"RAPID": "1.36", "STABLE": "1.34", "EXTENDED": "1.35"}[m.Text("releaseChannel.channel")]
		if wanted == "" {
			wanted = "1.35"
		}
	case strings.Contains(wanted, "-gke."):
		return wanted
	}
	if strings.Count(wanted, ".") == 1 {
		wanted += ".4"
	}
	return wanted + "-gke.1036000"
}

// versionIsOffered refuses a version that GKE does not offer.
func versionIsOffered(version string) error {
	if version == "" || version == "latest" || version == "-" {
		return nil
	}
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 || !slices.Contains(kubernetesVersions(), parts[0]+"."+parts[1]) {
		return cloud.Refuse("400 badRequest", "No valid versions with the prefix %q found.", version)
	}
	return nil
}
