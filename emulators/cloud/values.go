package cloud

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Values are properties in the form that tables work with: string, float64, bool, []any, Values, Unknown, and assets.
// They do not mark secrets; the encoded state does.
type Values map[string]any

// Unknown is a value that a preview does not know.
type Unknown struct{}

// defaultsKey is where the published bridge notes, in every object of the inputs, which properties it filled in.
const defaultsKey = "__defaults"

// Plain converts properties, without secret marks and without the bridge's notes.
func Plain(properties resource.PropertyMap) Values {
	values := Values{}
	for key, value := range properties {
		if strings.HasPrefix(string(key), "__") {
			continue
		}
		if plain := plainValue(value); plain != nil {
			values[string(key)] = plain
		}
	}
	return values
}

func plainValue(value resource.PropertyValue) any {
	switch {
	case value.IsSecret():
		return plainValue(value.SecretValue().Element)
	case value.IsComputed():
		return Unknown{}
	case value.IsOutput():
		if !value.OutputValue().Known {
			return Unknown{}
		}
		return plainValue(value.OutputValue().Element)
	case value.IsNull():
		return nil
	case value.IsArray():
		list := make([]any, 0, len(value.ArrayValue()))
		for _, element := range value.ArrayValue() {
			list = append(list, plainValue(element))
		}
		return list
	case value.IsObject():
		return Plain(value.ObjectValue())
	case value.IsAsset(), value.IsArchive():
		return value
	}
	return value.V
}

// Properties converts values to properties.
func (v Values) Properties() resource.PropertyMap {
	properties := resource.PropertyMap{}
	for key, value := range v {
		properties[resource.PropertyKey(key)] = property(value)
	}
	return properties
}

func property(value any) resource.PropertyValue {
	switch typed := value.(type) {
	case resource.PropertyValue:
		return typed
	case Unknown:
		return resource.MakeComputed(resource.NewStringProperty(""))
	case Values:
		return resource.NewObjectProperty(typed.Properties())
	case []any:
		list := make([]resource.PropertyValue, len(typed))
		for i, element := range typed {
			list[i] = property(element)
		}
		return resource.NewArrayProperty(list)
	}
	return resource.NewPropertyValue(value)
}

// Clone returns a deep copy.
func (v Values) Clone() Values {
	copied := make(Values, len(v))
	for key, value := range v {
		copied[key] = clone(value)
	}
	return copied
}

func clone(value any) any {
	switch typed := value.(type) {
	case Values:
		return typed.Clone()
	case []any:
		list := make([]any, len(typed))
		for i, element := range typed {
			list[i] = clone(element)
		}
		return list
	}
	return value
}

// At returns all values at a path of names, vpcConfig.subnetIds. It descends into lists on the way, and returns the
// elements of a list at the end.
func (v Values) At(path string) []any {
	name, rest, more := strings.Cut(path, ".")
	var found []any
	for _, element := range elements(v[name]) {
		if !more {
			found = append(found, element)
			continue
		}
		switch inner := element.(type) {
		case Values:
			found = append(found, inner.At(rest)...)
		case Unknown:
			found = append(found, inner)
		}
	}
	return found
}

func elements(value any) []any {
	switch typed := value.(type) {
	case nil:
		return nil
	case []any:
		return typed
	}
	return []any{value}
}

// Texts returns the strings at a path, without unknown ones.
func (v Values) Texts(path string) []string {
	var texts []string
	for _, value := range v.At(path) {
		if text, ok := value.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// Text returns the first string at a path, or "".
func (v Values) Text(path string) string {
	if texts := v.Texts(path); len(texts) > 0 {
		return texts[0]
	}
	return ""
}

// Number returns the first number at a path, or 0.
func (v Values) Number(path string) float64 {
	for _, value := range v.At(path) {
		switch number := value.(type) {
		case float64:
			return number
		case int:
			return float64(number)
		}
	}
	return 0
}

// True tells whether the first value at a path is true.
func (v Values) True(path string) bool {
	found := v.At(path)
	return len(found) > 0 && found[0] == true
}

// Objects returns the objects at a path.
func (v Values) Objects(path string) []Values {
	var objects []Values
	for _, value := range v.At(path) {
		if object, ok := value.(Values); ok {
			objects = append(objects, object)
		}
	}
	return objects
}

// Has tells whether a path has a value, known or unknown.
func (v Values) Has(path string) bool { return len(v.At(path)) > 0 }

// Known tells whether no value at a path is unknown.
func (v Values) Known(path string) bool {
	for _, value := range v.At(path) {
		if hasUnknown(value) {
			return false
		}
	}
	return true
}

func hasUnknown(value any) bool {
	switch typed := value.(type) {
	case Unknown:
		return true
	case []any:
		for _, element := range typed {
			if hasUnknown(element) {
				return true
			}
		}
	case Values:
		for _, element := range typed {
			if hasUnknown(element) {
				return true
			}
		}
	}
	return false
}
