package aws

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/twin/cloud"
)

// hasPath says whether a type of the SDK has a property at a path.
func hasPath(schema *cloud.Schema, properties map[string]string, path string) bool {
	name, rest, more := strings.Cut(path, ".")
	kind, known := properties[name]
	if !known || !more {
		return known
	}
	kind, _ = cloud.Required(kind)
	kind = strings.TrimPrefix(strings.TrimPrefix(kind, "[]"), "{}")
	object, is := strings.CutPrefix(kind, "#")
	return is && hasPath(schema, schema.Types[object], rest)
}

func TestTablesNameWhatTheSDKHas(t *testing.T) {
	catalog, err := catalog(Options{})
	require.NoError(t, err)
	for _, token := range catalog.Types() {
		kind := catalog.Kinds[token]
		assert.NotEmpty(t, kind.Called, token)
		if token == networkInterface {
			continue
		}
		facts, known := catalog.Schema.Resources[token]
		require.True(t, known, "%s is no type of the SDK that was read", token)
		inputs := slices.Concat(kind.Replaces, kind.Ordered, kind.Sets, kind.Documents, kind.Computed, slices.Collect(maps.Keys(kind.Defaults)))
		for _, reference := range kind.References {
			inputs = append(inputs, reference.Path)
			assert.Contains(t, catalog.Kinds, reference.To, "%s refers by %s", token, reference.Path)
		}
		if kind.Name != nil {
			inputs = append(inputs, kind.Name.Property)
			_, required := cloud.Required(facts.Inputs[kind.Name.Property])
			assert.False(t, required, "%s: an automatic name for %s, which the SDK asks for", token, kind.Name.Property)
			if kind.Name.Instead != "" && kind.Name.Instead != "namePrefix" {
				inputs = append(inputs, kind.Name.Instead)
			}
		}
		for _, path := range inputs {
			assert.True(t, hasPath(catalog.Schema, facts.Inputs, path), "%s has no argument %s", token, path)
		}
		for path := range kind.Outputs {
			assert.True(t, hasPath(catalog.Schema, facts.Outputs, path), "%s has no output %s", token, path)
		}
		for _, path := range kind.Unique {
			assert.True(t, hasPath(catalog.Schema, facts.Outputs, path), "%s has no property %s", token, path)
		}
	}
}

func TestEveryTypeThatWasReadHasATable(t *testing.T) {
	catalog, err := catalog(Options{})
	require.NoError(t, err)
	for token := range catalog.Schema.Resources {
		assert.Contains(t, catalog.Kinds, token)
	}
	for token := range catalog.Schema.Functions {
		assert.Contains(t, catalog.Functions, token)
	}
	for token := range catalog.Functions {
		assert.Contains(t, catalog.Schema.Functions, token)
	}
}

func TestEveryOptionalNameIsMadeWhenNotGiven(t *testing.T) {
	catalog, err := catalog(Options{})
	require.NoError(t, err)
	for token, facts := range catalog.Schema.Resources {
		kind, optional := facts.Inputs["name"]
		if _, required := cloud.Required(kind); !optional || required || token == "aws:rds/instance:Instance" {
			continue
		}
		assert.NotNil(t, catalog.Kinds[token].Name, "%s: the bridge makes a name", token)
	}
}
