package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Defaults returns the default of every field of an environment by its path, for instance
// web.replicas; fields of list elements have paths such as workers[].replicas. The map
// holds no field that is empty by default, and none whose default follows from other
// values: DerivedDefaults describes those.
func Defaults(tier Tier, cloud Cloud) map[string]any {
	environment := defaults(tier, cloud)
	found := map[string]any{}
	walkFields(reflect.ValueOf(environment), "", func(path string, field reflect.StructField, value reflect.Value) {
		if _, derived := field.Tag.Lookup(derivedTag); !derived && isDefault(field, value) {
			found[path] = value.Interface()
		}
	})
	return found
}

// DerivedDefaults describes the defaults that follow from other values, by path. The words
// are in the default tags of the fields.
func DerivedDefaults() map[string]string {
	words := map[string]string{}
	walkFields(reflect.ValueOf(Environment{}), "", func(path string, field reflect.StructField, _ reflect.Value) {
		if text, derived := field.Tag.Lookup(derivedTag); derived {
			words[path] = text
		}
	})
	return words
}

// DefaultText describes the default of the field at a path in each tier; both are empty
// for a field without a default. A default that depends on the cloud names the clouds.
func DefaultText(path string) (staging, production string) {
	if words, derived := DerivedDefaults()[path]; derived {
		return words, words
	}
	return defaultIn(Staging, path), defaultIn(Production, path)
}

const derivedTag = "default"

func defaultIn(tier Tier, path string) string {
	cloudsByText := map[string][]string{}
	for _, cloud := range []Cloud{AWSCloud, GCPCloud, NoCloud} {
		if value, has := Defaults(tier, cloud)[path]; has {
			text := defaultValue(value)
			cloudsByText[text] = append(cloudsByText[text], string(cloud))
		}
	}
	if len(cloudsByText) == 1 {
		return slices.Collect(maps.Keys(cloudsByText))[0]
	}
	var parts []string
	for _, text := range slices.Sorted(maps.Keys(cloudsByText)) {
		parts = append(parts, fmt.Sprintf("%s with cloud %s", text, strings.Join(cloudsByText[text], " or ")))
	}
	return strings.Join(parts, ", ")
}

func defaultValue(value any) string {
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		return fmt.Sprint(value)
	}
	texts := make([]string, 0, list.Len())
	for i := range list.Len() {
		texts = append(texts, fmt.Sprint(list.Index(i)))
	}
	return strings.Join(texts, ", ")
}

// isDefault reports whether a value is a default. Zero is one where the field may be zero.
func isDefault(field reflect.StructField, value reflect.Value) bool {
	switch value.Kind() {
	case reflect.Bool:
		return true
	case reflect.Int, reflect.Float64:
		return !value.IsZero() || strings.Contains(field.Tag.Get("jsonschema"), "minimum=0")
	default:
		return !value.IsZero()
	}
}

// walkFields visits every field below a struct that is no struct itself. Elements of
// lists and sections that are left out have the defaults that decoding gives them.
func walkFields(object reflect.Value, prefix string, visit func(path string, field reflect.StructField, value reflect.Value)) {
	for i := range object.NumField() {
		field, value := object.Type().Field(i), object.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			walkFields(value, prefix, visit)
			continue
		}
		path := prefix + name
		section, inner, isSection := sectionOf(value)
		if !isSection {
			visit(path, field, value)
			continue
		}
		if _, derived := field.Tag.Lookup(derivedTag); derived {
			visit(path, field, value)
		}
		walkFields(section, path+inner+".", visit)
	}
}

// sectionOf returns the struct in a field and what its path has besides the field's.
func sectionOf(value reflect.Value) (section reflect.Value, path string, isSection bool) {
	t := value.Type()
	switch {
	case t.Kind() == reflect.Struct:
		return value, "", true
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return decodedEmpty(t.Elem()), "", true
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return decodedEmpty(t.Elem()), "[]", true
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Struct:
		return decodedEmpty(t.Elem()), "{}", true
	default:
		return reflect.Value{}, "", false
	}
}

// decodedEmpty decodes an empty object, which fills in the defaults of its type.
func decodedEmpty(t reflect.Type) reflect.Value {
	empty := reflect.New(t)
	// An empty object has no field that decoding could refuse.
	_ = json.Unmarshal([]byte("{}"), empty.Interface())
	return empty.Elem()
}
