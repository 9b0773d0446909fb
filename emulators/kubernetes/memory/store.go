package memory

import (
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
)

// put stores an object as a new revision.
func (c *Cluster) put(at address, object *unstructured.Unstructured) {
	what := watch.Modified
	if c.objects[at] == nil {
		what = watch.Added
	}
	c.revision++
	object.SetResourceVersion(strconv.FormatInt(c.revision, 10))
	c.objects[at] = object
	c.notify(at, what, object)
}

// change applies a function to a copy of an object, and stores the copy if it differs.
func (c *Cluster) change(at address, do func(*unstructured.Unstructured)) {
	live := c.objects[at]
	next := live.DeepCopy()
	do(next)
	if !equality.Semantic.DeepEqual(live.Object, next.Object) {
		c.put(at, next)
	}
}

// drop removes an object.
func (c *Cluster) drop(at address) {
	gone := c.objects[at].DeepCopy()
	delete(c.objects, at)
	c.revision++
	gone.SetResourceVersion(strconv.FormatInt(c.revision, 10))
	c.notify(at, watch.Deleted, gone)
}

// now returns the time as the API writes it, in whole seconds.
func now() metav1.Time { return metav1.NewTime(time.Now().UTC().Truncate(time.Second)) }

func stamp() string { return now().Format(time.RFC3339) }

func splitPath(path string) []string { return strings.Split(path, ".") }

func text(object *unstructured.Unstructured, path string) string {
	value, _, _ := unstructured.NestedString(object.Object, splitPath(path)...)
	return value
}

// set writes a value. By the types, the path leads through objects only.
func set(object *unstructured.Unstructured, path string, value any) {
	_ = unstructured.SetNestedField(object.Object, value, splitPath(path)...)
}

func count(object *unstructured.Unstructured, path string, otherwise int64) int64 {
	value, found, err := unstructured.NestedInt64(object.Object, splitPath(path)...)
	if !found || err != nil {
		return otherwise
	}
	return value
}
