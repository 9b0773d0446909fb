package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// withPools is a cluster in mode nodes with pools, and with more of its fields.
func withPools(more map[string]any, pools ...any) map[string]any {
	cluster := object("mode", "nodes", "endpoint", object("allowedCIDRs", list("203.0.113.0/24")), "nodePools", pools)
	for field, value := range more {
		cluster[field] = value
	}
	return cluster
}

func batchPool(pairs ...any) map[string]any {
	return object(append([]any{"name", "batch"}, pairs...)...)
}

// inPool is a worker in a pool.
func inPool(pool string, pairs ...any) []any {
	return list(object(append([]any{"name", "default", "nodePool", pool}, pairs...)...))
}

func nodePoolMistakes() []wrong {
	auto := func(pools ...any) map[string]any {
		return object("endpoint", object("allowedCIDRs", list("203.0.113.0/24")), "nodePools", pools)
	}
	arm := object("architecture", "arm64")
	return []wrong{
		{"unknown architecture", onAWS, "cluster.architecture", "arm", `cluster.architecture: "arm": must be one of amd64, arm64`},
		{"architecture of another's cluster", minimal, "cluster", arm, `cluster.architecture: would be ignored, because cluster.source is not create`},
		{"pools of another's cluster", minimal, "cluster", object("nodePools", list(batchPool())), `cluster.nodePools: would be ignored, because cluster.source is not create`},
		{"pool of another's cluster", minimal, "web.nodePool", "batch", `web.nodePool: "batch": needs a cluster that this stack creates; name labels of its nodes in nodeSelector`},
		{"arm64 where Google has none", onGCP, "cluster.architecture", "arm64", `cluster.architecture: "arm64": needs one of the regions asia-southeast1, europe-west4, us-central1 in gcp.region`},
		{"arm64 in a zone without it", onGCP, "", map[string]any{"cluster": withPools(arm), "gcp.region": "us-central1", "gcp.zones": list("a", "c", "f")}, `gcp.zones[1]: "c": has no T2A machines, which cluster.architecture arm64 needs; choose of the zones of us-central1 that have them: a, b, f`},
		{"arm64 in zones that Google picks", onGCP, "", map[string]any{"cluster": withPools(arm), "gcp.region": "us-central1"}, `gcp.zones: is required with cluster.architecture arm64 in us-central1, where the zones a, b, f have T2A machines`},
		{"pool of arm64 where Google has none", onGCP, "cluster", withPools(nil, batchPool("architecture", "arm64")), `cluster.nodePools[0].architecture: "arm64": needs one of the regions`},
		{"memory that no arm64 machine has", onGCP, "", map[string]any{"cluster": withPools(object("architecture", "arm64", "nodes", object("cpu", 16, "memory", "128Gi"))), "gcp.region": "europe-west4"}, `cluster.nodes.memory: "128Gi": must be that of a machine with cluster.nodes.cpu: no node has 16 CPUs and 128Gi of memory; there are t2a-standard-2`},
		{"selector of the other architecture", onAWS, "", map[string]any{"cluster.architecture": "arm64", "web.nodeSelector": object("kubernetes.io/arch", "amd64")}, `web.nodeSelector.kubernetes.io/arch: "amd64": is not that of its nodes, which is arm64: set nodePool to a pool that has it`},

		{"x86 types in a pool of arm64", onAWS, "cluster", withPools(nil, batchPool("architecture", "arm64", "instanceTypes", list("m7g.large", "m7i.large"))), `cluster.nodePools[0].instanceTypes[1]: "m7i.large": is amd64, and the pool is arm64: name a type such as t4g.large, or set the pool's architecture to amd64`},
		{"Graviton in a cluster of amd64", onAWS, "cluster", withPools(nil, batchPool("instanceTypes", list("c7g.xlarge"))), `cluster.nodePools[0].instanceTypes[0]: "c7g.xlarge": is arm64, and the pool is amd64: name a type such as t3.large, or set the pool's architecture to arm64`},
		{"Axion in a cluster of amd64", onGCP, "cluster", withPools(nil, batchPool("instanceTypes", list("c4a-standard-4"))), `cluster.nodePools[0].instanceTypes[0]: "c4a-standard-4": is arm64, and the pool is amd64`},
		{"machines without Persistent Disks", onGCP, "", map[string]any{"cluster": withPools(nil, batchPool("architecture", "arm64", "instanceTypes", list("c4a-standard-4"))), "gcp.region": "europe-west4"}, `cluster.nodePools[0].instanceTypes[0]: "c4a-standard-4": mounts no volumes of the cluster's StorageClass, or has devices; choose one of the series c2, c2d, c3, c3d, e2, n1, n2, n2d, t2a, t2d`},
		{"two machine types on Google Cloud", onGCP, "cluster", withPools(nil, batchPool("instanceTypes", list("e2-standard-2", "n2-standard-2"))), `cluster.nodePools[0].instanceTypes: "e2-standard-2, n2-standard-2": must be one type of machine with cloud gcp`},
		{"type of the other cloud", onAWS, "cluster", withPools(nil, batchPool("instanceTypes", list("e2-standard-2"))), `cluster.nodePools[0].instanceTypes[0]: "e2-standard-2": is no type such as t3.large`},
		{"type with fewer CPUs than the pool", onAWS, "cluster", withPools(nil, batchPool("cpu", 4, "memory", "8Gi", "instanceTypes", list("m7i.large"))), `cluster.nodePools[0].instanceTypes[0]: "m7i.large": has 2 vCPUs, fewer than the 4 of the pool's cpu`},
		{"type with less memory than the pool", onGCP, "cluster", withPools(nil, batchPool("cpu", 4, "memory", "32Gi", "instanceTypes", list("e2-standard-4"))), `cluster.nodePools[0].instanceTypes[0]: "e2-standard-4": has 16Gi of memory, less than the 32Gi of the pool's memory`},
		{"GPUs on AWS", onAWS, "cluster", withPools(nil, batchPool("cpu", 4, "memory", "16Gi", "instanceTypes", list("g5.xlarge"))), `cluster.nodePools[0].instanceTypes[0]: "g5.xlarge": has devices, whose drivers and plugin the program does not install`},
		{"GPUs on Google Cloud", onGCP, "cluster", withPools(nil, batchPool("instanceTypes", list("g2-standard-4"))), `cluster.nodePools[0].instanceTypes[0]: "g2-standard-4": mounts no volumes of the cluster's StorageClass, or has devices`},

		{"two pools of a name", onAWS, "cluster", withPools(nil, batchPool(), batchPool()), `cluster.nodePools[1].name: "batch": is the name of a pool before`},
		{"pool without a name", onAWS, "cluster", withPools(nil, object("min", 1)), `cluster.nodePools[0].name: is required`},
		{"pool named as no object is", onAWS, "cluster", withPools(nil, object("name", "GPU nodes")), `cluster.nodePools[0].name: "GPU nodes": must be lower-case letters`},
		{"more nodes at least than at most", onAWS, "cluster", withPools(nil, batchPool("min", 5)), `cluster.nodePools[0].min: 5: may not be above cluster.nodePools[0].max, which is 4`},
		{"pool above a group", onAWS, "cluster", withPools(nil, batchPool("max", 451)), `cluster.nodePools[0].max: 451: may be at most 450 on AWS`},
		{"fewer nodes than zones", onGCP, "cluster", withPools(nil, batchPool("min", 1, "max", 2)), `cluster.nodePools[0].max: 2: must be at least 3 with cloud gcp, one for each zone, unless cluster.nodePools[0].min is 0`},
		{"small disks", onAWS, "cluster", withPools(nil, batchPool("disk", "10Gi")), `cluster.nodePools[0].disk: "10Gi": must be from 20Gi to 16384Gi with cloud aws`},
		{"nodes of no type", onAWS, "cluster", withPools(nil, batchPool("cpu", 2, "memory", "1Ti")), `cluster.nodePools[0].memory: "1Ti": must be that of a type, or instanceTypes must name one: no node has 2 CPUs and 1Ti of memory`},
		{"more pods than Google's network has ranges for", onGCP, "", map[string]any{"cluster": withPools(nil, batchPool("max", 60)), "network": object("cidr", "10.0.0.0/18")}, `cluster.nodePools[0].max: 70: may be at most 64, together with those of cluster.nodes and of the pools before, with network.cidr 10.0.0.0/18`},
		{"more nodes than the subnets have addresses for", onAWS, "", map[string]any{"cluster": withPools(nil, batchPool("max", 400)), "network": object("cidr", "10.0.0.0/20")}, `cluster.nodePools[0].max: 410: may be at most`},

		{"label of Kubernetes", onAWS, "cluster", withPools(nil, batchPool("labels", object("kubernetes.io/role", "batch"))), `cluster.nodePools[0].labels.kubernetes.io/role: "batch": belongs to Kubernetes, to the cloud or to the program; use another key, for instance example.com/team`},
		{"label of the program", onAWS, "cluster", withPools(nil, batchPool("labels", object("djangostack/pool", "b"))), `cluster.nodePools[0].labels.djangostack/pool: "b": belongs to Kubernetes, to the cloud or to the program`},
		{"label that is none", onAWS, "cluster", withPools(nil, batchPool("labels", object("team", "a b"))), `cluster.nodePools[0].labels.team: "a b"`},
		{"taint without a key", onAWS, "cluster", withPools(nil, batchPool("taints", list(object("key", "a b")))), `cluster.nodePools[0].taints[0].key: "a b": is not the key of a taint, for instance example.com/dedicated`},
		{"taint of GKE", onGCP, "cluster", withPools(nil, batchPool("taints", list(object("key", "kubernetes.io/arch", "value", "arm64")))), `cluster.nodePools[0].taints[0].key: "kubernetes.io/arch": belongs to Kubernetes`},
		{"taint of no value", onAWS, "cluster", withPools(nil, batchPool("taints", list(object("key", "a", "value", "b c")))), `cluster.nodePools[0].taints[0].value: "b c": is not the value of a taint`},
		{"effect of a taint", onAWS, "cluster", withPools(nil, batchPool("taints", list(object("key", "a", "effect", "Never")))), `cluster.nodePools[0].taints[0].effect: "Never": must be one of NoSchedule, PreferNoSchedule, NoExecute`},
		{"taint twice", onAWS, "cluster", withPools(nil, batchPool("taints", list(object("key", "a", "value", "1"), object("key", "a", "value", "2")))), `cluster.nodePools[0].taints[1]: has the key and the effect of a taint before`},

		{"pools on Autopilot", onGCP, "cluster", auto(batchPool()), `cluster.nodePools: needs cluster.mode nodes with cloud gcp: Autopilot adds nodes by what the pods select`},
		{"size of nodes that AWS chooses", onAWS, "cluster", auto(batchPool("cpu", 4)), `cluster.nodePools[0].cpu: would be ignored, because cluster.mode is not nodes`},
		{"numbers of nodes that AWS chooses", onAWS, "cluster", auto(batchPool("max", 4)), `cluster.nodePools[0].max: would be ignored, because cluster.mode is not nodes`},
		{"x86 type in a pool of arm64 that AWS fills", onAWS, "cluster", auto(batchPool("architecture", "arm64", "instanceTypes", list("m7i.large"))), `cluster.nodePools[0].instanceTypes[0]: "m7i.large": is amd64, and the pool is arm64`},

		{"misspelt pool", onAWS, "", map[string]any{"cluster": withPools(nil, batchPool()), "workers": inPool("bacth")}, `workers[0].nodePool: "bacth": is none of cluster.nodePools; did you mean batch?`},
		{"pool of another name", onAWS, "", map[string]any{"cluster": withPools(nil, batchPool()), "web.nodePool": "gpu"}, `web.nodePool: "gpu": is none of cluster.nodePools, which has batch`},
		{"pool of none", onAWS, "web.nodePool", "batch", `web.nodePool: "batch": is none of cluster.nodePools, which has none: add a pool of this name`},
		{"selector of another architecture than the pool's", onAWS, "", map[string]any{"cluster": withPools(nil, batchPool("architecture", "arm64")), "workers": inPool("batch", "nodeSelector", object("kubernetes.io/arch", "amd64"))}, `workers[0].nodeSelector.kubernetes.io/arch: "amd64": is not that of its nodes, which is arm64`},
		{"pod larger than the pool's nodes", onAWS, "", map[string]any{"cluster": withPools(object("nodes", object("cpu", 8, "memory", "32Gi")), batchPool()), "workers": inPool("batch", "resources", object("memory", "16Gi", "memoryLimit", "16Gi"))}, `workers[0].resources.memory: "16Gi": may be at most 8Gi, the size of a node in cluster.nodePools[0]`},
		{"tasks longer than spot nodes stay", onAWS, "", map[string]any{"cluster": withPools(nil, batchPool("capacity", "spot")), "workers": inPool("batch", "longestTaskSeconds", 300)}, `workers[0].longestTaskSeconds: 300: may be at most 120 with cluster.nodePools[0].capacity spot`},
		{"a volume of one node in two pools", onAWS, "", map[string]any{
			"cluster": withPools(nil, batchPool()), "web.replicas": 1, "volumes": list(object("name", "media", "size", "1Gi")),
			"web.volumes": list(object("name", "media", "mountPath", "/srv/media", "source", "volume", "from", "media")),
			"workers":     inPool("batch", "volumes", list(object("name", "media", "mountPath", "/srv/media", "source", "volume", "from", "media"))),
		}, `workers[0].nodePool: must be that of web: both mount the volume media`},
	}
}

