package kubernetes

import (
	"encoding/base64"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// normalized returns an object in the form in which the API server stores it: zero values that the server drops are left
// out, quantities are in their canonical form, and the texts of a Secret are in data. The published provider does the
// same to inputs before it stores them (Normalize in provider/pkg/clients/unstructured.go of pulumi-kubernetes), so the
// states of the two compare as equal, and nothing is sent that the server would drop. Unknown values stay. Objects of
// custom kinds, and objects with a field that their kind lacks, stay as they are; the server refuses the latter.
func normalized(o object) object {
	next := o.clone()
	next.dropReadOnly()
	switch gvk := next.kind(); {
	case gvk == core("Secret"):
		next.foldStringData()
		next.encodeAgain()
		return next
	case isDefinition(gvk):
		next.normalizeDefinition()
		return next
	}
	stored, known := next.stored()
	if !known {
		return next
	}
	return shaped(next, stored)
}

// stored converts an object to the Go type of its kind and back. It returns false if there is no such type, or if the
// object does not fit it.
func (o object) stored() (map[string]any, bool) {
	typed, err := scheme.Scheme.New(o.kind())
	if err != nil {
		return nil, false
	}
	plain := withoutUnknown(map[string]any(o)).(map[string]any)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(plain, typed, true); err != nil {
		return nil, false
	}
	stored, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	return stored, err == nil
}

// withoutUnknown replaces unknown values by none. The elements of lists keep their places.
func withoutUnknown(value any) any {
	switch value := value.(type) {
	case unknown:
		return nil
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			if field = withoutUnknown(field); field != nil {
				fields[key] = field
			}
		}
		return fields
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = withoutUnknown(element)
		}
		return list
	}
	return value
}

// shaped returns the stored values of the fields that an input has.
func shaped(input, stored map[string]any) map[string]any {
	fields := make(map[string]any, len(input))
	for key, value := range input {
		kept, has := stored[key]
		switch {
		case has:
			fields[key] = shapedValue(value, kept)
		case hasUnknown(value):
			fields[key] = value
		}
	}
	return fields
}

func shapedValue(input, stored any) any {
	switch input := input.(type) {
	case map[string]any:
		if fields, ok := stored.(map[string]any); ok {
			return shaped(input, fields)
		}
	case []any:
		list, ok := stored.([]any)
		if !ok || len(list) != len(input) {
			break
		}
		elements := make([]any, len(input))
		for i, element := range input {
			elements[i] = shapedValue(element, list[i])
		}
		return elements
	}
	if hasUnknown(input) {
		return input
	}
	return stored
}

// encodeAgain drops what base64 text may have and the server does not keep, such as line breaks.
func (o object) encodeAgain() {
	data, _ := o["data"].(map[string]any)
	for key, value := range data {
		text, _ := value.(string)
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil && text != "" {
			data[key] = base64.StdEncoding.EncodeToString(decoded)
		}
	}
}

// normalizeDefinition drops the two fields of a CustomResourceDefinition that the server does not keep.
func (o object) normalizeDefinition() {
	if o.at("spec", "preserveUnknownFields") == false {
		unstructured.RemoveNestedField(o, "spec", "preserveUnknownFields")
	}
	delete(o, "status")
}
