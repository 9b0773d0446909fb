package spec

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed schema.json
var schemaJSON []byte

// Schema returns the JSON Schema of the environment value, for editors.
func Schema() []byte {
	return bytes.Clone(schemaJSON)
}

// schemaName is an absolute URL. The library would resolve a relative name against the working directory, which
// fails where that has a space in its path.
const schemaName = "urn:djangostack:environment"

// compiledSchema compiles the schema once, since that takes far longer than checking a value
// against it.
//
//nolint:gochecknoglobals // never assigned again
var compiledSchema = sync.OnceValues(compileSchema)

func compileSchema() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(schemaName, document); err != nil {
		return nil, fmt.Errorf("adding the schema: %w", err)
	}
	schema, err := compiler.Compile(schemaName)
	if err != nil {
		return nil, fmt.Errorf("compiling the schema: %w", err)
	}
	return schema, nil
}

// againstSchema returns the fields of a configuration that do not match the schema.
func againstSchema(value any) ([]schemaMistake, error) {
	schema, err := compiledSchema()
	if err != nil {
		return nil, err
	}
	err = schema.Validate(value)
	if err == nil {
		return nil, nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil, fmt.Errorf("checking the environment against its schema: %w", err)
	}
	translate := translator{schema: schema, value: value, printer: message.NewPrinter(language.English)}
	return translate.all(invalid), nil
}

// translator turns the schema library's errors into mistakes with a path.
type translator struct {
	schema  *jsonschema.Schema
	value   any
	printer *message.Printer
}

func (t translator) all(invalid *jsonschema.ValidationError) []schemaMistake {
	if len(invalid.Causes) == 0 {
		return t.one(invalid)
	}
	var mistakes []schemaMistake
	for _, cause := range invalid.Causes {
		mistakes = append(mistakes, t.all(cause)...)
	}
	return mistakes
}

func (t translator) one(invalid *jsonschema.ValidationError) []schemaMistake {
	at := invalid.InstanceLocation
	switch found := invalid.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		return t.unknown(at, found.Properties)
	case *kind.Required:
		return missing(at, found.Missing)
	case *kind.Type:
		return t.mistake(at, wrongType(found), found.Want...)
	case *kind.Enum:
		return t.mistake(at, "must be one of "+list(found.Want))
	case *kind.Pattern:
		return t.mistake(at, fmt.Sprintf("must be %s (%s)", FormOf(found.Want), described(t.schema, at)))
	case *kind.Minimum:
		return t.mistake(at, fmt.Sprintf("must be at least %s (%s)", found.Want.RatString(), described(t.schema, at)))
	case *kind.Maximum:
		return t.mistake(at, fmt.Sprintf("may be at most %s (%s)", found.Want.RatString(), described(t.schema, at)))
	case *kind.MinLength:
		return t.mistake(at, fmt.Sprintf("must have at least %s, has %d (%s)", plural(found.Want, "character"), found.Got, described(t.schema, at)))
	case *kind.MaxLength:
		return t.mistake(at, fmt.Sprintf("may have at most %s, has %d (%s)", plural(found.Want, "character"), found.Got, described(t.schema, at)))
	case *kind.MinItems:
		return t.mistake(at, fmt.Sprintf("must have at least %s, has %d (%s)", plural(found.Want, "entry"), found.Got, described(t.schema, at)))
	case *kind.MaxItems:
		return t.mistake(at, fmt.Sprintf("may have at most %s, has %d (%s)", plural(found.Want, "entry"), found.Got, described(t.schema, at)))
	case *kind.UniqueItems:
		return t.mistake(at, fmt.Sprintf("has the same entry twice, at [%d] and [%d]; keep one", found.Duplicates[0], found.Duplicates[1]))
	default:
		return t.mistake(at, invalid.ErrorKind.LocalizedString(t.printer))
	}
}

// wrongType says which type a value must have. YAML and --set read 1.30 as the number 1.3, so a number instead of a
// string is most often a version or a name without quotes.
func wrongType(found *kind.Type) string {
	text := fmt.Sprintf("must be of type %s, is %s", strings.Join(found.Want, " or "), found.Got)
	if slices.Equal(found.Want, []string{"string"}) && (found.Got == "number" || found.Got == "integer") {
		return text + `: put it into quotes, as in "1.30"`
	}
	return text
}

func plural(count int, noun string) string {
	switch {
	case count == 1:
		return "1 " + noun
	case noun == "entry":
		return fmt.Sprintf("%d entries", count)
	default:
		return fmt.Sprintf("%d %ss", count, noun)
	}
}

// mistake is a field whose value the schema does not allow; wanted are the types of a field
// that has another type.
func (t translator) mistake(at []string, allowed string, wanted ...string) []schemaMistake {
	problem := Problem{Path: path(at), Value: shown(at, lookup(t.value, at), wanted...), Allowed: allowed}
	return []schemaMistake{{Problem: problem, location: at, known: true, ofType: len(wanted) > 0}}
}

func (t translator) unknown(at, names []string) []schemaMistake {
	known := properties(t.schema, at)
	var mistakes []schemaMistake
	for _, name := range names {
		location := slices.Concat(at, []string{name})
		mistake := schemaMistake{location: location}
		mistake.Path = path(location)
		mistake.Allowed = "unknown field; allowed are " + strings.Join(known, ", ")
		if near := nearest(name, known); near != "" {
			mistake.Allowed = fmt.Sprintf("unknown field; did you mean %s?", near)
			mistake.meant = path(slices.Concat(at, []string{near}))
		}
		mistakes = append(mistakes, mistake)
	}
	return mistakes
}

func missing(at, names []string) []schemaMistake {
	var mistakes []schemaMistake
	for _, name := range names {
		location := slices.Concat(at, []string{name})
		mistakes = append(mistakes, schemaMistake{Problem: Problem{Path: path(location), Allowed: "is required"}, location: location, known: true})
	}
	return mistakes
}

// nearest returns the known name that a misspelt one most likely means.
func nearest(name string, known []string) string {
	best, distance := "", 3
	for _, candidate := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}
