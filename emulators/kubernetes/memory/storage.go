package memory

import (
	"encoding/base64"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func claimsResource() resource { return resource{"", "persistentvolumeclaims"} }

// settleClaims binds claims, and removes deleted claims that are not in use.
func (c *Cluster) settleClaims(namespace string) {
	used := map[string]bool{}
	for _, at := range c.inside(namespace) {
		for _, name := range claims(c.objects[at]) {
			used[name] = true
		}
	}
	for _, claim := range c.in(claimsResource(), namespace) {
		at := address{claimsResource(), namespace, claim.GetName()}
		c.change(at, func(next *unstructured.Unstructured) {
			if next.GetDeletionTimestamp() != nil && !used[next.GetName()] {
				next.SetFinalizers(slices.DeleteFunc(next.GetFinalizers(), func(name string) bool { return name == claimInUse }))
				return
			}
			if why := c.unbindable(next); why != "" && text(next, "status.phase") != string(corev1.ClaimBound) {
				set(next, "status.phase", string(corev1.ClaimPending))
				return
			}
			c.bind(next)
		})
	}
}

// provisionedBy is the annotation in which the controller keeps the driver of a claim's volume.
const provisionedBy = "volume.kubernetes.io/storage-provisioner"

func (c *Cluster) bind(claim *unstructured.Unstructured) {
	class := c.objects[address{resource: resource{"storage.k8s.io", "storageclasses"}, name: text(claim, "spec.storageClassName")}]
	if class != nil && claim.GetAnnotations()[provisionedBy] == "" {
		annotations := claim.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[provisionedBy] = text(class, "provisioner")
		claim.SetAnnotations(annotations)
	}
	if text(claim, "spec.volumeName") == "" {
		set(claim, "spec.volumeName", "pvc-"+string(claim.GetUID()))
	}
	set(claim, "status.phase", "Bound")
	if modes, found, _ := unstructured.NestedSlice(claim.Object, "spec", "accessModes"); found {
		set(claim, "status.accessModes", modes)
	}
	if size, found, _ := unstructured.NestedMap(claim.Object, "spec", "resources", "requests"); found {
		set(claim, "status.capacity", size)
	}
}

// claim creates the claims of a StatefulSet's claim templates.
func (c *Cluster) claim(at address, set *unstructured.Unstructured) {
	if set.GetDeletionTimestamp() != nil {
		return
	}
	for _, claim := range claimTemplates(set) {
		where := address{claimsResource(), at.namespace, claim.GetName()}
		if c.objects[where] == nil {
			c.introduce(claim)
			c.fill(claim)
			c.put(where, claim)
		}
	}
}

// claimTemplates returns the claim templates of a StatefulSet.
func claimTemplates(object *unstructured.Unstructured) []*unstructured.Unstructured {
	if object.GetKind() != "StatefulSet" {
		return nil
	}
	templates, _, _ := unstructured.NestedSlice(object.Object, "spec", "volumeClaimTemplates")
	var made []*unstructured.Unstructured
	for _, entry := range templates {
		template, isObject := entry.(map[string]any)
		if !isObject {
			continue
		}
		for pod := range count(object, "spec.replicas", 1) {
			claim := (&unstructured.Unstructured{Object: template}).DeepCopy()
			claim.SetAPIVersion("v1")
			claim.SetKind("PersistentVolumeClaim")
			claim.SetNamespace(object.GetNamespace())
			claim.SetName(fmt.Sprintf("%s-%s-%d", claim.GetName(), object.GetName(), pod))
			made = append(made, claim)
		}
	}
	return made
}

func issueToken(secret *unstructured.Unstructured) {
	if _, issued, _ := unstructured.NestedString(secret.Object, "data", "token"); !issued {
		set(secret, "data.token", base64.StdEncoding.EncodeToString([]byte("token-of-"+string(secret.GetUID()))))
	}
}
