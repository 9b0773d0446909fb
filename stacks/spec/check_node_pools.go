package spec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	awslimits "github.com/djangostack/djangostack/components/aws/limits"
	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/sizes"
)

// sizedNodes are the nodes that a process runs on, with the path of their fields.
type sizedNodes struct {
	Nodes
	path string
}

// nodesOf returns the nodes of a pool, or those of cluster.nodes for an unknown name. Auto
// Mode has spot nodes in pools only.
func (e *Environment) nodesOf(name string) sizedNodes {
	for i, pool := range e.Cluster.NodePools {
		if pool.Name == name {
			nodes := Nodes{CPU: pool.CPU, Memory: pool.Memory, Min: pool.Min, Max: pool.Max, Capacity: pool.Capacity, Disk: pool.Disk}
			return sizedNodes{nodes, indexed("cluster.nodePools", i)}
		}
	}
	nodes := e.Cluster.Nodes
	if e.Cluster.Mode != NodesMode {
		nodes.Capacity = ""
	}
	return sizedNodes{nodes, "cluster.nodes"}
}

// poolOf returns the name of the pool of the process that a field belongs to; empty for none.
func (e *Environment) poolOf(field string) string {
	pool, longest := "", 0
	for _, process := range e.podsByPath() {
		if strings.HasPrefix(field, process.path+".") && len(process.path) > longest {
			pool, longest = process.pods.NodePool, len(process.path)
			if strings.HasPrefix(process.path, "release.") && pool == "" {
				pool = e.Release.NodePool
			}
		}
	}
	return pool
}

// checkNodePools reports pools that the cloud refuses, and processes whose nodes do not
// exist.
func (e *Environment) checkNodePools(problems *Problems) {
	if e.createsAutopilot() && len(e.Cluster.NodePools) > 0 {
		problems.add("cluster.nodePools", nil, "needs cluster.mode nodes with cloud gcp: Autopilot adds nodes by what the pods select; say it in nodeSelector and tolerations of the process, for instance cloud.google.com/gke-spot: \"true\", or kubernetes.io/arch: arm64 with cloud.google.com/compute-class: Scale-Out")
		return
	}
	seen := map[string]bool{}
	for i, pool := range e.Cluster.NodePools {
		path := indexed("cluster.nodePools", i)
		if seen[pool.Name] {
			problems.add(path+".name", pool.Name, "is the name of a pool before; choose another")
		}
		seen[pool.Name] = true
		e.checkNodePool(problems, path, pool)
		pool.checkLabels(problems, path)
	}
}

func (e *Environment) checkNodePool(problems *Problems, path string, pool NodePool) {
	for at, instanceType := range pool.InstanceTypes {
		e.checkInstanceType(problems, indexed(path+".instanceTypes", at), pool, instanceType)
	}
	if e.Cloud == GCPCloud && len(pool.InstanceTypes) > 1 {
		problems.add(path+".instanceTypes", strings.Join(pool.InstanceTypes, ", "), "must be one type of machine with cloud gcp")
	}
	if e.Cluster.Mode != NodesMode {
		return
	}
	if pool.Min > pool.Max {
		problems.add(path+".min", pool.Min, "may not be above %s.max, which is %d", path, pool.Max)
	}
	least, most := awslimits.MinNodeDiskGiB, awslimits.MaxNodeDiskGiB
	if e.Cloud == GCPCloud {
		least, most = gcplimits.MinNodeDiskGiB, gcplimits.MaxNodeDiskGiB
	}
	if disk := gibibytes(pool.Disk); disk < float64(least) || disk > float64(most) {
		problems.add(path+".disk", string(pool.Disk), "must be from %dGi to %dGi with cloud %s", least, most, e.Cloud)
	}
	if e.Cloud == AWSCloud && pool.Max > awslimits.MaxNodes {
		problems.add(path+".max", pool.Max, "may be at most %d on AWS", awslimits.MaxNodes)
	}
	if zones := e.zonesOfGoogle(); e.Cloud == GCPCloud && pool.Min > 0 && pool.Max < zones {
		problems.add(path+".max", pool.Max, "must be at least %d with cloud gcp, one for each zone, unless %s.min is 0", zones, path)
	}
	if len(pool.InstanceTypes) == 0 {
		if _, err := e.smallestType(pool); err != nil {
			problems.add(path+".memory", string(pool.Memory), "must be that of a type, or instanceTypes must name one: %v", err)
		}
	}
}

