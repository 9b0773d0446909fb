package gcp

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const containerAPI = "https://container.googleapis.com/v1/"

// identityPool is the workload identity pool of a project. The first cluster creates it, and it is never deleted.
const identityPool = "gcp:iam/workloadIdentityPool#fixed"

func clusters(real *Cluster) kinds {
	defaults := vals{
		"deletionProtection": true, "enableCiliumClusterwideNetworkPolicy": false, "enableFqdnNetworkPolicy": false,
		"enableKubernetesAlpha": false, "enableL4IlbSubsetting": false, "enableLegacyAbac": false, "enableMultiNetworking": false,
		"enableShieldedNodes": true, "network": "default", "clusterAutoscaling.autoscalingProfile": "BALANCED",
		"ipAllocationPolicy.stackType": "IPV4",
	}
	for name, value := range nodeDefaults() {
		defaults["clusterAutoscaling.autoProvisioningDefaults."+name] = value
	}
	cluster := kind{
		DisplayName: "GKE Cluster", ID: "projects/{project}/locations/{location}/clusters/{name}",
		Defaults: defaults, DefaultsUnless: map[string]string{"enableShieldedNodes": "enableAutopilot"},
		ReplaceOn: []string{
			"clusterIpv4Cidr", "confidentialNodes", "datapathProvider", "defaultMaxPodsPerNode", "description", "enableAutopilot",
			"enableKubernetesAlpha", "enableMultiNetworking", "enableTpu", "initialNodeCount", "ipAllocationPolicy.clusterIpv4CidrBlock",
			"ipAllocationPolicy.clusterSecondaryRangeName", "ipAllocationPolicy.podCidrOverprovisionConfig",
			"ipAllocationPolicy.servicesIpv4CidrBlock", "ipAllocationPolicy.servicesSecondaryRangeName", "ipAllocationPolicy.stackType",
			"masterAuth.clientCertificateConfig", "network", "networkingMode", "nodeConfig.serviceAccount",
			"nodeConfig.oauthScopes", "nodeConfig.bootDiskKmsKey", "nodeConfig.spot", "nodeConfig.preemptible", "nodeConfig.minCpuPlatform",
			"nodeConfig.shieldedInstanceConfig", "nodeConfig.metadata", "nodePools", "privateClusterConfig.enablePrivateNodes",
			"privateClusterConfig.masterIpv4CidrBlock", "privateClusterConfig.privateEndpointSubnetwork", "subnetwork", "tpuConfig",
			"clusterAutoscaling.autoProvisioningDefaults.bootDiskKmsKey",
		},
		ReplaceWhen: clusterReplaces, IgnoreDiff: clusterIgnoreDiff, Drifts: clusterDrifts,
		Sets:     []string{"maintenancePolicy.maintenanceExclusions", "masterAuthorizedNetworksConfig.cidrBlocks"},
		Computed: []string{"nodeLocations", "nodePools", "resourceLabels", "clusterAutoscaling.resourceLimits", "nodeConfig.oauthScopes", "nodeConfig.metadata"},
		Rules:    clusterRules(),
		References: []ref{
			holds("network", "compute/network"), holds("subnetwork", "compute/subnetwork"),
			holds("privateClusterConfig.privateEndpointSubnetwork", "compute/subnetwork"), refersTo("databaseEncryption.keyName", "kms/cryptoKey"),
			nodeAccount("nodeConfig.serviceAccount"), nodeAccount("clusterAutoscaling.autoProvisioningDefaults.serviceAccount"),
		},
		Unique:   []string{"project", "location", "name"},
		Conflict: code{Code: "409 alreadyExists", Message: "Already exists: projects/{project}/locations/{location}/clusters/{name}."},
		Missing:  code{Code: "404 notFound", Message: "Not found: %s."},
		Outputs: vals{
			"selfLink": containerAPI + "projects/{project}/locations/{location}/clusters/{name}", "labelFingerprint": "{hex:8}",
			"loggingService": "logging.googleapis.com/kubernetes", "monitoringService": "monitoring.googleapis.com/kubernetes",
			"networkingMode": "VPC_NATIVE", "databaseEncryption": vals{"state": "DECRYPTED", "keyName": ""},
			"releaseChannel": vals{"channel": "REGULAR"}, "securityPostureConfig": vals{"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_DISABLED"},
			"maintenancePolicy.dailyMaintenanceWindow.duration": "PT4H0M0S", "serviceExternalIpsConfig": vals{"enabled": false},
			"defaultSnatStatus": vals{"disabled": false}, "notificationConfig": vals{"pubsub": vals{"enabled": false, "topic": ""}},
			"defaultMaxPodsPerNode": 110.0, "datapathProvider": "LEGACY_DATAPATH",
		},
		Apply: func(m *cloud.Operation) error { return makeCluster(m, real) },
		RefuseDelete: func(m *cloud.Operation) error {
			if m.True("deletionProtection") {
				return fmt.Errorf("Cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with cluster deletion")
			}
			return nil
		},
		AfterDelete: func(m *cloud.Operation) {
			for _, pool := range m.Find(Token("container/nodePool"), "", "") {
				if strings.HasPrefix(pool.Text("id"), m.ID+"/") {
					m.DeleteWhere(Token("container/nodePool"), "id", pool.Text("id"))
				}
			}
		},
	}
	return kinds{"container/cluster": &cluster}
}

