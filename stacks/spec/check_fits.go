package spec

import (
	"k8s.io/apimachinery/pkg/api/resource"

	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
)

// podSize is the most that one pod may request.
type podSize struct {
	cpu, memory, disk Quantity
	// where says what sets these bounds.
	where string
}

// largestPod returns the size of a node of a pool, or of cluster.nodes without a name, or the
// limits of Autopilot, of a cluster that this stack creates. AWS' Auto Mode makes a node for
// each size.
func (e *Environment) largestPod(pool string) (podSize, bool) {
	switch {
	case !e.CreatesCluster():
		return podSize{}, false
	case e.Cluster.Mode == NodesMode:
		nodes := e.nodesOf(pool)
		cpu := resource.NewQuantity(int64(nodes.CPU), resource.DecimalSI).String()
		return podSize{Quantity(cpu), nodes.Memory, nodes.Disk, "the size of a node in " + nodes.path}, true
	case e.Cloud == GCPCloud:
		const where = "the most that a pod has on Autopilot; cluster.mode nodes has larger ones"
		return podSize{gcplimits.MaxAutopilotCPU, gcplimits.MaxAutopilotMemory, gcplimits.MaxAutopilotDisk, where}, true
	default:
		return podSize{}, false
	}
}

// checkPodsFit reports pods whose containers each fit, and do not fit together.
func (e *Environment) checkPodsFit(problems *Problems) {
	for _, h := range e.processesWithPods() {
		beside := e.beside(h)
		most, known := e.largestPod(h.pods.NodePool)
		if len(beside) == 0 || !known {
			continue
		}
		for _, amount := range []struct {
			field string
			most  Quantity
			of    func(Resources) Quantity
		}{
			{"cpu", most.cpu, func(r Resources) Quantity { return r.CPU }},
			{"memory", most.memory, func(r Resources) Quantity { return r.Memory }},
			{"ephemeralStorage", most.disk, func(r Resources) Quantity { return r.EphemeralStorage }},
		} {
			sum := resource.Quantity{}
			for _, r := range beside {
				add(&sum, amount.of(r))
			}
			own := amount.of(h.resources)
			if isOver(own, amount.most) {
				continue
			}
			add(&sum, own)
			if isOver(Quantity(sum.String()), amount.most) {
				problems.add(h.path+".resources."+amount.field, string(own), "is %s together with the containers beside it; a pod may request at most %s, %s", sum.String(), amount.most, most.where)
			}
		}
	}
}

// beside returns the containers that run beside that of a process.
func (e *Environment) beside(h holder) []Resources {
	all := sidecarsOf(h.pods)
	if h.path == "web" && e.Static.Server == StaticsNGINX {
		all = append(all, e.Static.NGINX.Resources)
	}
	// One container has the app, and one psql.
	if h.path == "shell" && e.Database.Kind != None {
		all = append(all, h.resources)
	}
	return all
}

// checkEmptyDirs reports volumes that can never be full: the kubelet evicts a pod that uses
// more disk space than the limits of its containers together
// (https://kubernetes.io/docs/concepts/storage/ephemeral-storage/).
func (e *Environment) checkEmptyDirs(problems *Problems) {
	for _, h := range e.processesWithPods() {
		most := resource.Quantity{}
		for _, r := range append(e.beside(h), h.resources) {
			add(&most, r.DiskLimit())
		}
		for i, volume := range h.pods.Volumes {
			if volume.SizeLimit != "" && isOver(volume.SizeLimit, Quantity(most.String())) {
				problems.add(indexed(h.path+".volumes", i)+".sizeLimit", string(volume.SizeLimit), "may be at most %s, above which the pod is evicted: set %s.resources.ephemeralStorageLimit to more", most.String(), h.path)
			}
		}
	}
}

// isOver reports whether an amount is above another. What is no quantity is reported elsewhere.
func isOver(wanted, most Quantity) bool {
	amount, err := resource.ParseQuantity(string(wanted))
	if err != nil {
		return false
	}
	limit, err := resource.ParseQuantity(string(most))
	return err == nil && amount.Cmp(limit) > 0
}
