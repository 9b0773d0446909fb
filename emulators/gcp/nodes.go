package gcp

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func nodePools() kinds {
	pool := kind{
		DisplayName: "GKE Node Pool", ID: "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
		Name: &cloud.Name{Property: "name", Max: 255, Separator: "-", ReplacedBy: "namePrefix"},
		Defaults: vals{
			"nodeConfig.preemptible": false, "nodeConfig.spot": false, "nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring": true,
			"nodeConfig.shieldedInstanceConfig.enableSecureBoot": false, "nodeConfig.loggingVariant": "DEFAULT",
			"management.autoRepair": true, "management.autoUpgrade": true, "upgradeSettings.strategy": "SURGE",
		},
		ReplaceOn: []string{
			"cluster", "initialNodeCount", "maxPodsPerNode", "namePrefix", "networkConfig.podRange", "networkConfig.podIpv4CidrBlock",
			"networkConfig.createPodRange", "networkConfig.podCidrOverprovisionConfig", "nodeConfig.bootDiskKmsKey", "nodeConfig.metadata",
			"nodeConfig.minCpuPlatform", "nodeConfig.nodeGroup", "nodeConfig.oauthScopes", "nodeConfig.preemptible", "nodeConfig.spot",
			"nodeConfig.serviceAccount", "nodeConfig.shieldedInstanceConfig", "nodeConfig.localSsdCount", "nodeConfig.guestAccelerators",
			"nodeConfig.advancedMachineFeatures", "nodeConfig.reservationAffinity", "placementPolicy", "queuedProvisioning",
			"nodeConfig.ephemeralStorageLocalSsdConfig", "nodeConfig.confidentialNodes",
		},
		Computed: []string{"nodeLocations", "nodeConfig.oauthScopes", "nodeConfig.metadata", "nodeConfig.labels", "nodeConfig.resourceLabels"},
		Drifts:   poolDrifts,
		Rules:    nodeRules(),
		References: []ref{
			refersTo("cluster", "container/cluster"), nodeAccount("nodeConfig.serviceAccount"), refersTo("nodeConfig.bootDiskKmsKey", "kms/cryptoKey"),
		},
		Unique:   []string{"cluster", "name"},
		Conflict: code{Code: "409 alreadyExists", Message: "Already exists: {cluster}/nodePools/{name}."},
		Missing:  code{Code: "404 notFound", Message: "Not found: %s."},
		Outputs: vals{
			"namePrefix": "", "maxPodsPerNode": 110.0, "management": vals{"autoRepair": true, "autoUpgrade": true},
			"upgradeSettings":          vals{"maxSurge": 1.0, "maxUnavailable": 0.0, "strategy": "SURGE"},
			"upgradeSettings.maxSurge": 1.0, "autoscaling.locationPolicy": "BALANCED",
			"nodeConfig.diskSizeGb": 100.0, "nodeConfig.diskType": "pd-balanced", "nodeConfig.imageType": "COS_CONTAINERD",
			"nodeConfig.machineType": "e2-medium", "nodeConfig.serviceAccount": "default", "nodeConfig.localSsdCount": 0.0,
			"nodeConfig.metadata": vals{"disable-legacy-endpoints": "true"},
		},
		Apply: makePool,
	}
	return kinds{"container/nodePool": &pool}
}

// poolDrifts returns what GKE adds to every new node pool and this provider wants to remove again: the kubelet's
// read-only port that is closed, under a name that came with version 5.44.1 (terraform-google-kubernetes-engine issue
// 2014), and GKE's own labels, which count as a change up to version 6.18 (magic-modules change 12877).
func poolDrifts(cloud.Values) map[string]bool {
	return map[string]bool{"nodeConfig.kubeletConfig": false, "nodeConfig.resourceLabels": false}
}

func nodeRules() rules {
	return rules{
		cloud.Length("name", 1, 40), cloud.Match("name", `^[a-z]([a-z0-9-]*[a-z0-9])?$`,
			"must start with a letter, end with a letter or digit, and only contain lowercase letters, numbers and hyphens"),
		cloud.Exclusive("name", "namePrefix"), cloud.OneOf("upgradeSettings.strategy", "SURGE", "BLUE_GREEN"),
		cloud.OneOf("autoscaling.locationPolicy", "BALANCED", "ANY"), cloud.OneOf("nodeConfig.loggingVariant", "DEFAULT", "MAX_THROUGHPUT"),
		cloud.OneOf("nodeConfig.workloadMetadataConfig.mode", "MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"),
		cloud.OneOf("nodeConfig.taints.effect", "NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"),
		cloud.OneOf("nodeConfig.diskType", "pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"),
		cloud.Exclusive("autoscaling.minNodeCount", "autoscaling.totalMinNodeCount"), cloud.Exclusive("autoscaling.maxNodeCount", "autoscaling.totalMaxNodeCount"),
		func(j *cloud.Validation) {
			least, most := j.Number("autoscaling.minNodeCount"), j.Number("autoscaling.maxNodeCount")
			if j.Has("autoscaling.maxNodeCount") && j.Known("autoscaling") && least > most {
				j.Fail("autoscaling.minNodeCount", "is greater than maxNodeCount (%v > %v)", least, most)
			}
			if j.True("nodeConfig.spot") && j.True("nodeConfig.preemptible") {
				j.Fail("nodeConfig.spot", "a node is either spot or preemptible")
			}
			if j.Has("nodeConfig.diskSizeGb") && j.Known("nodeConfig.diskSizeGb") && j.Number("nodeConfig.diskSizeGb") < 10 {
				j.Fail("nodeConfig.diskSizeGb", "expected disk_size_gb to be at least (10)")
			}
		},
	}
}

