// Package reference describes every field of an environment's configuration: its type,
// what it may be, its defaults, what a change of it does to a running environment, and
// what it means. The pages of docs/configuration and the command "config explain" are
// written from it. It imports no cloud's SDK.
package reference

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"github.com/invopop/jsonschema"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Field is one field of the configuration.
type Field struct {
	// Path below djangostack:environment, for instance workers[].queues. [] stands for
	// any entry of a list, NAME for any key of a map.
	Path string
	// Definition is the name of the schema's definition that describes the field's own
	// fields; empty for a field that has none.
	Definition string
	// Type in YAML's words, for instance "list of string".
	Type string
	// Allowed says which values of the type are allowed; empty if all are.
	Allowed string
	// Form says that Allowed describes how a text is written, which is too long for a table.
	Form bool
	// Required says that the object which has the field needs it.
	Required bool
	// Staging and Production are the defaults of the two tiers, as they are written in a
	// configuration, or in words where they follow from other values; empty for none.
	Staging, Production string
	// Changes are what changes of the field do to a running environment.
	Changes []Effect
	// Meaning is the comment of the field in Go.
	Meaning string
}

// Reference is every field, in the order of the schema.
type Reference struct {
	fields []Field
}

// Load describes the configuration that this program reads. It reads the schema once, because
// computing the defaults of both tiers takes a tenth of a second.
func Load() (*Reference, error) { return loaded() }

//nolint:gochecknoglobals // never assigned again; a Reference does not change
var loaded = sync.OnceValues(func() (*Reference, error) { return New(spec.Schema()) })

// New describes the configuration of a schema, as spec.Schema returns one.
func New(schema []byte) (*Reference, error) {
	var root jsonschema.Schema
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, fmt.Errorf("reading the schema of the environment: %w", err)
	}
	changes, err := Changes()
	if err != nil {
		return nil, err
	}
	reader := reader{root: &root, defaults: spec.DefaultTexts()}
	reader.object(&root, "")
	reference := &Reference{fields: reader.fields}
	reference.attach(changes)
	reference.inherit()
	return reference, nil
}

// Fields returns every field, each before the fields that it has.
func (r *Reference) Fields() []Field { return slices.Clone(r.fields) }

// Children returns the fields directly below a path, of any entry if it is a list or a
// map. The empty path has the top-level sections.
func (r *Reference) Children(path string) []Field {
	var children []Field
	for _, field := range r.fields {
		if parent(field.Path) == path {
			children = append(children, field)
		}
	}
	return children
}

// Find returns the field at a path, which may name an entry of a list by its index and an
// entry of a map by its key: workers[0].queues, app.env.DEBUG. An entry of a map or list
// is described by the map or list itself.
func (r *Reference) Find(path string) (Field, bool) {
	at := r.find(path)
	if at < 0 {
		return Field{}, false
	}
	return r.fields[at], true
}

// find is the number of the field at a path, or -1.
func (r *Reference) find(path string) int {
	wanted := index.ReplaceAllString(strings.TrimSpace(path), "[]")
	if at := slices.IndexFunc(r.fields, func(field Field) bool { return field.Path == wanted }); at >= 0 {
		return at
	}
	return slices.IndexFunc(r.fields, func(field Field) bool { return matches(field, wanted) })
}

// Nearest returns the path that an unknown one most likely means; empty if none is close.
func (r *Reference) Nearest(path string) string {
	wanted := strings.ToLower(index.ReplaceAllString(strings.TrimSpace(path), "[]"))
	best, distance := "", max(3, len(wanted)/3)
	for _, field := range r.fields {
		near := levenshtein.ComputeDistance(wanted, strings.ToLower(field.Path))
		if last := strings.ToLower(field.Path[strings.LastIndex(field.Path, ".")+1:]); last == wanted {
			near = 1
		}
		if near < distance {
			best, distance = field.Path, near
		}
	}
	return best
}

var index = regexp.MustCompile(`\[[0-9]*\]`)

// anyKey stands for the key of a map's entry.
const anyKey = "NAME"

func matches(field Field, wanted string) bool {
	have := field.Path
	if have == wanted || have+"[]" == wanted {
		return true
	}
	if isMap(field) && strings.HasPrefix(wanted, have+".") {
		return field.Definition == "" || !strings.Contains(strings.TrimPrefix(wanted, have+"."), ".")
	}
	return strings.Contains(have, anyKey) && sameSteps(have, wanted)
}

func isMap(field Field) bool { return strings.HasPrefix(field.Type, "map of ") }

func sameSteps(have, wanted string) bool {
	haves, wanteds := strings.Split(have, "."), strings.Split(wanted, ".")
	return len(haves) == len(wanteds) && !slices.ContainsFunc(slices.Collect(pairs(haves, wanteds)), func(pair [2]string) bool {
		return pair[0] != anyKey && pair[0] != pair[1]
	})
}

func pairs(a, b []string) func(func([2]string) bool) {
	return func(yield func([2]string) bool) {
		for i := range a {
			if !yield([2]string{a[i], b[i]}) {
				return
			}
		}
	}
}

// parent is the path of the object that a field belongs to.
func parent(path string) string {
	cut := strings.LastIndex(path, ".")
	if cut < 0 {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(path[:cut], "."+anyKey), "[]")
}

