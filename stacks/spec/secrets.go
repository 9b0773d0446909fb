package spec

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// ConfigKey is the key of the environment value below the project's name.
const ConfigKey = "environment"

// secretTag marks a field whose value, or each of whose values, is secret.
const secretTag = "secret"

// SecretPaths returns the paths of the fields that are secret, for instance app.secretEnv,
// each of whose values is secret, and database.external.password.
func SecretPaths() []string { return slices.Clone(secretPaths()) }

//nolint:gochecknoglobals // never assigned again
var secretPaths = sync.OnceValue(func() []string {
	var paths []string
	walkFields(reflect.ValueOf(Environment{}), "", func(path string, field reflect.StructField, _ reflect.Value) {
		if _, isSecret := field.Tag.Lookup(secretTag); isSecret {
			paths = append(paths, path)
		}
	})
	return paths
})

// SecretFields returns the names of the secret fields by the name of the type that has them.
func SecretFields() map[string][]string {
	fields := map[string][]string{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for _, field := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			_, isSecret := field.Tag.Lookup(secretTag)
			if isSecret && !slices.Contains(fields[t.Name()], name) {
				fields[t.Name()] = append(fields[t.Name()], name)
			}
			if !field.Anonymous {
				visit(field.Type)
			}
		}
	}
	visit(reflect.TypeFor[Environment]())
	return fields
}

// IsSecret reports whether a path such as app.secretEnv.TOKEN is that of a secret value or
// lies below one. An object that is written instead of a list has secrets at the same names.
func IsSecret(path string) bool {
	path = listIndex.ReplaceAllString(path, "[]")
	return slices.ContainsFunc(secretPaths(), func(secret string) bool {
		return within(path, secret) || within(path, strings.ReplaceAll(secret, "[]", ""))
	})
}

// listIndex is the index of an element in a path.
var listIndex = regexp.MustCompile(`\[\d+\]`)

// PlainSecrets returns the paths of the secrets in a value that is set at a path. An object
// {secure: TEXT} is an encrypted value.
func PlainSecrets(path string, value any) []string {
	if object, isObject := value.(map[string]any); isObject {
		if _, isEncrypted := object["secure"].(string); isEncrypted && len(object) == 1 {
			return nil
		}
		var found []string
		for name, child := range object {
			found = append(found, PlainSecrets(strings.TrimPrefix(path+"."+name, "."), child)...)
		}
		slices.Sort(found)
		return found
	}
	if elements, isList := value.([]any); isList && !IsSecret(path) {
		var found []string
		for i, element := range elements {
			found = append(found, PlainSecrets(indexed(path, i), element)...)
		}
		return found
	}
	if value != nil && IsSecret(path) {
		return []string{path}
	}
	return nil
}

// besideSecret reports whether a path is that of a field next to a password or to the key of a
// bucket. A wrong value there may well be the secret.
func besideSecret(path string) bool {
	return slices.ContainsFunc(secretPaths(), func(secret string) bool {
		section, name := cutLast(secret)
		return (name == "password" || name == "secretAccessKey") && within(path, section) && path != section
	})
}

func cutLast(path string) (before, after string) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

// Encrypted reports whether the value at a path was encrypted in the stack's file.
type Encrypted func(path string) bool

// CheckSecrecy refuses every secret whose value was not encrypted, each for itself. The error is of type Problems.
func (e *Environment) CheckSecrecy(encrypted Encrypted) error {
	var problems Problems
	for _, path := range e.secretValues() {
		problems.requireEncrypted(path, encrypted)
	}
	if len(problems) == 0 {
		return nil
	}
	return problems.sorted()
}

func (p *Problems) requireEncrypted(path string, encrypted Encrypted) {
	if encrypted == nil || !encrypted(path) {
		p.add(path, nil, "must be encrypted: djangostack config secret -s STACK %s", path)
	}
}

// secretValues returns the paths of the secrets that the environment has.
func (e *Environment) secretValues() []string {
	paths := secretsIn(reflect.ValueOf(*e), "")
	slices.Sort(paths)
	return paths
}

func secretsIn(object reflect.Value, prefix string) []string {
	var paths []string
	for i := range object.NumField() {
		field, value := object.Type().Field(i), object.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		_, isSecret := field.Tag.Lookup(secretTag)
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		switch {
		case field.Anonymous && name == "":
			paths = append(paths, secretsIn(value, prefix)...)
		case isSecret && value.Kind() == reflect.Map:
			for _, key := range value.MapKeys() {
				paths = append(paths, prefix+name+"."+key.String())
			}
		case isSecret && value.String() != "":
			paths = append(paths, prefix+name)
		case value.Kind() == reflect.Struct:
			paths = append(paths, secretsIn(value, prefix+name+".")...)
		case value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Struct:
			for i := range value.Len() {
				paths = append(paths, secretsIn(value.Index(i), indexed(prefix+name, i)+".")...)
			}
		}
	}
	return paths
}

// hidden replaces what may be a secret in a message.
const hidden = "[secret]"

var (
	userInfo    = regexp.MustCompile(`://[^\s"]*@`)
	credentials = regexp.MustCompile(`[^\s"'=,;]+:[^\s"'/]+@[^\s"']*`)
	assigned    = regexp.MustCompile(`(?i)((?:password|passwd|pwd|secret|token|dsn|key)[a-z0-9_-]*=)[^\s"&,;]+`)
)

// masked returns a text without what may be a secret in it: the user and password of a URL or
// of a server, and what is assigned to a word such as password.
func masked(text string) string {
	text = userInfo.ReplaceAllString(text, "://"+hidden+"@")
	text = credentials.ReplaceAllStringFunc(text, func(found string) string {
		kind, _, _ := strings.Cut(found, ":")
		member := slices.Contains([]string{"user", "group", "serviceAccount"}, kind)
		if member || strings.Contains(found, "@sha256:") || strings.Contains(found, hidden) {
			return found
		}
		return hidden
	})
	return assigned.ReplaceAllString(text, "${1}"+hidden)
}

// maskedStep returns one step of a path, or a mask for a name that no field and no variable
// can have, since it may be a value.
func maskedStep(step string) string {
	const longest = 128
	if len(step) > longest || strings.Contains(step, "@") || strings.Contains(step, "://") || masked(step) != step {
		return hidden
	}
	return step
}

// HasForm reports whether a secret may not be any text: the credentials of a registry are JSON.
func HasForm(path string) bool {
	return IsSecret(path) && strings.HasSuffix(strings.TrimRight(path, `"]`), dockerConfigKey)
}

// Substitute returns a text that the schema allows at a path, for checks of a configuration
// whose encrypted values cannot be read.
func Substitute(path string) string {
	// As long as every check of a secret asks for, and base64, as a key of a zone has to be.
	const length = 72
	plain := "hidden"
	if HasForm(path) {
		return "{}"
	}
	if IsSecret(path) {
		plain = strings.Repeat("hidden", length/len("hidden"))
	}
	schema, err := compiledSchema()
	if err != nil {
		return plain
	}
	field := resolve(descend(schema, stepsOf(path)))
	switch {
	case field == nil:
		return plain
	case field.Enum != nil && len(field.Enum.Values) > 0:
		if first, isText := field.Enum.Values[0].(string); isText {
			return first
		}
	case field.Pattern != nil:
		return matching(field.Pattern.String())
	}
	return plain
}