func TestAPoolMayBeLargerThanTheNodesOfTheCluster(t *testing.T) {
	text := changed(t, onAWS, "cluster", withPools(nil, batchPool("cpu", 16, "memory", "64Gi", "min", 1, "capacity", "on-demand")))
	_, err := parse(t, changed(t, text, "workers", inPool("batch", "resources", object("memory", "48Gi", "memoryLimit", "48Gi"))))
	require.NoError(t, err)
}

func TestOnDemandPoolsHaveLongTasksBesideSpotNodes(t *testing.T) {
	spot := withPools(object("nodes", object("capacity", "spot")), batchPool())
	_, err := parse(t, changed(t, changed(t, onAWS, "cluster", spot), "workers", inPool("batch", "longestTaskSeconds", 3000)))
	require.NoError(t, err)
}

func TestAProcessOfAPoolSelectsAndToleratesItsNodes(t *testing.T) {
	pool := batchPool("architecture", "arm64", "labels", object("example.com/team", "data"), "taints", list(object("key", "example.com/batch", "effect", "NoExecute")))
	text := changed(t, onAWS, "cluster", withPools(nil, pool))
	environment, err := parse(t, changed(t, text, "workers", inPool("batch", "nodeSelector", object("example.com/team", "data"))))
	require.NoError(t, err, "a label of the pool needs no prepared: on")

	worker := environment.Workers[0].Pods
	assert.Equal(t, map[string]string{"djangostack/pool": "batch", "kubernetes.io/arch": "arm64", "example.com/team": "data"}, environment.Selector(worker))
	assert.Equal(t, []spec.Toleration{
		{Key: "djangostack/pool", Value: "batch", Effect: "NoSchedule"}, {Key: "example.com/batch", Effect: "NoExecute"},
	}, environment.TolerationsOf(worker))
	assert.Empty(t, environment.Selector(environment.Web.Pods), "others run where they did")
	assert.Empty(t, environment.TolerationsOf(environment.Web.Pods))
}

