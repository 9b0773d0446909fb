package spec

import (
	"cmp"
	"net/netip"

	awslimits "github.com/djangostack/djangostack/components/aws/limits"
	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
)

// checkNodes reports pods that no node of a cluster that this stack creates can hold, and
// times that its nodes do not give.
func (e *Environment) checkNodes(problems *Problems) {
	if !e.CreatesCluster() {
		return
	}
	for _, container := range e.containers() {
		e.checkFits(problems, container)
	}
	e.checkPodsFit(problems)
	e.checkTimes(problems)
	e.checkNodePools(problems)
	if e.Cluster.Mode == NodesMode {
		e.checkPodRange(problems)
	}
}

// container is one container of the environment and the fields that size it.
type container struct {
	cpu, memory, disk             string
	cpuAmount, memAmount, storage Quantity
	// diskLimit is empty for the default, which follows from the request.
	diskLimit Quantity
}

func containerOf(path string, r Resources) container {
	return container{
		cpu: path + ".cpu", memory: path + ".memory", disk: path + ".ephemeralStorage",
		cpuAmount: r.CPU, memAmount: r.Memory, storage: r.EphemeralStorage,
		diskLimit: r.EphemeralStorageLimit,
	}
}

// containers lists the containers that run in the cluster.
func (e *Environment) containers() []container {
	all := []container{containerOf("release.resources", e.Release.Resources), containerOf("web.resources", e.Web.Resources)}
	if e.Beat.Enabled {
		all = append(all, containerOf("beat.resources", e.Beat.Resources))
	}
	if e.Shell.Enabled {
		all = append(all, containerOf("shell.resources", e.Shell.Resources))
	}
	if e.RunsPostgres() {
		all = append(all, containerOf("database.resources", e.Database.Resources))
	}
	if e.Database.Pooler.Kind != NoPooler {
		all = append(all, containerOf("database.pooler.resources", e.Database.Pooler.Resources))
	}
	for _, each := range e.runningExporters() {
		all = append(all, containerOf(each.path+".resources", each.exporter.Resources))
	}
	if e.Cache.Kind == InCluster {
		all = append(all, container{cpu: "cache.cpu", cpuAmount: e.Cache.CPU, memory: "cache.memory", memAmount: e.Cache.Memory})
	}
	if e.Broker.Kind == InCluster {
		all = append(all, container{cpu: "broker.cpu", cpuAmount: e.Broker.CPU, memory: "broker.memory", memAmount: e.Broker.Memory})
	}
	if e.RunsSearch() {
		all = append(all, container{cpu: "search.cpu", cpuAmount: e.Search.CPU, memory: "search.memory", memAmount: e.Search.Memory})
	}
	if e.BacksUp() {
		all = append(all, containerOf("database.backups.resources", e.Database.Backups.Resources))
	}
	if e.Static.Server == StaticsNGINX {
		all = append(all, containerOf("static.nginx.resources", e.Static.NGINX.Resources))
	}
	if e.Database.Import != nil {
		all = append(all, container{disk: "database.import.size", storage: e.Database.Import.Size})
	}
	for i, step := range e.Release.Steps {
		if step.Resources != (Resources{}) {
			all = append(all, containerOf(indexed("release.steps", i)+".resources", inherited(step.Resources, e.Release.Resources)))
		}
	}
	for i, worker := range e.Workers {
		all = append(all, containerOf(indexed("workers", i)+".resources", worker.Resources))
	}
	for i, process := range e.Processes {
		all = append(all, containerOf(indexed("processes", i)+".resources", process.Resources))
	}
	for i, job := range e.Cron {
		all = append(all, containerOf(indexed("cron", i)+".resources", job.Resources))
	}
	return append(all, e.containersBeside()...)
}

// containersBeside lists the containers beside those of the processes.
func (e *Environment) containersBeside() []container {
	var all []container
	for _, process := range e.podsByPath() {
		for path, containers := range process.containers() {
			for i, beside := range containers {
				all = append(all, containerOf(indexed(path, i)+".resources", beside.Resources))
			}
		}
	}
	return all
}

// checkFits reports a container that no node holds: with mode nodes it must be smaller than a
// node, and Autopilot has other limits.
func (e *Environment) checkFits(problems *Problems, c container) {
	most, known := e.largestPod(e.poolOf(cmp.Or(c.memory, c.disk)))
	if !known {
		return
	}
	notOver(problems, c.cpu, c.cpuAmount, most.cpu, most.where)
	notOver(problems, c.memory, c.memAmount, most.memory, most.where)
	notOver(problems, c.disk, c.storage, most.disk, most.where)
	if c.diskLimit != "" {
		notOver(problems, c.disk+"Limit", c.diskLimit, most.disk, most.where)
	}
}

func notOver(problems *Problems, path string, wanted, most Quantity, where string) {
	if path == "" || wanted == "" {
		return
	}
	if isOver(wanted, most) {
		problems.add(path, string(wanted), "may be at most %s, %s", most, where)
	}
}

