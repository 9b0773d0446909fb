package cloud

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// typeCheck checks properties against the SDK: each is known and of the right type, and all required ones are set.
func (s *Schema) typeCheck(j *Validation, at string, values Values, known map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		kind, ok := known[name]
		if !ok {
			j.Fail(join(at, name), "Invalid or unknown key")
			continue
		}
		kind, _ = Required(kind)
		s.typeCheckValue(j, join(at, name), values[name], kind)
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if _, required := Required(known[name]); required && values[name] == nil {
			j.Fail(join(at, name), "Missing required argument. The argument %q is required, but no definition was found.", name)
		}
	}
}

func (s *Schema) typeCheckValue(j *Validation, at string, value any, kind string) {
	if _, unknown := value.(Unknown); unknown || value == nil || kind == "a" {
		return
	}
	if element, ok := strings.CutPrefix(kind, "[]"); ok {
		list, ok := value.([]any)
		if !ok {
			j.Fail(at, "expected a list, got %s", typeName(value))
		}
		for i, one := range list {
			s.typeCheckValue(j, fmt.Sprintf("%s[%d]", at, i), one, element)
		}
		return
	}
	if element, ok := strings.CutPrefix(kind, "{}"); ok {
		object, ok := value.(Values)
		if !ok {
			j.Fail(at, "expected a map, got %s", typeName(value))
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			s.typeCheckValue(j, join(at, name), object[name], element)
		}
		return
	}
	if name, ok := strings.CutPrefix(kind, "#"); ok {
		object, ok := value.(Values)
		if !ok {
			j.Fail(at, "expected an object, got %s", typeName(value))
			return
		}
		s.typeCheck(j, at, object, s.Types[name])
		return
	}
	if expected := plainKind(kind); typeName(value) != expected || kind == "i" && !whole(value) {
		j.Fail(at, "expected %s type, got %s of type %s", expected, j.show(at, value), typeName(value))
	}
}

func plainKind(kind string) string {
	switch kind {
	case "b":
		return "bool"
	case "i", "f":
		return "number"
	}
	return "string"
}

func whole(value any) bool {
	number, ok := value.(float64)
	return ok && number == math.Trunc(number)
}

func typeName(value any) string {
	switch typed := value.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case float64:
		return "number"
	case []any:
		return "list"
	case Values:
		return "object"
	case resource.PropertyValue:
		return typed.TypeString()
	}
	return fmt.Sprintf("%T", value)
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