// smallestType returns the smallest type of the pool's architecture, with its CPUs and memory.
func (e *Environment) smallestType(pool NodePool) (string, error) {
	if e.Cloud == GCPCloud {
		return gcplimits.MachineType(e.ArchitectureOf(pool), pool.CPU, string(pool.Memory))
	}
	return awslimits.InstanceType(e.ArchitectureOf(pool), pool.CPU, string(pool.Memory))
}

// typeLike returns a type that the pool may have: of its size, or the smallest of its
// architecture.
func (e *Environment) typeLike(pool NodePool) string {
	if name, err := e.smallestType(pool); err == nil {
		return name
	}
	// Every list has a type of one CPU and 1Gi, or more.
	name, _ := e.smallestType(NodePool{Architecture: pool.Architecture, CPU: 1, Memory: "1Gi"})
	return name
}

// checkInstanceType reports a type of another architecture than the pool's, one that is
// smaller than the pool says, and one whose nodes the program does not prepare.
func (e *Environment) checkInstanceType(problems *Problems, path string, pool NodePool, name string) {
	isType, architectureOf, sizeOf := awslimits.IsInstanceType, awslimits.ArchitectureOf, awslimits.InstanceSize
	if e.Cloud == GCPCloud {
		isType, architectureOf, sizeOf = gcplimits.IsMachineType, gcplimits.ArchitectureOf, gcplimits.MachineSize
	}
	if !isType(name) {
		problems.add(path, name, "is no type such as %s", e.typeLike(pool))
		return
	}
	if has, wanted := architectureOf(name), e.ArchitectureOf(pool); has != wanted {
		problems.add(path, name, "is %s, and the pool is %s: name a type such as %s, or set the pool's architecture to %s", has, wanted, e.typeLike(pool), has)
		return
	}
	if e.Cloud == AWSCloud && awslimits.HasDevices(name) {
		problems.add(path, name, "has devices, whose drivers and plugin the program does not install: add such nodes to the cluster by hand, and set extendedResources of the process with prepared: on")
		return
	}
	if mounts, series := gcplimits.MountsDisks(name); e.Cloud == GCPCloud && !mounts {
		problems.add(path, name, "mounts no volumes of the cluster's StorageClass, or has devices; choose one of the series %s", strings.Join(series, ", "))
		return
	}
	if e.Cluster.Mode == NodesMode {
		checkTypeSize(problems, path, pool, sizeOf(name))
	}
}

func checkTypeSize(problems *Problems, path string, pool NodePool, size sizes.Class) {
	if size.CPU > 0 && size.CPU < pool.CPU {
		problems.add(path, size.Name, "has %d vCPUs, fewer than the %d of the pool's cpu: name a larger type, or set cpu to as many", size.CPU, pool.CPU)
	}
	if size.GiB > 0 && size.GiB < gibibytes(pool.Memory) {
		problems.add(path, size.Name, "has %gGi of memory, less than the %s of the pool's memory: name a larger type, or set memory to as much", size.GiB, pool.Memory)
	}
}

// checkLabels reports labels and taints that the API server refuses, or that belong to the
// cloud.
func (p NodePool) checkLabels(problems *Problems, path string) {
	const reserved = "belongs to Kubernetes, to the cloud or to the program; use another key, for instance example.com/team"
	checkLabels(problems, path+".labels", p.Labels)
	for _, key := range slices.Sorted(maps.Keys(p.Labels)) {
		if isReserved(key) {
			problems.add(path+".labels."+key, p.Labels[key], reserved)
		}
	}
	seen := map[Taint]bool{}
	for i, taint := range p.Taints {
		at := indexed(path+".taints", i)
		if len(validation.IsQualifiedName(taint.Key)) > 0 {
			problems.add(at+".key", taint.Key, "is not the key of a taint, for instance example.com/dedicated")
		}
		if isReserved(taint.Key) {
			problems.add(at+".key", taint.Key, reserved)
		}
		if len(validation.IsValidLabelValue(taint.Value)) > 0 {
			problems.add(at+".value", taint.Value, "is not the value of a taint: letters, digits, dots, hyphens and underscores, at most %d", validation.LabelValueMaxLength)
		}
		once := Taint{Key: taint.Key, Effect: taint.Effect}
		if seen[once] {
			problems.add(at, nil, "has the key and the effect of a taint before: remove one of them")
		}
		seen[once] = true
	}
}