// reader walks through the schema.
type reader struct {
	root *jsonschema.Schema
	// defaults by the paths of the package spec, which write {} for any key of a map.
	defaults map[string]spec.TierTexts
	fields   []Field
}

func (r *reader) object(object *jsonschema.Schema, prefix string) {
	for pair := object.Properties.Oldest(); pair != nil; pair = pair.Next() {
		path := prefix + pair.Key
		inner, below := r.inside(pair.Value, path)
		field := Field{
			Path:     path,
			Type:     typeOf(r.root, pair.Value),
			Allowed:  allowedOf(r.root, pair.Value),
			Form:     innermost(r.root, pair.Value).Pattern != "",
			Required: slices.Contains(object.Required, pair.Key),
			Meaning:  pair.Value.Description,
		}
		texts := r.defaults[strings.ReplaceAll(path, "."+anyKey, "{}")]
		field.Staging, field.Production = texts.Staging, texts.Production
		if inner != nil {
			field.Definition = r.definition(pair.Value)
		}
		r.fields = append(r.fields, field)
		if inner != nil {
			r.object(inner, below)
		}
	}
}

// attach gives each field the effects of the changes that are about it. A field that none
// is about has those of the changes that set it together with others, unless words say what
// it does alone.
func (r *Reference) attach(changes []Change) {
	for _, change := range changes {
		if at := r.at(change); at >= 0 {
			r.add(at, change)
		}
	}
	alone := map[string]bool{}
	for _, field := range r.fields {
		alone[field.Path] = len(field.Changes) > 0
	}
	for _, change := range changes {
		for _, path := range change.together() {
			if at := r.find(path); at >= 0 && !alone[r.fields[at].Path] && unmeasured(r.fields[at].Path) == "" {
				r.add(at, change)
			}
		}
	}
	for at := range r.fields {
		field := &r.fields[at]
		if words := unmeasured(field.Path); words != "" && len(field.Changes) == 0 {
			field.Changes = []Effect{{Does: words}}
		}
	}
}

func (r *Reference) add(at int, change Change) {
	field := &r.fields[at]
	if effect, does := change.effect(field.Changes); does {
		field.Changes = append(field.Changes, effect)
	}
}

// at is the number of the field that a change is about, or -1. A change that sets only
// what an object requires adds the object, and all fields of a container's resources act
// as one.
func (r *Reference) at(change Change) int {
	path, whole := change.Path(), change.object()
	at := r.find(path)
	if at < 0 || path == whole {
		return at
	}
	object := r.find(whole)
	if object >= 0 && (r.fields[at].Required || r.fields[object].Definition == "Resources") {
		return object
	}
	return at
}

// inherit passes on what an object and its own fields say of one another: the object of a
// container's resources has the defaults of its fields, and where a change of an object
// takes place without creating or removing anything, so does one of its fields. An entry of
// a list has the effects of the list.
func (r *Reference) inherit() {
	for at := range r.fields {
		object := &r.fields[at]
		inner := r.below(at)
		if object.Definition == "Resources" {
			object.Staging = together(inner, func(field Field) string { return field.Staging })
			object.Production = together(inner, func(field Field) string { return field.Production })
		}
		inPlace := !slices.ContainsFunc(object.Changes, func(effect Effect) bool { return !effect.InPlace })
		if !inPlace && !strings.HasPrefix(object.Type, "list of ") {
			continue
		}
		for i := range inner {
			if len(inner[i].Changes) == 0 {
				inner[i].Changes = object.Changes
			}
		}
	}
}

// below are the fields of a field, and theirs.
func (r *Reference) below(at int) []Field {
	path, end := r.fields[at].Path, at+1
	for end < len(r.fields) && strings.HasPrefix(r.fields[end].Path, path) && strings.Contains(".[", r.fields[end].Path[len(path):len(path)+1]) {
		end++
	}
	return r.fields[at+1 : end]
}

func together(fields []Field, value func(Field) string) string {
	var parts []string
	for _, field := range fields {
		if text := value(field); text != "" {
			parts = append(parts, field.Path[strings.LastIndex(field.Path, ".")+1:]+": "+text)
		}
	}
	return strings.Join(parts, ", ")
}

// inside is the object that a field holds, itself or as entries, and the prefix of the
// paths below it; nil for a field that holds none.
func (r *reader) inside(field *jsonschema.Schema, path string) (*jsonschema.Schema, string) {
	inner := resolve(r.root, field)
	if inner.Items != nil {
		inner, path = resolve(r.root, inner.Items), path+"[]"
	} else if isObject(inner.AdditionalProperties) {
		inner, path = resolve(r.root, inner.AdditionalProperties), path+"."+anyKey
	}
	if inner.Properties == nil || inner.Properties.Len() == 0 {
		return nil, ""
	}
	return inner, path + "."
}

func (r *reader) definition(field *jsonschema.Schema) string {
	const prefix = "#/$defs/"
	for _, at := range []*jsonschema.Schema{field, field.Items, field.AdditionalProperties} {
		if at != nil && strings.HasPrefix(at.Ref, prefix) {
			return strings.TrimPrefix(at.Ref, prefix)
		}
	}
	return ""
}