// checkTimes reports pods that need longer to end than their nodes give them. GKE ends a pod an
// hour after it has begun to drain its node for an upgrade
// (https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies);
// before that the autoscaler does not remove the node, see LongShutdown. Autopilot waits for
// such pods.
func (e *Environment) checkTimes(problems *Problems) {
	if e.Cloud != GCPCloud || e.Cluster.Mode != NodesMode {
		return
	}
	for i, worker := range e.Workers {
		if worker.Grace() > gcplimits.MaxUpgradeDrainSeconds {
			problems.add(indexed("workers", i)+".longestTaskSeconds", worker.LongestTaskSeconds, "may be at most %d with cluster.mode nodes on Google Cloud, which ends every pod an hour after it begins to upgrade a node; cluster.mode auto waits longer", gcplimits.MaxUpgradeDrainSeconds-exitSeconds)
		}
	}
	graces := map[string]int{"web.terminationGracePeriodSeconds": e.Web.TerminationGracePeriodSeconds}
	for i, process := range e.Processes {
		graces[indexed("processes", i)+".terminationGracePeriodSeconds"] = process.TerminationGracePeriodSeconds
	}
	for i, job := range e.Cron {
		graces[indexed("cron", i)+".terminationGracePeriodSeconds"] = job.TerminationGracePeriodSeconds
	}
	for path, grace := range graces {
		if grace > gcplimits.MaxUpgradeDrainSeconds {
			problems.add(path, grace, "may be at most %d with cluster.mode nodes on Google Cloud, which ends every pod an hour after it begins to upgrade a node; cluster.mode auto waits longer", gcplimits.MaxUpgradeDrainSeconds)
		}
	}
}

// LongShutdown reports whether a pod with a termination grace period of so many seconds must
// keep its node: the autoscaler of GKE ends a pod after ten minutes otherwise
// (https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler#scheduling-and-disruption).
func (e *Environment) LongShutdown(grace int) bool {
	return e.Cloud == GCPCloud && e.CreatesCluster() && grace > gcplimits.MaxScaleDownSeconds
}

// reclaimSeconds is how long a spot node still runs after the cloud has reclaimed it
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html and
// https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms#scheduling-workloads).
func (e *Environment) reclaimSeconds() int {
	if e.Cloud == AWSCloud {
		return awslimits.SpotNoticeSeconds
	}
	return gcplimits.SpotNoticeSeconds
}

// checkSpot reports times that are stated, and that a spot node does not give. In production
// the default time of tasks counts as well.
func (e *Environment) checkSpot(problems *Problems, stated any) {
	if !e.CreatesCluster() {
		return
	}
	most := e.reclaimSeconds()
	isStated := func(path string) bool { return lookup(stated, stepsOf(path)) != nil }
	refuse := func(path string, counts bool, seconds int, work string) {
		nodes := e.nodesOf(e.poolOf(path))
		if counts && seconds > most && nodes.Capacity == spot {
			problems.add(path, seconds, "may be at most %d with %s.capacity spot, which ends a node that long after the cloud has reclaimed it; use on-demand, or make %s shorter", most, nodes.path, work)
		}
	}
	refuse("web.longestRequestSeconds", isStated("web.longestRequestSeconds"), e.Web.LongestRequestSeconds, "requests")
	for i, worker := range e.Workers {
		path := indexed("workers", i) + ".longestTaskSeconds"
		refuse(path, isStated(path) || e.Tier == Production, worker.LongestTaskSeconds, "tasks")
	}
	for i, process := range e.Processes {
		path := indexed("processes", i) + ".terminationGracePeriodSeconds"
		refuse(path, isStated(path), process.TerminationGracePeriodSeconds, "the end of the process")
	}
}

// checkPodRange reports more nodes than the network has addresses for: on Google Cloud each takes
// a range for its pods, and on AWS those of a network interface.
func (e *Environment) checkPodRange(problems *Problems) {
	network, err := netip.ParsePrefix(e.Network.CIDR)
	if err != nil {
		return
	}
	nodes, path, with := e.Cluster.Nodes.Max, "cluster.nodes.max", ""
	for i, pool := range e.Cluster.NodePools {
		nodes, path = nodes+pool.Max, indexed("cluster.nodePools", i)+".max"
		with = ", together with those of cluster.nodes and of the pools before,"
	}
	if most := awslimits.NodesOf(network.Bits(), e.Network.Zones); e.Cloud == AWSCloud && nodes > most {
		problems.add(path, nodes, "may be at most %d%s with network.cidr %s and network.zones %d: each node takes addresses for its pods from the private subnet of a zone, a quarter of the network", most, with, e.Network.CIDR, e.Network.Zones)
	}
	if most := gcplimits.MaxNodes(network.Bits()); e.Cloud == GCPCloud && nodes > most {
		problems.add(path, nodes, "may be at most %d%s with network.cidr %s, half of which is for pods; each node takes a range of it", most, with, e.Network.CIDR)
	}
}
