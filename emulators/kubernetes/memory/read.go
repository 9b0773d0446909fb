package memory

import (
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

func (c *Cluster) get(made call) (*unstructured.Unstructured, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	object, found := c.objects[made.at()]
	if !found {
		return nil, made.missing()
	}
	return made.seen(object), nil
}

// seen returns a copy of an object in the requested version.
func (c call) seen(object *unstructured.Unstructured) *unstructured.Unstructured {
	copied := object.DeepCopy()
	copied.SetAPIVersion(c.GroupVersion().String())
	return copied
}

func (c *Cluster) list(made call) (*unstructured.UnstructuredList, error) {
	matches, err := made.selection()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list := &unstructured.UnstructuredList{Items: []unstructured.Unstructured{}}
	list.SetAPIVersion(made.GroupVersion().String())
	list.SetKind(made.Kind + "List")
	list.SetResourceVersion(strconv.FormatInt(c.revision, 10))
	for _, object := range c.in(made.resource(), made.namespace) {
		if matches(object) {
			list.Items = append(list.Items, *made.seen(object))
		}
	}
	return list, nil
}

// selection returns the filter of a request's selectors.
func (c call) selection() (func(*unstructured.Unstructured) bool, error) {
	byLabel, err := labels.Parse(c.query.Get("labelSelector"))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	byField, err := fields.ParseSelector(c.query.Get("fieldSelector"))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return func(object *unstructured.Unstructured) bool {
		if c.name != "" && object.GetName() != c.name {
			return false
		}
		return byLabel.Matches(labels.Set(object.GetLabels())) && byField.Matches(fieldsOf{object})
	}, nil
}

// fieldsOf returns any field by its path: metadata.name.
type fieldsOf struct{ object *unstructured.Unstructured }

func (f fieldsOf) Has(field string) bool { return f.Get(field) != "" }

func (f fieldsOf) Get(field string) string {
	text, _, _ := unstructured.NestedString(f.object.Object, splitPath(field)...)
	return text
}
