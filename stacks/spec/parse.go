package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Parse decodes one environment from the JSON of the project's environment key
// and fills in every default. The stack's name takes part in default names. All
// mistakes are returned at once, as Problems. Files that it names are not read.
func Parse(raw []byte, stack string) (*Environment, error) {
	return ParseIn(nil, raw, stack)
}

// ParseIn is Parse for a configuration that may name files. Its errors are the same.
func ParseIn(read ReadFile, raw []byte, stack string) (*Environment, error) {
	environment, problems, err := Input{JSON: raw, Stack: stack, Read: read}.parse()
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return environment, nil
}

// Input is a configuration of one stack.
type Input struct {
	// JSON of the project's environment key.
	JSON []byte
	// Stack is the stack's name, which takes part in default names.
	Stack string
	// Read reads files that the configuration names; nil if there are none.
	Read ReadFile
	// Encrypted reports which values are encrypted in the stack's file; nil if none is.
	Encrypted Encrypted
	// HasSubstitutes says that a substitute replaces each encrypted value. What a mistake
	// says about a substitute is not reported.
	HasSubstitutes bool
}

// Check is Parse, and reports secrets that are not encrypted together with all other mistakes. The error is of type
// Problems.
func Check(input Input) (*Environment, error) {
	environment, problems, err := input.parse()
	if err != nil {
		return nil, err
	}
	problems = append(problems, input.plain().unrelatedTo(problems.paths())...)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return environment, nil
}

// plain reports the secrets that are not encrypted, whatever else is wrong.
func (i Input) plain() Problems {
	value, err := decode(i.JSON)
	if err != nil {
		return nil
	}
	var problems Problems
	walkValues(value, nil, func(at []string, value any) {
		if value != nil && secret(at) {
			problems.requireEncrypted(path(at), i.Encrypted)
		}
	})
	return problems
}

// parse returns the environment, which is incomplete if there are problems, and nil if it has
// no tier or no cloud.
func (i Input) parse() (*Environment, Problems, error) {
	value, err := decode(i.JSON)
	if err != nil {
		return nil, nil, err
	}
	mistakes, err := againstSchema(value)
	if err != nil {
		return nil, nil, err
	}
	mistakes = i.aboutKnown(mistakes)
	valid, missing, err := withoutMistakes(i.JSON, mistakes)
	if err != nil {
		return nil, nil, err
	}
	var problems Problems
	for _, mistake := range mistakes {
		problems = append(problems, mistake.Problem)
	}
	if valid == nil {
		return nil, problems, nil
	}
	environment, err := decodeValid(valid)
	if err != nil {
		return nil, nil, err
	}
	missing = append(missing, i.substitutes(valid)...)
	problems = append(problems, environment.complete(valid, i.Read, i.Stack).unrelatedTo(missing)...)
	return environment, problems, nil
}

// aboutKnown returns the mistakes without those in the text of a substitute.
func (i Input) aboutKnown(mistakes []schemaMistake) []schemaMistake {
	if !i.HasSubstitutes || i.Encrypted == nil {
		return mistakes
	}
	return slices.DeleteFunc(mistakes, func(m schemaMistake) bool { return !m.ofType && i.Encrypted(m.Path) })
}

// substitutes returns the paths of the substitutes in a configuration. Those of secrets are left
// out: a secret is of any form, and what is checked is that it is there.
func (i Input) substitutes(valid map[string]any) []string {
	if !i.HasSubstitutes || i.Encrypted == nil {
		return nil
	}
	var paths []string
	walkValues(valid, nil, func(at []string, _ any) {
		if name := path(at); i.Encrypted(name) && !IsSecret(name) {
			paths = append(paths, name)
		}
	})
	return paths
}

// walkValues visits every value below an object or a list that is neither.
func walkValues(value any, at []string, visit func(at []string, value any)) {
	switch node := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(node)) {
			walkValues(node[name], slices.Concat(at, []string{name}), visit)
		}
	case []any:
		for i, child := range node {
			walkValues(child, slices.Concat(at, []string{strconv.Itoa(i)}), visit)
		}
	default:
		visit(at, value)
	}
}

// complete fills in what follows from other values, and returns what contradicts.
func (e *Environment) complete(stated map[string]any, read ReadFile, stack string) Problems {
	var problems Problems
	e.applyProcfile(&problems, stated, read)
	e.derive(stack)
	e.deriveRelease(stated)
	problems = append(problems, e.check()...)
	return append(problems, e.checkStated(stated)...)
}

// MaxBytes is the size of the largest configuration, which is far more than an environment needs. Files of the app, which are in the
// configuration, have 1 MiB at most.
const MaxBytes = 4 << 20

func decode(raw []byte) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, Problems{{Path: "environment", Allowed: "is missing: set the object djangostack:environment in Pulumi.<stack>.yaml"}}
	}
	if len(raw) > MaxBytes {
		return nil, Problems{{Path: "environment", Allowed: fmt.Sprintf("may have at most %d bytes, has %d", MaxBytes, len(raw))}}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, Problems{{Path: "environment", Allowed: fmt.Sprintf("is not an object: %v", err)}}
	}
	if decoder.More() {
		return nil, Problems{{Path: "environment", Allowed: "has text after its end"}}
	}
	return withIntegers(value), nil
}

// withIntegers writes whole numbers such as 60.0 and 6e1 as integers. JSON Schema takes them for
// integers, and Go does not.
func withIntegers(value any) any {
	switch node := value.(type) {
	case map[string]any:
		for name, child := range node {
			node[name] = withIntegers(child)
		}
	case []any:
		for i, child := range node {
			node[i] = withIntegers(child)
		}
	case json.Number:
		number, err := node.Float64()
		// Larger numbers are not exact.
		const exact = 1 << 53
		if err == nil && number == math.Trunc(number) && math.Abs(number) < exact {
			return json.Number(strconv.FormatInt(int64(number), 10))
		}
	}
	return value
}
