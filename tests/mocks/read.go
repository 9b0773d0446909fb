package mocks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"
)

// At returns the input at a path, such as spec.template.spec.containers[0]. It decrypts secrets on the way.
func (r Resource) At(t *testing.T, path string) any {
	t.Helper()
	parsed, err := resource.ParsePropertyPath(path)
	require.NoError(t, err)
	value := resource.NewProperty(r.Inputs)
	for _, step := range parsed {
		value = opened(value)
		next, found := resource.PropertyPath{step}.Get(value)
		if !found {
			return nil
		}
		value = next
	}
	return plain(value)
}

// Secret tells whether the input at a top-level key is secret as a whole.
func (r Resource) Secret(key string) bool {
	return r.Inputs[resource.PropertyKey(key)].ContainsSecrets()
}

func opened(value resource.PropertyValue) resource.PropertyValue {
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	return value
}

// Hidden replaces secret values in the result of Plain.
const Hidden = "[secret]"

// Plain returns the resource's inputs with every secret hidden.
func (r Resource) Plain() map[string]any {
	hidden, _ := hide(resource.NewProperty(r.Inputs)).(map[string]any)
	return hidden
}

func plain(value resource.PropertyValue) any {
	value = opened(value)
	switch {
	case value.IsObject():
		out := map[string]any{}
		for key, element := range value.ObjectValue() {
			out[string(key)] = plain(element)
		}
		return out
	case value.IsArray():
		out := []any{}
		for _, element := range value.ArrayValue() {
			out = append(out, plain(element))
		}
		return out
	case value.IsComputed():
		return "[unknown]"
	default:
		return value.V
	}
}

func hide(value resource.PropertyValue) any {
	switch {
	case value.IsSecret():
		return Hidden
	case value.IsObject():
		out := map[string]any{}
		for key, element := range value.ObjectValue() {
			out[string(key)] = hide(element)
		}
		return out
	case value.IsArray():
		out := []any{}
		for _, element := range value.ArrayValue() {
			out = append(out, hide(element))
		}
		return out
	default:
		return plain(value)
	}
}
