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
	problems, err := againstSchema(value)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, problems
	}

	var stated struct {
		Tier  Tier  `json:"tier"`
		Cloud Cloud `json:"cloud"`
	}
	if err := json.Unmarshal(raw, &stated); err != nil {
		return nil, fmt.Errorf("reading the environment's tier: %w", err)
	}
	environment := defaults(stated.Tier, stated.Cloud)
	if err := json.Unmarshal(raw, &environment); err != nil {
		return nil, fmt.Errorf("decoding the environment: %w", err)
	}
	environment.applyProcfile(&problems, value, read)
	environment.derive(stack)

	problems = append(problems, environment.check()...)
	problems = append(problems, environment.checkStated(value)...)
	if len(problems) > 0 {
		return nil, problems.sorted()
	}
	return &environment, nil
}

func decode(raw []byte) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, Problems{{Path: "environment", Allowed: "is missing: set the object djangostack:environment in Pulumi.<stack>.yaml"}}
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, Problems{{Path: "environment", Allowed: fmt.Sprintf("is not an object: %v", err)}}
	}
	return value, nil
}