func isReserved(key string) bool {
	return wellKnown.MatchString(key) || strings.HasPrefix(key, "djangostack/")
}

// checkPoolsOfProcesses reports processes whose nodes do not exist.
func (e *Environment) checkPoolsOfProcesses(problems *Problems) {
	var names []string
	for _, pool := range e.Cluster.NodePools {
		names = append(names, pool.Name)
	}
	for _, process := range e.podsByPath() {
		pods, path := process.pods, process.path+".nodePool"
		near := nearest(pods.NodePool, names)
		switch {
		case pods.NodePool == "":
		case !e.CreatesCluster():
			problems.add(path, pods.NodePool, "needs a cluster that this stack creates; name labels of its nodes in nodeSelector, and their taints in tolerations")
			continue
		case e.nodePool(pods.NodePool) != nil:
		case near != "":
			problems.add(path, pods.NodePool, "is none of cluster.nodePools; did you mean %s?", near)
		case len(names) > 0:
			problems.add(path, pods.NodePool, "is none of cluster.nodePools, which has %s", strings.Join(names, ", "))
		default:
			problems.add(path, pods.NodePool, "is none of cluster.nodePools, which has none: add a pool of this name")
		}
		e.checkSelectsArchitecture(problems, process)
	}
}

// checkSelectsArchitecture reports a process that selects other nodes than those of its pool
// or of the cluster.
func (e *Environment) checkSelectsArchitecture(problems *Problems, process processPods) {
	stated := process.pods.NodeSelector
	without := process.pods
	without.NodeSelector = nil
	for key, has := range e.Selector(without) {
		if stated[key] != "" && stated[key] != has && (key != computeClass) {
			problems.add(process.path+".nodeSelector."+key, stated[key], "is not that of its nodes, which is %s: set nodePool to a pool that has it", has)
		}
	}
}

// checkArmOfGoogle reports regions and zones without T2A machines.
func (e *Environment) checkArmOfGoogle(problems *Problems) {
	path := ""
	if e.Cluster.Architecture == ARM64 {
		path = "cluster.architecture"
	}
	for i, pool := range e.Cluster.NodePools {
		if pool.Architecture == ARM64 && path == "" {
			path = indexed("cluster.nodePools", i) + ".architecture"
		}
	}
	if path == "" || e.GCP == nil {
		return
	}
	zones, known := gcplimits.ArmZones()[e.GCP.Region]
	if !known {
		regions := strings.Join(slices.Sorted(maps.Keys(gcplimits.ArmZones())), ", ")
		problems.add(path, string(ARM64), "needs one of the regions %s in gcp.region, which have T2A machines", regions)
		return
	}
	if e.Cluster.Mode != NodesMode {
		return
	}
	if len(e.GCP.Zones) == 0 && !gcplimits.ArmInEveryZone(e.GCP.Region) {
		problems.add("gcp.zones", nil, "is required with %s arm64 in %s, where the zones %s have T2A machines", path, e.GCP.Region, strings.Join(zones, ", "))
	}
	for i, zone := range e.GCP.Zones {
		if !slices.Contains(zones, zone) {
			problems.add(indexed("gcp.zones", i), zone, "has no T2A machines, which %s arm64 needs; choose of the zones of %s that have them: %s", path, e.GCP.Region, strings.Join(zones, ", "))
		}
	}
}

// checkNodePoolsStated reports sizes and numbers of a pool's nodes where the cloud chooses
// them.
func (e *Environment) checkNodePoolsStated(problems *Problems, value any) {
	if e.Cluster.Mode == NodesMode {
		return
	}
	for i := range e.Cluster.NodePools {
		for _, field := range []string{"cpu", "memory", "min", "max", "disk"} {
			if lookup(value, []string{"cluster", "nodePools", strconv.Itoa(i), field}) != nil {
				problems.add(indexed("cluster.nodePools", i)+"."+field, nil, "would be ignored, because cluster.mode is not nodes: the cloud adds nodes as the pods need them")
			}
		}
	}
}
