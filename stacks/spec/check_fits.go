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

// largestPod returns the size of a node, or the limits of Autopilot, of a cluster that this
// stack creates. AWS' Auto Mode makes a node for each size.
func (e *Environment) largestPod() (podSize, bool) {
	switch {
	case !e.CreatesCluster():
		return podSize{}, false
	case e.Cluster.Mode == NodesMode:
		nodes := e.Cluster.Nodes
		cpu := resource.NewQuantity(int64(nodes.CPU), resource.DecimalSI).String()
		return podSize{Quantity(cpu), nodes.Memory, nodes.Disk, "the size of a node in cluster.nodes"}, true
	case e.Cloud == GCPCloud:
		const where = "the most that a pod has on Autopilot; cluster.mode nodes has larger ones"
		return podSize{gcplimits.MaxAutopilotCPU, gcplimits.MaxAutopilotMemory, gcplimits.MaxAutopilotDisk, where}, true
	default:
		return podSize{}, false
	}
}

// checkPodsFit reports pods whose containers each fit, and do not fit together.
func (e *Environment) checkPodsFit(problems *Problems) {
	most, known := e.largestPod()
	if !known {
		return
	}
	for _, h := range e.processesWithPods() {
		beside := sidecarsOf(h.pods)
		if h.path == "web" && e.Static.Server == StaticsNGINX {
			beside = append(beside, e.Static.NGINX.Resources)
		}
		if len(beside) == 0 {
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

// isOver reports whether an amount is above another. What is no quantity is reported elsewhere.
func isOver(wanted, most Quantity) bool {
	amount, err := resource.ParseQuantity(string(wanted))
	if err != nil {
		return false
	}
	limit, err := resource.ParseQuantity(string(most))
	return err == nil && amount.Cmp(limit) > 0
}
