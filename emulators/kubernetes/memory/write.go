package memory

import (
	"errors"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/uuid"
)

// apply merges an object by server-side apply, and creates it if it does not exist.
func (c *Cluster) apply(made call, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	manager := made.query.Get("fieldManager")
	if manager == "" {
		return nil, apierrors.NewBadRequest("fieldManager is required for apply patch")
	}
	if err := made.identify(object); err != nil {
		return nil, err
	}
	fields, err := c.manager(made.kind)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	live := c.objects[made.at()]
	merged, err := fields.Apply(orNew(made, live), object, manager, made.query.Get("force") == "true")
	return c.merged(made, live, merged, err)
}

func (c *Cluster) create(made call, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if err := made.identify(object); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.objects[made.at()] != nil {
		return nil, apierrors.NewAlreadyExists(schema.GroupResource{Group: made.Group, Resource: made.plural}, made.name)
	}
	unstructured.RemoveNestedField(object.Object, "status")
	return c.written(made, nil, object)
}

func (c *Cluster) update(made call, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if err := made.identify(object); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	live := c.objects[made.at()]
	if live == nil {
		return nil, made.missing()
	}
	if given := object.GetResourceVersion(); given != "" && given != live.GetResourceVersion() {
		return nil, apierrors.NewConflict(schema.GroupResource{Group: made.Group, Resource: made.plural}, made.name, errStale())
	}
	keepStatus(live, object)
	return c.written(made, live, object)
}

func errStale() error {
	return apierrors.NewBadRequest("the object has been modified; please apply your changes to the latest version and try again")
}

// written merges an object that was sent whole.
func (c *Cluster) written(made call, live, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	fields, err := c.manager(made.kind)
	if err != nil {
		return nil, err
	}
	keepIdentity(live, object)
	merged, err := fields.Update(orNew(made, live), object, made.query.Get("fieldManager"))
	return c.merged(made, live, merged, err)
}

// identify checks that the object is the one that the path names.
func (c call) identify(object *unstructured.Unstructured) error {
	switch {
	case object.GroupVersionKind() != c.GroupVersionKind:
		return apierrors.NewBadRequest("the object is a " + object.GroupVersionKind().String() + ", the path is of " + c.String())
	case object.GetName() != c.name:
		return apierrors.NewBadRequest("the name of the object (" + object.GetName() + ") does not match the name on the URL (" + c.name + ")")
	case c.namespaced && c.namespace == "":
		return apierrors.NewBadRequest("an object of this kind needs a namespace")
	case object.GetNamespace() != "" && object.GetNamespace() != c.namespace:
		return apierrors.NewBadRequest("the namespace of the object (" + object.GetNamespace() + ") does not match the namespace on the URL (" + c.namespace + ")")
	}
	object.SetNamespace(c.namespace)
	return nil
}

// orNew returns a copy of the live object, or an empty object if there is none.
func orNew(made call, live *unstructured.Unstructured) *unstructured.Unstructured {
	if live != nil {
		return made.seen(live)
	}
	fresh := &unstructured.Unstructured{}
	fresh.SetGroupVersionKind(made.GroupVersionKind)
	return fresh
}

// merged checks the result of a merge, stores it unless the call is a dry run, and runs the controllers.
func (c *Cluster) merged(made call, live *unstructured.Unstructured, result runtime.Object, err error) (*unstructured.Unstructured, error) {
	if err != nil {
		return nil, asRefusal(err)
	}
	next := result.(*unstructured.Unstructured).DeepCopy()
	if err := c.admit(made, live, next); err != nil {
		return nil, err
	}
	reform(next)
	if live == nil {
		c.introduce(next)
	}
	keepIdentity(live, next)
	c.fill(next)
	if live != nil && equality.Semantic.DeepEqual(made.seen(live).Object, next.Object) {
		return made.seen(live), nil
	}
	if live != nil && meant(live, next) {
		next.SetGeneration(live.GetGeneration() + 1)
	}
	if made.dryRun() {
		return next, nil
	}
	c.put(made.at(), next)
	c.settle(made.at())
	return c.latest(made, next), nil
}

// latest returns the object after the controllers ran.
func (c *Cluster) latest(made call, otherwise *unstructured.Unstructured) *unstructured.Unstructured {
	if object, there := c.objects[made.at()]; there {
		return made.seen(object)
	}
	return otherwise
}

// asRefusal converts the merger's errors about unknown fields and wrong types to API errors.
func asRefusal(err error) error {
	var refused apierrors.APIStatus
	if errors.As(err, &refused) {
		return err
	}
	return apierrors.NewBadRequest(strings.TrimSpace(err.Error()))
}

// introduce sets the fields that identify a new object.
func (c *Cluster) introduce(object *unstructured.Unstructured) {
	object.SetUID(uuid.NewUUID())
	object.SetCreationTimestamp(now())
	object.SetGeneration(1)
	unstructured.RemoveNestedField(object.Object, "metadata", "resourceVersion")
	unstructured.RemoveNestedField(object.Object, "metadata", "deletionTimestamp")
}

// keepIdentity copies the fields that no client may change.
func keepIdentity(live, next *unstructured.Unstructured) {
	if live == nil {
		return
	}
	next.SetUID(live.GetUID())
	next.SetCreationTimestamp(live.GetCreationTimestamp())
	next.SetDeletionTimestamp(live.GetDeletionTimestamp())
	next.SetGeneration(live.GetGeneration())
	next.SetResourceVersion(live.GetResourceVersion())
}

// keepStatus copies the fields that only controllers write.
func keepStatus(live, next *unstructured.Unstructured) {
	status, has := live.Object["status"]
	if !has {
		delete(next.Object, "status")
		return
	}
	next.Object["status"] = runtime.DeepCopyJSONValue(status)
}

// meant tells whether a change goes beyond metadata.
func meant(live, next *unstructured.Unstructured) bool {
	before, after := map[string]any{}, map[string]any{}
	for field, value := range live.Object {
		if field != "metadata" && field != "status" && field != "apiVersion" {
			before[field] = value
		}
	}
	for field, value := range next.Object {
		if field != "metadata" && field != "status" && field != "apiVersion" {
			after[field] = value
		}
	}
	return !equality.Semantic.DeepEqual(before, after)
}
