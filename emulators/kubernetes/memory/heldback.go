package memory

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// heldBack says why a StatefulSet keeps a pod that cannot start, although its template has been corrected; nothing for
// others. With the policy OrderedReady the controller waits for that pod before it replaces it
// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
func (c *Cluster) heldBack(at address, object *unstructured.Unstructured) []string {
	if object.GroupVersionKind().GroupKind().String() != "StatefulSet.apps" || text(object, "spec.podManagementPolicy") == "Parallel" {
		return nil
	}
	if before := c.broken[at]; before != nil && before.GetUID() == object.GetUID() {
		if why := c.missingFor(before); len(why) > 0 && !sameTemplate(before, object) {
			return []string{fmt.Sprintf("pod %s-0 of an earlier template is not ready, and no other takes its place before it is deleted (%s)", at.name, strings.Join(why, "; "))}
		}
	}
	delete(c.broken, at)
	if len(c.missingFor(object)) > 0 {
		c.broken[at] = object.DeepCopy()
	}
	return nil
}

func sameTemplate(a, b *unstructured.Unstructured) bool {
	before, _, _ := unstructured.NestedMap(a.Object, "spec", "template")
	after, _, _ := unstructured.NestedMap(b.Object, "spec", "template")
	return sameValue(before, after)
}
