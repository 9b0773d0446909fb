package spec

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patterns are those of the schema.
func patterns(t *testing.T) map[string]bool {
	t.Helper()
	var schema any
	require.NoError(t, json.Unmarshal(Schema(), &schema))
	found := map[string]bool{}
	var collect func(node any)
	collect = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if pattern, isText := node["pattern"].(string); isText {
				found[pattern] = true
			}
			for _, child := range node {
				collect(child)
			}
		case []any:
			for _, child := range node {
				collect(child)
			}
		}
	}
	collect(schema)
	return found
}

func TestEveryPatternIsSaidInWords(t *testing.T) {
	inSchema := patterns(t)
	require.NotEmpty(t, inSchema)
	for pattern := range inSchema {
		assert.NotEmpty(t, FormOf(pattern), "forms lacks the pattern %s", pattern)
	}
	for pattern := range forms() {
		assert.True(t, inSchema[pattern], "no field has the pattern %s any more", pattern)
	}
}

func TestTheExamplesOfTheFormsMatch(t *testing.T) {
	several := regexp.MustCompile(`, | or `)
	for pattern, form := range forms() {
		for _, example := range several.Split(form.example, -1) {
			assert.Regexp(t, pattern, strings.Trim(example, `"`))
		}
	}
}
