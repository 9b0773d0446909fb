package memory

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func sameValue(a, b any) bool { return equality.Semantic.DeepEqual(a, b) }

// fill sets the fields that the API server sets when it accepts an object.
func (c *Cluster) fill(object *unstructured.Unstructured) {
	switch object.GroupVersionKind().GroupKind().String() {
	case "Namespace":
		labels := object.GetLabels()
		if labels == nil {
			labels = map[string]string{}
		}
		labels["kubernetes.io/metadata.name"] = object.GetName()
		object.SetLabels(labels)
	case "Service":
		c.fillService(object)
	case "Job.batch":
		fillJob(object)
	case "PersistentVolumeClaim":
		if object.GetDeletionTimestamp() == nil && len(object.GetFinalizers()) == 0 {
			object.SetFinalizers([]string{claimInUse})
		}
	}
}

func (c *Cluster) fillService(service *unstructured.Unstructured) {
	if text(service, "spec.type") == "" {
		set(service, "spec.type", "ClusterIP")
	}
	if text(service, "spec.clusterIP") != "" || text(service, "spec.type") == "ExternalName" {
		return
	}
	c.handed++
	// kubeadm's default range for Services.
	given := fmt.Sprintf("10.96.%d.%d", c.handed/250, c.handed%250+1)
	set(service, "spec.clusterIP", given)
	set(service, "spec.clusterIPs", []any{given})
}

// fillJob sets the selector of a Job's pods by its uid, as the Job controller does.
func fillJob(job *unstructured.Unstructured) {
	const byJob = "batch.kubernetes.io/controller-uid"
	if _, given, _ := unstructured.NestedMap(job.Object, "spec", "selector"); given {
		return
	}
	uid := string(job.GetUID())
	set(job, "spec.selector", map[string]any{"matchLabels": map[string]any{byJob: uid}})
	labels, _, _ := unstructured.NestedStringMap(job.Object, "spec", "template", "metadata", "labels")
	if labels == nil {
		labels = map[string]string{}
	}
	labels[byJob] = uid
	labels["batch.kubernetes.io/job-name"] = job.GetName()
	_ = unstructured.SetNestedStringMap(job.Object, labels, "spec", "template", "metadata", "labels")
}

// settle does the work of all controllers after a change, at once.
func (c *Cluster) settle(at address) {
	switch {
	case at.namespace != "":
		c.settleInside(at.namespace)
	case at.resource == namespaces():
		c.settleGlobal(at)
		c.settleInside(at.name)
	default:
		c.settleGlobal(at)
		// Pods may have waited for a class, and claims for a driver.
		for _, namespace := range c.in(namespaces(), "") {
			c.settleInside(namespace.GetName())
		}
	}
}

func (c *Cluster) settleInside(namespace string) {
	c.settleWorkloads(namespace)
	c.settleClaims(namespace)
	c.settleServices(namespace)
	for _, at := range c.inside(namespace) {
		c.settleRest(at)
	}
	c.finish(namespace)
}

func (c *Cluster) settleGlobal(at address) {
	object := c.objects[at]
	if object == nil || object.GetDeletionTimestamp() != nil {
		return
	}
	switch object.GroupVersionKind().GroupKind().String() {
	case "Namespace":
		c.change(at, func(next *unstructured.Unstructured) { set(next, "status.phase", "Active") })
		c.seedInto(at.name)
	case "PersistentVolume":
		c.change(at, func(next *unstructured.Unstructured) { set(next, "status.phase", "Available") })
	case definitionKind + ".apiextensions.k8s.io":
		c.define(at)
	}
}

// settleRest handles the kinds that are ready by themselves.
func (c *Cluster) settleRest(at address) {
	object := c.objects[at]
	switch object.GroupVersionKind().GroupKind().String() {
	case "Ingress.networking.k8s.io":
		c.change(at, c.address)
	case "ResourceQuota":
		c.change(at, func(next *unstructured.Unstructured) {
			if hard, found, _ := unstructured.NestedMap(next.Object, "spec", "hard"); found {
				set(next, "status.hard", hard)
			}
		})
	case "Secret":
		if text(object, "type") == "kubernetes.io/service-account-token" {
			c.change(at, issueToken)
		}
	}
}

// condition sets a condition of an object's status. Its time is that of the last change, so that nothing changes
// without a change.
func condition(object *unstructured.Unstructured, name, status, reason, message string) {
	list, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	made := map[string]any{"type": name, "status": status, "reason": reason, "message": message, "lastTransitionTime": stamp()}
	for i, entry := range list {
		known, isObject := entry.(map[string]any)
		if !isObject || known["type"] != name {
			continue
		}
		if known["status"] == status && known["reason"] == reason && known["message"] == message {
			return
		}
		list[i] = made
		set(object, "status.conditions", list)
		return
	}
	set(object, "status.conditions", append(list, made))
}
