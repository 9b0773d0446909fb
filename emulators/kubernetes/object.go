package kubernetes

import (
	"fmt"
	"maps"
	"math"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// object is one Kubernetes object as the API's JSON, with whole numbers as int64 and unknown{} for values that a
// preview does not know.
type object map[string]any

// unknown is a value that a preview does not know.
type unknown struct{}

// toObject drops secret marks; markSecrets restores them.
func toObject(values resource.PropertyMap) (object, error) {
	converted, err := toPlain(resource.NewObjectProperty(values))
	if err != nil {
		return nil, err
	}
	return converted.(map[string]any), nil
}

func toPlain(value resource.PropertyValue) (any, error) {
	switch {
	case value.IsNull():
		return nil, nil
	case value.IsBool():
		return value.BoolValue(), nil
	case value.IsString():
		return value.StringValue(), nil
	case value.IsNumber():
		return toNumber(value.NumberValue()), nil
	case value.IsSecret():
		return toPlain(value.SecretValue().Element)
	case value.IsComputed(), value.IsOutput():
		return unknown{}, nil
	case value.IsArray():
		list := make([]any, 0, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			plain, err := toPlain(element)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			list = append(list, plain)
		}
		return list, nil
	case value.IsObject():
		fields := make(map[string]any, len(value.ObjectValue()))
		for key, element := range value.ObjectValue() {
			plain, err := toPlain(element)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			fields[fromPropertyKey(string(key))] = plain
		}
		return fields, nil
	}
	return nil, fmt.Errorf("a value of type %s has no place in a Kubernetes object", value.TypeString())
}

func toNumber(number float64) any {
	if number == math.Trunc(number) && math.Abs(number) < 1<<53 {
		return int64(number)
	}
	return number
}

// toProperties is the reverse of toObject. A live object may have any JSON type.
func toProperties(fields map[string]any) resource.PropertyMap {
	values := make(resource.PropertyMap, len(fields))
	for key, field := range fields {
		if field != nil {
			values[resource.PropertyKey(toPropertyKey(key))] = toProperty(field)
		}
	}
	return values
}

func toProperty(field any) resource.PropertyValue {
	switch field := field.(type) {
	case unknown:
		return resource.MakeComputed(resource.NewStringProperty(""))
	case int64:
		return resource.NewNumberProperty(float64(field))
	case map[string]any:
		return resource.NewObjectProperty(toProperties(field))
	case []any:
		elements := make([]resource.PropertyValue, len(field))
		for i, element := range field {
			elements[i] = toProperty(element)
		}
		return resource.NewArrayProperty(elements)
	}
	return resource.NewPropertyValue(field)
}

// The published SDKs cannot use a dash in a property's name and write x_kubernetes_… for the x-kubernetes-… of CRDs.
const dashed, underscored = "x-kubernetes-", "x_kubernetes_"

func fromPropertyKey(key string) string {
	if strings.HasPrefix(key, underscored) {
		return strings.ReplaceAll(key, "_", "-")
	}
	return key
}

func toPropertyKey(key string) string {
	if strings.HasPrefix(key, dashed) {
		return strings.ReplaceAll(key, "-", "_")
	}
	return key
}

// at returns the value at a path of field names, or nil.
func (o object) at(path ...string) any {
	var value any = map[string]any(o)
	for _, name := range path {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = fields[name]
	}
	return value
}

func (o object) text(path ...string) string {
	text, _ := o.at(path...).(string)
	return text
}

func (o object) name() string      { return o.text("metadata", "name") }
func (o object) namespace() string { return o.text("metadata", "namespace") }

func (o object) annotation(key string) string {
	annotations, _ := o.at("metadata", "annotations").(map[string]any)
	value, _ := annotations[key].(string)
	return value
}

// kind returns the kind that the object states. It is empty while unknown.
func (o object) kind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(o.text("apiVersion"), o.text("kind"))
}

// metadata returns the object's metadata, which it adds when there is none. It returns false while the metadata is
// unknown.
func (o object) metadata() (map[string]any, bool) {
	if o["metadata"] == nil {
		o["metadata"] = map[string]any{}
	}
	metadata, known := o["metadata"].(map[string]any)
	return metadata, known
}

func (o object) clone() object {
	return copyOf(map[string]any(o)).(map[string]any)
}

func copyOf(value any) any {
	switch value := value.(type) {
	case map[string]any:
		fields := maps.Clone(value)
		for key, field := range fields {
			fields[key] = copyOf(field)
		}
		return fields
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = copyOf(element)
		}
		return list
	}
	return value
}

// hasUnknown tells whether any part of a value is unknown.
func hasUnknown(value any) bool {
	switch value := value.(type) {
	case unknown:
		return true
	case object:
		return hasUnknown(map[string]any(value))
	case map[string]any:
		for _, field := range value {
			if hasUnknown(field) {
				return true
			}
		}
	case []any:
		for _, element := range value {
			if hasUnknown(element) {
				return true
			}
		}
	}
	return false
}

// readOnly are the metadata fields that only the server writes.
func readOnly() []string {
	return []string{
		"creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation",
		"managedFields", "resourceVersion", "selfLink", "uid",
	}
}

func (o object) dropReadOnly() {
	for _, name := range readOnly() {
		unstructured.RemoveNestedField(o, "metadata", name)
	}
}
