package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Parse decodes one environment from the JSON of the project's environment key
// and fills in every default. The stack's name takes part in default names. All
// mistakes are returned at once, as Problems. Files that it names are not read.
func Parse(raw []byte, stack string) (*Environment, error) {
	return ParseIn(nil, raw, stack)
}

// ParseIn is Parse for a configuration that may name files.
func ParseIn(read ReadFile, raw []byte, stack string) (*Environment, error) {
	value, err := decode(raw)
	if err != nil {
		return nil, err
	}
	mistakes, err := againstSchema(value)
	if err != nil {
		return nil, err
	}
	valid, missing, err := withoutMistakes(raw, mistakes)
	if err != nil {
		return nil, err
	}
	var problems Problems
	for _, mistake := range mistakes {
		problems = append(problems, mistake.Problem)
	}
	if valid == nil {
		return nil, problems.sorted()
	}
	environment, err := decodeValid(valid)
	if err != nil {
		return nil, err
	}
	problems = append(problems, environment.complete(valid, read, stack).unrelatedTo(missing)...)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return environment, nil
}

// complete fills in what follows from other values, and returns what contradicts.
func (e *Environment) complete(stated map[string]any, read ReadFile, stack string) Problems {
	var problems Problems
	e.applyProcfile(&problems, stated, read)
	e.derive(stack)
	problems = append(problems, e.check()...)
	return append(problems, e.checkStated(stated)...)
}

// mostBytes is far more than an environment needs. Files of the app, which are in the
// configuration, have 1 MiB at most.
const mostBytes = 4 << 20

func decode(raw []byte) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, Problems{{Path: "environment", Allowed: "is missing: set the object djangostack:environment in Pulumi.<stack>.yaml"}}
	}
	if len(raw) > mostBytes {
		return nil, Problems{{Path: "environment", Allowed: fmt.Sprintf("may have at most %d bytes, has %d", mostBytes, len(raw))}}
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
	return value, nil
}
