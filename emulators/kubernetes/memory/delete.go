package memory

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// claimInUse keeps a claim while a workload's pods use it, as in a real cluster.
const claimInUse = "kubernetes.io/pvc-protection"

// remove deletes an object, at once or when its finalizers are removed.
func (c *Cluster) remove(made call, options metav1.DeleteOptions) (*unstructured.Unstructured, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	object, found := c.objects[made.at()]
	if !found {
		return nil, made.missing()
	}
	if err := made.precondition(options, object); err != nil {
		return nil, err
	}
	if made.resource() == namespaces() && slices.Contains(firstNamespaces(), made.name) {
		return nil, apierrors.NewForbidden(schema.GroupResource{Resource: "namespaces"}, made.name, errStays())
	}
	if made.dryRun() || slices.Contains(options.DryRun, metav1.DryRunAll) {
		return made.seen(object), nil
	}
	c.release(made.at())
	c.settle(made.at())
	return made.seen(c.latest(made, object)), nil
}

// precondition refuses to delete another object than the client means, in the words of the API server.
func (c call) precondition(options metav1.DeleteOptions, object *unstructured.Unstructured) error {
	if options.Preconditions == nil || options.Preconditions.UID == nil || *options.Preconditions.UID == object.GetUID() {
		return nil
	}
	return apierrors.NewConflict(schema.GroupResource{Group: c.Group, Resource: c.plural}, c.name,
		fmt.Errorf("precondition failed: UID in precondition: %v, UID in object meta: %v", *options.Preconditions.UID, object.GetUID()))
}

func errStays() error { return apierrors.NewBadRequest("this namespace may not be deleted") }

// release deletes an object, or marks it if a finalizer keeps it.
func (c *Cluster) release(at address) {
	object := c.objects[at]
	if object == nil {
		return
	}
	if at.resource == namespaces() {
		c.change(at, func(next *unstructured.Unstructured) {
			leave(next)
			set(next, "status.phase", string(corev1.NamespaceTerminating))
		})
		for _, inside := range c.inside(at.name) {
			c.release(inside)
		}
		return
	}
	if len(object.GetFinalizers()) > 0 {
		c.change(at, leave)
		return
	}
	c.drop(at)
	if object.GetKind() == definitionKind {
		c.withdraw(object)
	}
}

func leave(object *unstructured.Unstructured) {
	if object.GetDeletionTimestamp() == nil {
		at := now()
		object.SetDeletionTimestamp(&at)
	}
}

// inside returns the addresses of all objects of a namespace, always in the same order.
func (c *Cluster) inside(namespace string) []address { return within(namespace, c.objects) }

func within(namespace string, objects map[address]*unstructured.Unstructured) []address {
	var found []address
	for at := range objects {
		if at.namespace == namespace {
			found = append(found, at)
		}
	}
	slices.SortFunc(found, func(a, b address) int {
		return cmp.Or(cmp.Compare(a.resource.group, b.resource.group), cmp.Compare(a.resource.plural, b.resource.plural), cmp.Compare(a.name, b.name))
	})
	return found
}

// finish deletes what only waited for its finalizers, or for its namespace to be empty.
func (c *Cluster) finish(namespace string) {
	for _, at := range c.inside(namespace) {
		if object := c.objects[at]; object.GetDeletionTimestamp() != nil && len(object.GetFinalizers()) == 0 {
			c.drop(at)
		}
	}
	home := address{resource: namespaces(), name: namespace}
	if object := c.objects[home]; object != nil && object.GetDeletionTimestamp() != nil && len(c.inside(namespace)) == 0 {
		c.drop(home)
	}
}
