package spec

import (
	"errors"
	"reflect"
	"strings"
)

// errComplete reports an environment that Parse or Check has returned.
var errComplete = errors.New("the environment has its defaults filled in, because Parse or Check returned it, and a default is not an input: " +
	"build a spec.Environment that has only what differs from the defaults, or change the values that were parsed")

// Values returns the environment as plain data, as a stack's configuration file has it, for a
// service that builds it in Go: lifecycle.StackOptions.Environment takes it. A field with its
// zero value is left out, so that it gets its default; lifecycle.StackOptions.Overrides states a
// false or a zero. Nothing is checked. The error says that the environment is a result of Parse
// or Check.
func (e *Environment) Values() (map[string]any, error) {
	if e.stack != "" {
		return nil, errComplete
	}
	return fieldValues(reflect.ValueOf(*e)), nil
}

// fieldValues returns the fields of a struct that are not zero, by their names in the file.
func fieldValues(object reflect.Value) map[string]any {
	values := map[string]any{}
	for i := range object.NumField() {
		field, value := object.Type().Field(i), object.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			for inner, stated := range fieldValues(reflect.Indirect(value)) {
				values[inner] = stated
			}
		case !field.IsExported() || name == "" || name == "-" || value.IsZero():
		default:
			values[name] = plainValue(value)
		}
	}
	return values
}

// plainValue returns a value with the types that JSON has.
func plainValue(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return plainValue(value.Elem())
	case reflect.Struct:
		return fieldValues(value)
	case reflect.Slice:
		list := make([]any, value.Len())
		for i := range list {
			list[i] = plainValue(value.Index(i))
		}
		return list
	case reflect.Map:
		object := make(map[string]any, value.Len())
		for _, key := range value.MapKeys() {
			object[key.String()] = plainValue(value.MapIndex(key))
		}
		return object
	case reflect.String:
		return value.String()
	case reflect.Bool:
		return value.Bool()
	case reflect.Int, reflect.Int64, reflect.Int32:
		return int(value.Int())
	default:
		return value.Interface()
	}
}
