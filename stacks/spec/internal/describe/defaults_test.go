package describe_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// parsedDefaults returns what spec.Parse fills into the smallest environment of a tier, by
// path. It is how the program itself gets its defaults.
func parsedDefaults(t *testing.T, tier string) map[string]string {
	t.Helper()
	raw := `{"cloud": "none", "tier": "` + tier + `", "cluster": {"context": "kind-kind"}, "database": {"kind": "in-cluster"},
		"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
		"workers": [{"name": "default"}], "processes": [{"name": "bot", "command": ["bot"]}], "cron": [{"name": "clean", "schedule": "0 3 * * *", "command": ["clean"]}]}`
	environment, err := spec.Parse([]byte(raw), "dev")
	require.NoError(t, err)
	text, err := json.Marshal(environment)
	require.NoError(t, err)
	var parsed any
	require.NoError(t, json.Unmarshal(text, &parsed))
	values := map[string]string{}
	flatten(parsed, "", values)
	return values
}

// flatten writes the values of an object by path; a list of plain values is one value.
func flatten(value any, path string, values map[string]string) {
	switch held := value.(type) {
	case map[string]any:
		for name, inner := range held {
			flatten(inner, strings.TrimPrefix(path+"."+name, "."), values)
		}
	case []any:
		var texts []string
		for _, inner := range held {
			if _, isObject := inner.(map[string]any); isObject {
				flatten(inner, path+"[]", values)
				continue
			}
			texts = append(texts, fmt.Sprint(inner))
		}
		if len(texts) > 0 {
			values[path] = strings.Join(texts, ", ")
		}
	default:
		values[path] = fmt.Sprint(held)
	}
}

// row is one field of a page.
type row struct{ path, staging, production string }

// pageRows reads the tables of the pages.
func pageRows(pages map[string][]byte) []row {
	var rows []row
	for path, text := range pages {
		if filepath.Base(filepath.Dir(path)) != "configuration" {
			continue
		}
		for line := range strings.Lines(string(text)) {
			cells := strings.Split(strings.ReplaceAll(line, `\|`, "/"), " | ")
			if len(cells) != 6 || !strings.HasPrefix(line, "| `") {
				continue
			}
			rows = append(rows, row{path: strings.Trim(cells[0], "| `"), staging: cells[2], production: cells[3]})
		}
	}
	return rows
}

// wrongDefaults returns the fields whose defaults on the pages are not those of the program,
// and how many were compared. Defaults that follow from other values are in words, and those
// that depend on the cloud name it: both are left out.
func wrongDefaults(t *testing.T, pages map[string][]byte) (wrong []string, compared int) {
	t.Helper()
	derived := spec.DerivedDefaults()
	staging, production := parsedDefaults(t, "staging"), parsedDefaults(t, "production")
	for _, row := range pageRows(pages) {
		if _, isDerived := derived[row.path]; isDerived || strings.Contains(row.staging, "with cloud") {
			continue
		}
		for _, tier := range []struct {
			page   string
			parsed map[string]string
		}{{row.staging, staging}, {row.production, production}} {
			parsed, has := tier.parsed[row.path]
			if !has || tier.page == "–" || strings.Contains(tier.page, "required") {
				continue
			}
			compared++
			if parsed != tier.page {
				wrong = append(wrong, fmt.Sprintf("%s: the page has %s, the program %s", row.path, tier.page, parsed))
			}
		}
	}
	return wrong, compared
}

func TestTheDefaultsOfThePagesAreThoseOfTheProgram(t *testing.T) {
	wrong, compared := wrongDefaults(t, files(t))
	assert.Empty(t, wrong)
	assert.Greater(t, compared, 150)
}

func TestAWrongDefaultOnAPageIsFound(t *testing.T) {
	pages := files(t)
	path := filepath.Join("..", "..", "docs", "configuration", "web.md")
	const right, broken = "| `web.replicas` | integer: 1 to 500 | 2 | 3 |", "| `web.replicas` | integer: 1 to 500 | 2 | 4 |"
	require.Contains(t, string(pages[path]), right)
	pages[path] = []byte(strings.Replace(string(pages[path]), right, broken, 1))
	wrong, _ := wrongDefaults(t, pages)
	assert.Equal(t, []string{"web.replicas: the page has 4, the program 3"}, wrong)
}