func makePool(m *cloud.Operation) error {
	cluster := clusterOf(m, m.Text("cluster"), m.Text("location"))
	if m.New() {
		m.Values["location"], m.Values["project"] = cluster.Text("location"), cluster.Text("project")
		m.ID = cluster.Text("id") + "/nodePools/" + m.Text("name")
	}
	location := cluster.Text("location")
	zones := m.Texts("nodeLocations")
	switch {
	case cluster.True("enableAutopilot"):
		return cloud.Refuse("400 badRequest", "Autopilot clusters do not support mutating node pools.")
	case m.Text("nodeConfig.workloadMetadataConfig.mode") == "GKE_METADATA" && cluster.Text("workloadIdentityConfig.workloadPool") == "":
		return cloud.Refuse("400 badRequest", "MetadataConfig.NodeMetadata must not be set to GKE_METADATA_SERVER when the cluster has no workload pool.")
	case !cluster.True("enableShieldedNodes") && m.True("nodeConfig.shieldedInstanceConfig.enableSecureBoot"):
		return cloud.Refuse("400 badRequest", "Secure boot needs shielded nodes in the cluster.")
	}
	for _, zone := range zones {
		if !slices.Contains(zonesOf(regionOrZone(location)), zone) {
			return cloud.Refuse("400 badRequest", "Location %q is not in region %q.", zone, regionOrZone(location))
		}
	}
	if err := machinesFit(m, zones); err != nil {
		return err
	}
	if err := versionIsOffered(m.Text("version")); err != nil {
		return err
	}
	if err := accountIsThere(m, m.Text("nodeConfig.serviceAccount")); err != nil {
		return err
	}
	if len(zones) == 0 {
		zones = cluster.Texts("nodeLocations")
		m.Values["nodeLocations"] = list(zones...)
	}
	poolSize(m, cluster, zones)
	return keyIsUsable(m, "nodeConfig.bootDiskKmsKey", "compute.googleapis.com", regionOrZone(location))
}

// machinesFit refuses Arm machines in zones without them, disks that a series does not have, and labels of Kubernetes' own.
func machinesFit(m *cloud.Operation, zones []string) error {
	machine := m.Text("nodeConfig.machineType")
	series, _, _ := strings.Cut(machine, "-")
	sold := []string{"asia-southeast1-b", "asia-southeast1-c", "europe-west4-a", "europe-west4-b", "europe-west4-c", "us-central1-a", "us-central1-b", "us-central1-f"}
	for _, zone := range zones {
		if series == "t2a" && !slices.Contains(sold, zone) {
			return cloud.Refuse("400 badRequest", "Machine type with name '%s' does not exist in zone '%s'.", machine, zone)
		}
	}
	if disk := m.Text("nodeConfig.diskType"); slices.Contains([]string{"c4", "c4a", "n4", "n4a"}, series) && strings.HasPrefix(disk, "pd-") {
		return cloud.Refuse("400 badRequest", "%s disk type cannot be used by %s machine type.", disk, machine)
	}
	for _, labels := range m.Objects("nodeConfig.labels") {
		for label := range labels {
			if domain, _, found := strings.Cut(label, "/"); found && (strings.HasSuffix(domain, "kubernetes.io") || strings.HasSuffix(domain, "k8s.io")) {
				return cloud.Refuse("400 badRequest", "Node label %q is reserved.", label)
			}
		}
	}
	return nil
}

// poolSize sets the number of nodes and their instance groups.
func poolSize(m *cloud.Operation, cluster cloud.Values, zones []string) {
	count := m.Number("nodeCount")
	if !m.Has("nodeCount") {
		count = max(m.Number("initialNodeCount"), m.Number("autoscaling.minNodeCount"))
		m.Values["nodeCount"] = count
	}
	if !m.Has("initialNodeCount") {
		m.Values["initialNodeCount"] = count
	}
	if m.Text("version") == "" {
		m.Values["version"] = cluster.Text("masterVersion")
	}
	if !m.Has("networkConfig") {
		m.Values["networkConfig"] = vals{
			"enablePrivateNodes": cluster.True("privateClusterConfig.enablePrivateNodes"), "createPodRange": false,
			"podRange":         cluster.Text("ipAllocationPolicy.clusterSecondaryRangeName"),
			"podIpv4CidrBlock": cluster.Text("ipAllocationPolicy.clusterIpv4CidrBlock"),
		}
	}
	if !m.Has("nodeConfig") {
		m.Values["nodeConfig"] = vals{"machineType": "e2-medium", "serviceAccount": "default", "diskSizeGb": 100.0, "diskType": "pd-balanced"}
	}
	var groups, managers []any
	for i, zone := range zones {
		name := strings.ToLower("gke-" + last(m.Text("cluster")) + "-" + m.Text("name") + "-" + m.Template("{hex:7}") + string(rune('a'+i)))
		base := computeAPI + "projects/" + m.Text("project") + "/zones/" + zone
		groups, managers = append(groups, base+"/instanceGroupManagers/"+name+"-grp"), append(managers, base+"/instanceGroups/"+name+"-grp")
	}
	m.Values["instanceGroupUrls"], m.Values["managedInstanceGroupUrls"] = groups, managers
}

// clusterOf returns the cluster that a text names, in a location when that is known.
func clusterOf(m *cloud.Operation, name, location string) cloud.Values {
	for _, one := range m.Find(Token("container/cluster"), "", "") {
		named := one.Text("id") == name || one.Text("selfLink") == name || one.Text("name") == name
		if named && (location == "" || one.Text("location") == location) {
			return one
		}
	}
	return cloud.Values{}
}
