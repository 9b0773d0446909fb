package render

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// named returns the object's inputs with a name: the one in its metadata, or, as Pulumi does,
// the resource's name with a suffix. The suffix is a hash of the content, so that the name
// changes if and only if the content does.
func named(registered *node) (resource.PropertyMap, error) {
	inputs := registered.inputs.Copy()
	metadata := resource.PropertyMap{}
	if given := unwrap(inputs["metadata"]); given.IsObject() {
		metadata = given.ObjectValue().Copy()
	}
	if name := unwrap(metadata["name"]); name.IsString() && name.StringValue() != "" {
		return inputs, nil
	}
	if generate := unwrap(metadata["generateName"]); generate.IsString() {
		return nil, fmt.Errorf("metadata.generateName cannot be applied")
	}
	plain, err := plainOf(resource.NewProperty(inputs), true)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	metadata["name"] = resource.NewProperty(registered.name + "-" + hex.EncodeToString(sum[:])[:8])
	inputs["metadata"] = resource.NewProperty(metadata)
	return inputs, nil
}

// unwrap returns the value of a secret, and any other value as it is.
func unwrap(value resource.PropertyValue) resource.PropertyValue {
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	return value
}

// manifest returns the object as kubectl accepts it.
func manifest(registered *node, secrets bool) (map[string]any, error) {
	plain, err := plainOf(resource.NewProperty(registered.inputs), secrets)
	if err != nil {
		return nil, err
	}
	object, isObject := plain.(map[string]any)
	if !isObject || text(object, "apiVersion") == "" || text(object, "kind") == "" {
		return nil, fmt.Errorf("it has no apiVersion and kind")
	}
	if text(object, "kind") == "Secret" && !secrets {
		encodePlaceholders(object)
	}
	dropPulumiAnnotations(object)
	return object, nil
}

// encodePlaceholders encodes the placeholders under a Secret's data in base64, as the API
// server requires.
func encodePlaceholders(object map[string]any) {
	data, _ := object["data"].(map[string]any)
	for key, value := range data {
		if value == Placeholder {
			data[key] = base64.StdEncoding.EncodeToString([]byte(Placeholder))
		}
	}
}

// dropPulumiAnnotations removes the annotations that only Pulumi's provider reads.
func dropPulumiAnnotations(object map[string]any) {
	metadata, _ := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	for key := range annotations {
		if strings.HasPrefix(key, "pulumi.com/") {
			delete(annotations, key)
		}
	}
	if annotations != nil && len(annotations) == 0 {
		delete(metadata, "annotations")
	}
}

// plainOf converts a property to plain data. The strings of a secret become placeholders
// unless secrets are shown.
func plainOf(value resource.PropertyValue, secrets bool) (any, error) {
	switch {
	case value.IsSecret():
		plain, err := plainOf(value.SecretValue().Element, secrets)
		if err != nil || secrets {
			return plain, err
		}
		return placeholders(plain), nil
	case value.IsOutput() || value.IsComputed():
		return nil, fmt.Errorf("a value is known only to a cluster")
	case value.IsArray():
		list := make([]any, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			plain, err := plainOf(element, secrets)
			if err != nil {
				return nil, err
			}
			list[i] = plain
		}
		return list, nil
	case value.IsObject():
		object := map[string]any{}
		for key, element := range value.ObjectValue() {
			plain, err := plainOf(element, secrets)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			object[string(key)] = plain
		}
		return object, nil
	case value.IsNumber():
		return number(value.NumberValue()), nil
	case value.IsString(), value.IsBool(), value.IsNull():
		return value.V, nil
	default:
		return nil, fmt.Errorf("a manifest cannot contain a %s", value.TypeString())
	}
}

// number returns whole numbers as integers: the YAML encoder writes a float as 1e+06.
func number(value float64) any {
	if whole := int64(value); float64(whole) == value {
		return whole
	}
	return value
}

func placeholders(value any) any {
	switch node := value.(type) {
	case map[string]any:
		for key, child := range node {
			node[key] = placeholders(child)
		}
		return node
	case []any:
		for i, child := range node {
			node[i] = placeholders(child)
		}
		return node
	case string:
		return Placeholder
	default:
		return node
	}
}
