package memory

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// settleWorkloads repeats until nothing changes: what one workload gives back of a quota, one before it may be waiting for.
func (c *Cluster) settleWorkloads(namespace string) {
	for before := int64(-1); before != c.revision; {
		before = c.revision
		for _, at := range c.inside(namespace) {
			c.settleWorkload(at)
		}
	}
}

// settleWorkload creates the claims of claim templates, and makes a workload ready unless something is missing that its
// pods refer to.
func (c *Cluster) settleWorkload(at address) {
	object := c.objects[at]
	var ready func(*unstructured.Unstructured)
	switch object.GroupVersionKind().GroupKind().String() {
	case "Deployment.apps":
		ready = deployed
	case "StatefulSet.apps":
		c.claim(at, object)
		ready = ordered
	case "DaemonSet.apps":
		ready = everywhere
	case "Job.batch":
		ready = done
	case "Pod":
		ready = running
	default:
		return
	}
	missing := append(c.missingFor(object), c.overQuota(at, object)...)
	missing = append(missing, c.heldBack(at, object)...)
	c.change(at, func(next *unstructured.Unstructured) {
		if len(missing) > 0 {
			stuck(next, strings.Join(missing, "; "))
			return
		}
		ready(next)
	})
}

// stuck sets the condition in which a controller says that it cannot create pods.
func stuck(object *unstructured.Unstructured, why string) {
	switch object.GetKind() {
	case "Pod":
		set(object, "status.phase", "Pending")
		condition(object, "PodScheduled", "False", "FailedCreate", why)
	case "Job":
		condition(object, "ReplicaFailure", "True", "FailedCreate", why)
	default:
		set(object, "status.observedGeneration", object.GetGeneration())
		condition(object, "ReplicaFailure", "True", "FailedCreate", why)
	}
}

func unstick(object *unstructured.Unstructured) {
	list, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	var kept []any
	for _, entry := range list {
		if known, isObject := entry.(map[string]any); isObject && known["type"] == "ReplicaFailure" {
			continue
		}
		kept = append(kept, entry)
	}
	if len(kept) != len(list) {
		set(object, "status.conditions", kept)
	}
}

func deployed(d *unstructured.Unstructured) {
	unstick(d)
	replicas := count(d, "spec.replicas", 1)
	set(d, "status.observedGeneration", d.GetGeneration())
	for _, field := range []string{"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"} {
		set(d, "status."+field, replicas)
	}
	condition(d, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
	condition(d, "Progressing", "True", "NewReplicaSetAvailable", "ReplicaSet has successfully progressed.")
}

func ordered(s *unstructured.Unstructured) {
	unstick(s)
	replicas := count(s, "spec.replicas", 1)
	set(s, "status.observedGeneration", s.GetGeneration())
	for _, field := range []string{"replicas", "updatedReplicas", "currentReplicas", "readyReplicas", "availableReplicas"} {
		set(s, "status."+field, replicas)
	}
	revision := s.GetName() + "-" + string(s.GetUID())[:8]
	set(s, "status.currentRevision", revision)
	set(s, "status.updateRevision", revision)
}

func everywhere(d *unstructured.Unstructured) {
	unstick(d)
	set(d, "status.observedGeneration", d.GetGeneration())
	for _, field := range []string{"desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberReady", "numberAvailable"} {
		set(d, "status."+field, int64(1))
	}
	set(d, "status.numberMisscheduled", int64(0))
}

func done(j *unstructured.Unstructured) {
	unstick(j)
	if suspended, _, _ := unstructured.NestedBool(j.Object, "spec", "suspend"); suspended {
		return
	}
	if text(j, "status.completionTime") == "" {
		set(j, "status.startTime", stamp())
		set(j, "status.completionTime", stamp())
	}
	set(j, "status.succeeded", count(j, "spec.completions", 1))
	condition(j, "SuccessCriteriaMet", "True", "CompletionsReached", "Reached expected number of succeeded pods")
	condition(j, "Complete", "True", "CompletionsReached", "Reached expected number of succeeded pods")
}

func running(p *unstructured.Unstructured) {
	set(p, "status.phase", "Running")
	condition(p, "PodScheduled", "True", "", "")
	condition(p, "Ready", "True", "", "")
}
