package cloud

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Lint returns the types, properties and functions in the tables that the SDK does not have, and those of the SDK
// without a table. Tests call it.
func (c *Catalog) Lint() []string {
	var found []string
	for _, token := range c.Types() {
		for _, problem := range c.lint(token, c.Kinds[token]) {
			found = append(found, token+": "+problem)
		}
	}
	for token := range c.Schema.Resources {
		if c.Kinds[token] == nil {
			found = append(found, token+": there is no table for it")
		}
	}
	for token := range c.Schema.Functions {
		if c.Functions[token] == nil {
			found = append(found, token+": nothing answers this function")
		}
	}
	for token := range c.Functions {
		if _, described := c.Schema.Functions[token]; !described {
			found = append(found, token+": the SDK was not read for this function")
		}
	}
	slices.Sort(found)
	return found
}

func (c *Catalog) lint(token string, kind *Kind) []string {
	var found []string
	add := func(format string, values ...any) { found = append(found, fmt.Sprintf(format, values...)) }
	if kind.DisplayName == "" {
		add("it has no name")
	}
	for _, reference := range kind.References {
		if c.Kinds[reference.To] == nil {
			add("%s refers to %s, which has no table", reference.Path, reference.To)
		}
	}
	facts, described := c.Schema.Resources[token]
	switch {
	case !described && kind.ID == "":
		// This is a part of other resources, which no program creates.
		return found
	case !described:
		add("the SDK was not read for it")
		return found
	}
	for _, path := range kind.arguments() {
		if !c.Schema.has(facts.Inputs, path) {
			add("there is no argument %s", path)
		}
	}
	for _, path := range slices.Concat(slices.Collect(maps.Keys(kind.Outputs)), kind.Unique) {
		if !c.Schema.has(facts.Outputs, path) {
			add("there is no output %s", path)
		}
	}
	name, takes := facts.Inputs["name"]
	_, required := Required(name)
	switch {
	case kind.Name == nil && takes && !required:
		add("the bridge makes a name for it, and the table does not")
	case kind.Name != nil && strings.HasSuffix(facts.Inputs[kind.Name.Property], "!"):
		add("there is an automatic name for %s, which the SDK asks for", kind.Name.Property)
	}
	return found
}

// arguments returns all paths that must be arguments.
func (k *Kind) arguments() []string {
	paths := slices.Concat(k.ReplaceOn, k.Ordered, k.Sets, k.JSON, k.Computed, slices.Collect(maps.Keys(k.Defaults)),
		slices.Collect(maps.Keys(k.DefaultsUnless)), slices.Collect(maps.Values(k.DefaultsUnless)))
	for _, reference := range k.References {
		paths = append(paths, reference.Path)
	}
	if k.Name == nil {
		return paths
	}
	paths = append(paths, k.Name.Property)
	if k.Name.ReplacedBy != "" && k.Name.ReplacedBy != "namePrefix" {
		paths = append(paths, k.Name.ReplacedBy)
	}
	return paths
}

// has tells whether a path is a property.
func (s *Schema) has(properties map[string]string, path string) bool {
	name, rest, more := strings.Cut(path, ".")
	kind, known := properties[name]
	if !known || !more {
		return known
	}
	kind, _ = Required(kind)
	kind = strings.TrimPrefix(strings.TrimPrefix(kind, "[]"), "{}")
	object, is := strings.CutPrefix(kind, "#")
	return is && s.has(s.Types[object], rest)
}
