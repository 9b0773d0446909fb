package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/OpenPeeDeeP/depguard/v2"
	"go.yaml.in/yaml/v3"
)

// rules is the content of .lint.yaml.
type rules struct {
	// Disable names checks that do not run at all.
	Disable []string `yaml:"disable"`
	// NotInTests names checks that do not run on _test.go files.
	NotInTests []string `yaml:"not-in-tests"`
	// Flags sets the flags of analyzers: analyzer, flag, value.
	Flags map[string]map[string]string `yaml:"flags"`
	// UncheckedErrors names the functions whose error may be dropped.
	UncheckedErrors []string `yaml:"unchecked-errors"`
	// Imports says which packages a set of files may not import.
	Imports map[string]importRule `yaml:"imports"`
}

type importRule struct {
	Files []string `yaml:"files"`
	Deny  []struct {
		Package string `yaml:"pkg"`
		Reason  string `yaml:"desc"`
	} `yaml:"deny"`
}

func readRules(path string) (*rules, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	r := new(rules)
	if err := decoder.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// depguardSettings puts the import rules in depguard's form.
func (r *rules) depguardSettings() *depguard.LinterSettings {
	settings := depguard.LinterSettings{}
	for name, rule := range r.Imports {
		deny := map[string]string{}
		for _, d := range rule.Deny {
			deny[d.Package] = d.Reason
		}
		settings[name] = &depguard.List{ListMode: "lax", Files: rule.Files, Deny: deny}
	}
	return &settings
}
