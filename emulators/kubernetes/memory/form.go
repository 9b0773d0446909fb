package memory

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// reform writes an object of a built-in kind as the API server stores it: it drops zero values, and writes quantities in
// their canonical form. Like the server, it does so after it has recorded who manages the fields.
func reform(object *unstructured.Unstructured) {
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed); err != nil {
		return
	}
	stored, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	if err != nil {
		return
	}
	object.Object = kept(object.Object, stored)
}

// kept returns the stored values of the fields that an object has.
func kept(object, stored map[string]any) map[string]any {
	fields := make(map[string]any, len(object))
	for name, value := range object {
		form, has := stored[name]
		if !has {
			continue
		}
		fields[name] = keptValue(value, form)
	}
	return fields
}

func keptValue(value, form any) any {
	switch value := value.(type) {
	case map[string]any:
		if stored, isObject := form.(map[string]any); isObject {
			return kept(value, stored)
		}
	case []any:
		stored, isList := form.([]any)
		if !isList || len(stored) != len(value) {
			break
		}
		list := make([]any, len(value))
		for i := range value {
			list[i] = keptValue(value[i], stored[i])
		}
		return list
	}
	return form
}
