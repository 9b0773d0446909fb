package cloud

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Schema is what a cloud's SDK says of the types in use. The command internal/facts reads it from the SDK's source.
//
// A type is written in a few characters: "s" is text, "i" a whole number, "f" a number, "b" a boolean, "a" anything,
// "[]T" a list, "{}T" a map, and "#NAME" an object of Types. A "!" at the end means required in inputs and in objects,
// and always set in outputs.
type Schema struct {
	// Version is that of the SDK: 6.83.4.
	Version string `json:"version"`
	// Config are the arguments of the provider.
	Config map[string]string `json:"config"`
	// Resources by token: aws:ec2/vpc:Vpc.
	Resources map[string]Resource `json:"resources"`
	// Functions by token: aws:index/getRegion:getRegion.
	Functions map[string]Function `json:"functions"`
	// Types are the objects inside properties, by package and name.
	Types map[string]map[string]string `json:"types"`
}

// Resource is what the SDK says of one type of resource.
type Resource struct {
	Inputs  map[string]string `json:"inputs"`
	Outputs map[string]string `json:"outputs"`
	// Secrets are the outputs that the SDK marks as secret.
	Secrets []string `json:"secrets,omitempty"`
}

// Function is what the SDK says of one function.
type Function struct {
	Inputs  map[string]string `json:"inputs"`
	Outputs map[string]string `json:"outputs"`
}

// ParseSchema reads facts.json.
func ParseSchema(encoded []byte) (*Schema, error) {
	var schema Schema
	if err := json.Unmarshal(encoded, &schema); err != nil {
		return nil, fmt.Errorf("reading the facts of the SDK: %w", err)
	}
	return &schema, nil
}

// Required tells whether a type ends in "!", and returns it without.
func Required(kind string) (string, bool) {
	return strings.TrimSuffix(kind, "!"), strings.HasSuffix(kind, "!")
}
