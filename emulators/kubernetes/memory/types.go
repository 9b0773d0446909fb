package memory

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// knownTypes has the fields of the built-in kinds, from the API's published schema. Other kinds are accepted as they
// are.
type knownTypes struct {
	published, deduced managedfields.TypeConverter
}

func newTypes() managedfields.TypeConverter {
	return knownTypes{applyconfigurations.NewTypeConverter(scheme.Scheme), managedfields.NewDeducedTypeConverter()}
}

// ObjectToTyped is part of managedfields' interface.
func (t knownTypes) ObjectToTyped(object runtime.Object, options ...typed.ValidationOptions) (*typed.TypedValue, error) {
	if scheme.Scheme.Recognizes(object.GetObjectKind().GroupVersionKind()) {
		return t.published.ObjectToTyped(object, options...)
	}
	return t.deduced.ObjectToTyped(object, options...)
}

// TypedToObject is part of managedfields' interface.
func (t knownTypes) TypedToObject(value *typed.TypedValue) (runtime.Object, error) {
	return t.deduced.TypedToObject(value)
}

// manager returns the merger for objects of a kind, which tracks the owner of each field.
func (c *Cluster) manager(k kind) (*managedfields.FieldManager, error) {
	return managedfields.NewDefaultCRDFieldManager(c.types, asStored{}, asStored{}, asStored{}, k.GroupVersionKind, k.GroupVersion(), "", nil)
}

// asStored converts, defaults and creates nothing: objects are stored in the version in which they were sent.
type asStored struct{}

func (asStored) ConvertToVersion(in runtime.Object, target runtime.GroupVersioner) (runtime.Object, error) {
	version, isVersion := target.(schema.GroupVersion)
	object, isObject := in.(*unstructured.Unstructured)
	if !isVersion || !isObject {
		return nil, fmt.Errorf("converting %T to %v", in, target)
	}
	object = object.DeepCopy()
	object.SetAPIVersion(version.String())
	return object, nil
}

func (asStored) Convert(any, any, any) error {
	return errors.New("the cluster in memory converts nothing")
}

func (asStored) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

func (asStored) Default(runtime.Object) {}

func (asStored) New(k schema.GroupVersionKind) (runtime.Object, error) {
	made := &unstructured.Unstructured{}
	made.SetGroupVersionKind(k)
	return made, nil
}
