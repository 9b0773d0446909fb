package memory

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// overQuota says why the API server creates no pods of a workload: a quota of its namespace is exhausted, or counts what
// a container does not state. A real server creates the pods that fit; here a workload has all of its pods or none.
// https://kubernetes.io/docs/concepts/policy/resource-quotas/
func (c *Cluster) overQuota(at address, object *unstructured.Unstructured) []string {
	var reasons []string
	for _, other := range c.inside(at.namespace) {
		quota := corev1.ResourceQuota{}
		if c.objects[other].GetKind() != "ResourceQuota" || runtime.DefaultUnstructuredConverter.FromUnstructured(c.objects[other].Object, &quota) != nil {
			continue
		}
		if reason := c.exceeds(at, object, &quota); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

func (c *Cluster) exceeds(at address, object *unstructured.Unstructured, quota *corev1.ResourceQuota) string {
	var unstated, asked, used, limited []string
	for _, name := range slices.Sorted(maps.Keys(quota.Spec.Hard)) {
		own, stated := c.amount(at.namespace, object, name, wantedPods(object))
		if !stated {
			unstated = append(unstated, string(name))
			continue
		}
		others := quantity.Quantity{}
		for _, other := range c.inside(at.namespace) {
			if other != at {
				more, _ := c.amount(at.namespace, c.objects[other], name, admittedPods(c.objects[other]))
				others.Add(more)
			}
		}
		all, hard := others.DeepCopy(), quota.Spec.Hard[name]
		all.Add(own)
		if !own.IsZero() && all.Cmp(hard) > 0 {
			asked, used = append(asked, fmt.Sprintf("%s=%s", name, own.String())), append(used, fmt.Sprintf("%s=%s", name, others.String()))
			limited = append(limited, fmt.Sprintf("%s=%s", name, hard.String()))
		}
	}
	switch {
	case len(unstated) > 0:
		return fmt.Sprintf("forbidden: failed quota: %s: must specify %s", quota.Name, strings.Join(unstated, ","))
	case len(asked) > 0:
		return fmt.Sprintf("forbidden: exceeded quota: %s, requested: %s, used: %s, limited: %s", quota.Name, strings.Join(asked, ","), strings.Join(used, ","), strings.Join(limited, ","))
	}
	return ""
}

// amount is what so many pods of a workload count for a name of a quota, and false if a container does not state it. A
// quota of other things counts nothing here.
func (c *Cluster) amount(namespace string, object *unstructured.Unstructured, name corev1.ResourceName, pods int64) (quantity.Quantity, bool) {
	none := quantity.Quantity{}
	if pods == 0 {
		return none, true
	}
	if name == corev1.ResourcePods {
		return *quantity.NewQuantity(pods, quantity.DecimalSI), true
	}
	kind, resource, found := strings.Cut(string(name), ".")
	if !found || !slices.Contains([]string{"cpu", "memory"}, resource) || !slices.Contains([]string{"requests", "limits"}, kind) {
		return none, true
	}
	template, has := podsOf(object)
	if !has {
		return none, true
	}
	defaults := c.defaultsFor(namespace, kind, corev1.ResourceName(resource))
	each, stated := ofPod(template.Spec, kind, corev1.ResourceName(resource), defaults)
	all := quantity.Quantity{}
	for range pods {
		all.Add(each)
	}
	return all, stated
}

// ofPod is what a pod asks for: that of its containers and sidecars, or of the init container that asks for more.
func ofPod(pod corev1.PodSpec, kind string, name corev1.ResourceName, defaults *quantity.Quantity) (quantity.Quantity, bool) {
	sum, stated := quantity.Quantity{}, true
	most := quantity.Quantity{}
	of := func(container corev1.Container) quantity.Quantity {
		list := container.Resources.Requests
		if kind == "limits" {
			list = container.Resources.Limits
		}
		if amount, has := list[name]; has {
			return amount
		}
		// A request that is left out is the limit.
		if limit, has := container.Resources.Limits[name]; has {
			return limit
		}
		if defaults != nil {
			return *defaults
		}
		stated = false
		return quantity.Quantity{}
	}
	for _, container := range pod.InitContainers {
		amount := of(container)
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sum.Add(amount)
		} else if amount.Cmp(most) > 0 {
			most = amount
		}
	}
	for _, container := range pod.Containers {
		sum.Add(of(container))
	}
	if most.Cmp(sum) > 0 {
		sum = most
	}
	return sum, stated
}

// defaultsFor is what a container gets from the limit ranges of its namespace; nil for nothing.
func (c *Cluster) defaultsFor(namespace, kind string, name corev1.ResourceName) *quantity.Quantity {
	for _, other := range c.inside(namespace) {
		limits := corev1.LimitRange{}
		if c.objects[other].GetKind() != "LimitRange" || runtime.DefaultUnstructuredConverter.FromUnstructured(c.objects[other].Object, &limits) != nil {
			continue
		}
		for _, item := range limits.Spec.Limits {
			list := item.DefaultRequest
			if kind == "limits" {
				list = item.Default
			}
			if amount, has := list[name]; has && item.Type == corev1.LimitTypeContainer {
				return &amount
			}
		}
	}
	return nil
}

// wantedPods is the number of pods that a workload asks for.
func wantedPods(object *unstructured.Unstructured) int64 {
	switch object.GetKind() {
	case "Deployment", "StatefulSet":
		return count(object, "spec.replicas", 1)
	case "Job":
		if suspended, _, _ := unstructured.NestedBool(object.Object, "spec", "suspend"); suspended || text(object, "status.completionTime") != "" {
			return 0
		}
		return 1
	case "Pod", "DaemonSet":
		return 1
	}
	return 0
}

// admittedPods is the number of pods that a workload has.
func admittedPods(object *unstructured.Unstructured) int64 {
	switch object.GetKind() {
	case "Deployment", "StatefulSet":
		if refused(object) {
			return 0
		}
		return count(object, "status.replicas", 0)
	case "DaemonSet":
		return min(1, count(object, "status.numberReady", 0))
	case "Pod":
		if text(object, "status.phase") == "Running" {
			return 1
		}
	}
	// A Job is done as soon as its pod has been created.
	return 0
}

// refused reports whether a workload has the condition of stuck.
func refused(object *unstructured.Unstructured) bool {
	list, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	return slices.ContainsFunc(list, func(entry any) bool {
		known, is := entry.(map[string]any)
		return is && known["type"] == "ReplicaFailure"
	})
}
