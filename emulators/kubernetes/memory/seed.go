package memory

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Seed adds an object that exists before a program runs, such as a namespace, a claim, a Secret or a priority class. An
// object of a namespace that does not exist yet is added when the namespace is created. A seeded object does not count as
// left over. Seed returns an error if the cluster does not serve the kind.
func (c *Cluster) Seed(object *unstructured.Unstructured) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	plural, _ := meta.UnsafeGuessKindToResource(object.GroupVersionKind())
	served, known := c.kindOf(object.GroupVersionKind().GroupVersion(), plural.Resource)
	if !known {
		return fmt.Errorf("the cluster in memory has no kind %s", object.GroupVersionKind())
	}
	at := address{served.resource(), object.GetNamespace(), object.GetName()}
	if at.namespace != "" && c.objects[address{resource: namespaces(), name: at.namespace}] == nil {
		c.awaiting[at] = object.DeepCopy()
		return nil
	}
	c.seed(at, object.DeepCopy())
	return nil
}

func (c *Cluster) seed(at address, object *unstructured.Unstructured) {
	c.introduce(object)
	c.fill(object)
	c.seeded[at] = true
	c.put(at, object)
	c.settle(at)
}

// seedInto adds the objects that waited for a namespace.
func (c *Cluster) seedInto(namespace string) {
	for _, at := range within(namespace, c.awaiting) {
		object := c.awaiting[at]
		delete(c.awaiting, at)
		c.seed(at, object)
	}
}

// Install serves the custom kinds of a controller that somebody has installed: one of Installable.
func (c *Cluster) Install(group string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range installable() {
		if k.Group == group && !slices.Contains(c.kinds, k) {
			c.kinds = append(c.kinds, k)
		}
	}
}

// Serve serves a custom kind of a namespace, as if somebody had installed its definition.
func (c *Cluster) Serve(gvk schema.GroupVersionKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := newKind(gvk.GroupVersion().String(), gvk.Kind, true); !slices.Contains(c.kinds, k) {
		c.kinds = append(c.kinds, k)
	}
}

// Installable returns the API groups that only an installed controller serves, which no cluster has from the beginning.
func Installable() []string {
	var groups []string
	for _, k := range installable() {
		if !slices.Contains(groups, k.Group) {
			groups = append(groups, k.Group)
		}
	}
	return groups
}

// Mounts limits the nodes to volumes of some CSI drivers, such as ebs.csi.aws.com. Without it they mount any.
func (c *Cluster) Mounts(drivers ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drivers = drivers
}

// blockDrivers are the CSI drivers of block storage, which one node at a time can write to. A claim of another access mode
// stays pending, with an event of the driver.
// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
func blockDrivers() []string {
	return []string{"ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "pd.csi.storage.gke.io", "kubernetes.io/aws-ebs", "kubernetes.io/gce-pd"}
}

// unbindable says why a claim never gets a volume, or "".
func (c *Cluster) unbindable(claim *unstructured.Unstructured) string {
	class := c.objects[address{resource: resource{"storage.k8s.io", "storageclasses"}, name: text(claim, "spec.storageClassName")}]
	if class == nil {
		return ""
	}
	driver := text(class, "provisioner")
	if !c.mountable(driver) {
		return fmt.Sprintf("the nodes run no CSI driver %s, only %s", driver, strings.Join(c.drivers, ", "))
	}
	modes, _, _ := unstructured.NestedStringSlice(claim.Object, "spec", "accessModes")
	for _, mode := range modes {
		if (mode == "ReadWriteMany" || mode == "ReadOnlyMany") && slices.Contains(blockDrivers(), driver) {
			return fmt.Sprintf("the driver %s of storage class %s has no volumes of access mode %s", driver, class.GetName(), mode)
		}
	}
	return ""
}

func (c *Cluster) mountable(driver string) bool {
	return len(c.drivers) == 0 || slices.Contains(c.drivers, driver) || !strings.Contains(driver, ".csi.")
}
