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

// TierTexts describes a default in each tier; a text is empty where there is no default.
type TierTexts struct {
	Staging, Production string
}

// DefaultTexts describes the defaults of all fields by path. A default that depends on the
// cloud names the clouds.
func DefaultTexts() map[string]TierTexts {
	texts := map[string]TierTexts{}
	for path, text := range defaultsIn(Staging) {
		texts[path] = TierTexts{Staging: text}
	}
	for path, text := range defaultsIn(Production) {
		texts[path] = TierTexts{Staging: texts[path].Staging, Production: text}
	}
	for path, words := range DerivedDefaults() {
		texts[path] = TierTexts{Staging: words, Production: words}
	}
	return texts
}

const derivedTag = "default"

// defaultsIn describes the defaults of a tier by path.
func defaultsIn(tier Tier) map[string]string {
	cloudsByText := map[string]map[string][]string{}
	for _, cloud := range []Cloud{AWSCloud, GCPCloud, NoCloud} {
		for path, value := range Defaults(tier, cloud) {
			if cloudsByText[path] == nil {
				cloudsByText[path] = map[string][]string{}
			}
			text := defaultValue(value)
			cloudsByText[path][text] = append(cloudsByText[path][text], string(cloud))
		}
	}
	texts := map[string]string{}
	for path, clouds := range cloudsByText {
		texts[path] = onClouds(clouds)
	}
	return texts
}

// onClouds names the clouds of each text, unless there is one text.
func onClouds(cloudsByText map[string][]string) string {
	texts := slices.Sorted(maps.Keys(cloudsByText))
	if len(texts) == 1 {
		return texts[0]
	}
	var parts []string
	for _, text := range texts {
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