func TestStepsOfTheReleaseRunInItsPool(t *testing.T) {
	text := changed(t, onAWS, "cluster", withPools(nil, batchPool()))
	text = changed(t, text, "release", object("nodePool", "batch", "after", list(object("name", "warm", "command", list("true")))))
	environment, err := parse(t, text)
	require.NoError(t, err)
	for _, step := range environment.ReleaseSteps() {
		assert.Equal(t, "batch", step.NodePool, step.Part)
	}
}

func TestArm64IsSelectedWhereANodeOfAnotherKindCouldBe(t *testing.T) {
	arm := map[string]string{"kubernetes.io/arch": "arm64"}
	autopilot := map[string]string{"kubernetes.io/arch": "arm64", "cloud.google.com/compute-class": "Scale-Out"}
	onArm := func(base string, pairs map[string]any) string {
		text := changed(t, base, "cluster.architecture", "arm64")
		for path, value := range pairs {
			text = changed(t, text, path, value)
		}
		return text
	}
	for name, row := range map[string]struct {
		text          string
		app, services map[string]string
	}{
		"Auto Mode": {onArm(onAWS, nil), arm, arm},
		"EKS":       {onArm(onAWS, map[string]any{"cluster.mode": "nodes"}), arm, arm},
		"GKE":       {onArm(onGCP, map[string]any{"cluster.mode": "nodes", "gcp.region": "europe-west4"}), arm, arm},
		"Autopilot": {onArm(onGCP, map[string]any{"gcp.region": "europe-west4"}), autopilot, nil},
		"amd64":     {onAWS, map[string]string{}, nil},
	} {
		environment, err := parse(t, row.text)
		require.NoError(t, err, name)
		assert.Equal(t, row.app, environment.Selector(environment.Web.Pods), name)
		assert.Equal(t, row.services, environment.PodsOfServices(), name)
	}
}

func TestAPostgresKeepsItsArchitecture(t *testing.T) {
	const path = "cluster.architecture"
	inCluster := changed(t, onAWS, "database", object("kind", "in-cluster"))
	before, err := parse(t, inCluster)
	require.NoError(t, err)
	assert.NotContains(t, before.HeldDatabase(spec.InCluster).Immutable, path, "as what earlier releases created")
	after, err := parse(t, changed(t, inCluster, path, "arm64"))
	require.NoError(t, err)
	assert.Equal(t, "arm64", after.HeldDatabase(spec.InCluster).Immutable[path])
	assert.NotEqual(t, before.HeldDatabase(spec.InCluster).Hash(), after.HeldDatabase(spec.InCluster).Hash())
}