// nodeDefaults are the defaults of nodes that GKE creates by itself.
func nodeDefaults() cloud.Values {
	return vals{"serviceAccount": "default", "diskSize": 100.0, "diskType": "pd-standard", "imageType": "COS_CONTAINERD"}
}

// nodeAccount returns a reference to the service account of nodes.
func nodeAccount(path string) ref {
	return ref{Path: path, To: "serviceaccount/account", By: []string{"email"}, ExternalPrefixes: []string{"default"}, Optional: true}
}

func clusterReplaces(before, after cloud.Values) []string {
	var paths []string
	for _, name := range []string{"enableL4IlbSubsetting", "enableFqdnNetworkPolicy"} {
		if before.True(name) && after.Has(name) && !after.True(name) {
			paths = append(paths, name)
		}
	}
	return paths
}

// clusterDrifts returns what GKE reports of a cluster differently from its arguments. Subsetting is enabled in new
// clusters that do not set it, and disabling it replaces the cluster (isBeenEnabled; terraform-provider-google issue
// 24718). Since 2026, a cluster that encrypts its Secrets reports that it encrypts everything, which this provider's
// arguments cannot say (issue 27091). The nodes of a cluster whose first pool was deleted are those of its pools
// (pulumi-gcp issue 744).
func clusterDrifts(arguments cloud.Values) map[string]bool {
	paths := map[string]bool{}
	if !arguments.True("enableL4IlbSubsetting") {
		paths["enableL4IlbSubsetting"] = true
	}
	if arguments.Text("databaseEncryption.state") == "ENCRYPTED" {
		paths["databaseEncryption.state"] = false
	}
	if arguments.True("removeDefaultNodePool") && arguments.Has("nodeConfig") {
		paths["nodeConfig"] = true
	}
	return paths
}

// clusterIgnoreDiff returns what Autopilot decides, and what matters only at creation.
func clusterIgnoreDiff(_, after cloud.Values) []string {
	if after.True("enableAutopilot") {
		return []string{
			"clusterAutoscaling.resourceLimits", "clusterAutoscaling.autoscalingProfile", "clusterAutoscaling.autoProvisioningDefaults.diskSize",
			"clusterAutoscaling.autoProvisioningDefaults.diskType", "clusterAutoscaling.autoProvisioningDefaults.imageType",
			"enableShieldedNodes",
		}
	}
	return nil
}

func makeCluster(m *cloud.Operation, real *Cluster) error {
	if err := placeOf(m); err != nil {
		return err
	}
	if err := checkCluster(m); err != nil {
		return err
	}
	if err := clusterRanges(m); err != nil {
		return err
	}
	if err := wayOut(m, m.Text("network")); err != nil && m.New() {
		return err
	}
	location := m.Text("location")
	if !m.Has("nodeLocations") {
		zones := zonesOf(location)
		m.Values["nodeLocations"] = list(zones[:min(len(zones), 3)]...)
	}
	m.Values["masterVersion"] = clusterVersion(m)
	if !m.Has("nodeVersion") {
		m.Values["nodeVersion"] = m.Values["masterVersion"]
	}
	if m.True("enableAutopilot") {
		autopilot(m)
	}
	endpoints(m, real)
	if pool := m.Text("workloadIdentityConfig.workloadPool"); pool != "" {
		m.Adopt(identityPool, pool, vals{"name": pool})
	}
	return nil
}

// placeOf sets the location of the cluster.
func placeOf(m *cloud.Operation) error {
	location := m.Text("location")
	for _, name := range []string{"zone", "region"} {
		if standard, _ := m.Scope.Defaults[name].(string); location == "" {
			location = standard
		}
	}
	if location == "" {
		return cloud.Refuse("400 badRequest", "Cannot determine location: set location in this resource, or set region or zone at provider-level")
	}
	m.Values["location"] = location
	if m.New() {
		m.ID = m.Template(`projects/{project}/locations/{location}/clusters/{name}`)
		m.Values["selfLink"] = containerAPI + m.ID
	}
	isZone := slices.Contains(zonesOf(regionOf(location)), location)
	switch {
	case zonesOf(location) == nil && !isZone:
		return cloud.Refuse("400 badRequest", "Location %q does not exist.", location)
	case isZone && m.True("enableAutopilot"):
		return cloud.Refuse("400 badRequest", "Autopilot clusters must be regional clusters.")
	}
	return nil
}

// autopilot sets what Autopilot decides.
// https://cloud.google.com/kubernetes-engine/docs/resources/autopilot-standard-feature-comparison
func autopilot(m *cloud.Operation) {
	m.Values["datapathProvider"], m.Values["enableIntranodeVisibility"] = "ADVANCED_DATAPATH", true
	m.Values["enableShieldedNodes"], m.Values["defaultMaxPodsPerNode"] = true, 32.0
	m.Values["workloadIdentityConfig"] = vals{"workloadPool": m.Scope.Account + ".svc.id.goog"}
	for name, value := range map[string]any{
		"verticalPodAutoscaling": vals{"enabled": true}, "gatewayApiConfig": vals{"channel": "CHANNEL_STANDARD"},
		"nodePoolDefaults": vals{"nodeConfigDefaults": vals{"loggingVariant": "DEFAULT"}},
	} {
		if !m.Has(name) {
			m.Values[name] = value
		}
	}
}

// endpoints sets the addresses of the cluster and its certificate.
func endpoints(m *cloud.Operation, real *Cluster) {
	private := ""
	if block, err := netip.ParsePrefix(m.Text("privateClusterConfig.masterIpv4CidrBlock")); err == nil {
		private = block.Addr().Next().Next().String()
	} else {
		subnetwork := m.Text("subnetwork")
		if own := m.Text("privateClusterConfig.privateEndpointSubnetwork"); own != "" {
			subnetwork = own
		}
		private = m.Text("privateClusterConfig.privateEndpoint")
		if private == "" {
			private = addressIn(m, subnetwork)
		}
	}
	public := externalAddress(m)
	config, has := m.Values["privateClusterConfig"].(cloud.Values)
	if !has {
		config = vals{"enablePrivateEndpoint": false}
		m.Values["privateClusterConfig"] = config
	}
	config["privateEndpoint"], config["publicEndpoint"] = private, public
	if !config.Has("masterGlobalAccessConfig") {
		config["masterGlobalAccessConfig"] = vals{"enabled": false}
	}
	m.Values["endpoint"] = public
	if config.True("enablePrivateEndpoint") {
		m.Values["endpoint"] = private
	}
	authority := []byte("certificate authority of " + m.ID)
	if real != nil {
		m.Values["endpoint"], authority = real.Endpoint, real.CertificateAuthority
	}
	auth, has := m.Values["masterAuth"].(cloud.Values)
	if !has {
		auth = vals{"clientCertificateConfig": vals{"issueClientCertificate": false}}
		m.Values["masterAuth"] = auth
	}
	auth["clusterCaCertificate"], auth["clientCertificate"], auth["clientKey"] = base64.StdEncoding.EncodeToString(authority), "", ""
}
