package describe

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

const (
	// environmentPage has the top-level values that are no section.
	environmentPage = "environment"
	// podsPage has the settings that every process shares.
	podsPage = "pods"
)

const generated = "\nThis page is generated from the types in `stacks/spec`; run `make generate` after a change of them.\n"

// pages writes the configuration reference: an index and one page for each section, by
// path below docs.
func pages(schema []byte) (map[string]string, error) {
	fields, err := reference.New(schema)
	if err != nil {
		return nil, err
	}
	texts, err := sections()
	if err != nil {
		return nil, err
	}
	names := pageNames(fields)
	settings := sharedSettings(fields)
	written := map[string]string{"configuration.md": indexPage(names, texts)}
	for _, name := range names {
		text, known := texts[name]
		if !known {
			return nil, fmt.Errorf("the section %s has no introduction and example: write stacks/spec/internal/describe/sections/%s.yaml", name, name)
		}
		written["configuration/"+fileName(name)] = page(fields, settings, name, text)
	}
	for name := range texts {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("stacks/spec/internal/describe/sections/%s.yaml describes no section of the configuration", name)
		}
	}
	return written, nil
}

// pageNames are the pages in the order of the index.
func pageNames(fields *reference.Reference) []string {
	names := []string{environmentPage}
	for _, field := range fields.Children("") {
		if field.Definition != "" {
			names = append(names, field.Path)
		}
	}
	return append(names, podsPage)
}

// fileName is the file of a page: load-balancer.md for loadBalancer.
func fileName(page string) string {
	var name strings.Builder
	for _, letter := range page {
		if unicode.IsUpper(letter) {
			name.WriteByte('-')
		}
		name.WriteRune(unicode.ToLower(letter))
	}
	return name.String() + ".md"
}

const indexIntroduction = `# Configuration

The object ` + "`djangostack:environment`" + ` in ` + "`Pulumi.<stack>.yaml`" + ` describes a whole environment. Unknown fields, wrong types and
contradictions are errors; all of them are named at once, before any resource changes.

| to | run |
|---|---|
| write a first file | ` + "`djangostack init`" + ` |
| check a file | ` + "`djangostack config validate Pulumi.<stack>.yaml`" + ` |
| read about one field | ` + "`djangostack config explain web.replicas`" + ` |

Editors complete and check the file by ` + "`schemas/pulumi-stack.schema.json`" + `, which the first line of a stack's file names.
Each page below has an example, and a table of its fields: type, defaults of both tiers, what a change does to a running environment,
and meaning. The effects of the changes are measured by tests: on the [processes](changes/processes.md), and on a production
environment on [AWS](changes/aws.md) and [Google Cloud](changes/gcp.md).

| page | fields of |
|---|---|
`

func indexPage(names []string, texts map[string]section) string {
	var b strings.Builder
	b.WriteString(indexIntroduction)
	for _, name := range names {
		fmt.Fprintf(&b, "| [%s](configuration/%s) | %s |\n", name, fileName(name), texts[name].Introduction)
	}
	b.WriteString(generated)
	return b.String()
}

func page(fields *reference.Reference, settings shared, name string, text section) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n```yaml\n%s```\n", text.Title, text.Introduction, text.Example)
	switch name {
	case environmentPage:
		b.WriteString(table(settings, topLevelValues(fields)))
	case podsPage:
		b.WriteString(podSettings(fields, settings))
	default:
		b.WriteString(table(settings, sectionFields(fields, settings, name)))
	}
	b.WriteString(generated)
	return b.String()
}

func topLevelValues(fields *reference.Reference) []reference.Field {
	return slices.DeleteFunc(fields.Children(""), func(field reference.Field) bool { return field.Definition != "" })
}

// sectionFields are the fields below a section, without those of settings that the page of
// the pods describes.
func sectionFields(fields *reference.Reference, settings shared, path string) []reference.Field {
	var below []reference.Field
	for _, field := range fields.Children(path) {
		below = append(below, field)
		if field.Definition != "" && !settings.has(field) {
			below = append(below, sectionFields(fields, settings, field.Path)...)
		}
	}
	return below
}

const tableHead = `
| field | type | default in staging | default in production | what a change does | meaning |
|---|---|---|---|---|---|
`

func table(settings shared, fields []reference.Field) string {
	var b strings.Builder
	b.WriteString(tableHead)
	for _, field := range fields {
		meaning := field.Meaning
		if settings.has(field) {
			meaning = strings.TrimSuffix(meaning, ".") + fmt.Sprintf(": see [pods](%s#%s).", fileName(podsPage), strings.ToLower(lastStep(field.Path)))
		}
		writeRow(&b, field.Path, field, meaning)
	}
	return b.String()
}

func writeRow(b *strings.Builder, name string, field reference.Field, meaning string) {
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s |\n",
		name, cell(typeWords(field)), cell(defaultCell(field, field.Staging)), cell(defaultCell(field, field.Production)), cell(effects(field.Changes)), cell(meaning))
}

// typeWords leaves the forms of texts out, which "config explain" shows.
func typeWords(field reference.Field) string {
	if field.Allowed == "" || field.Form {
		return field.Type
	}
	return field.Type + ": " + field.Allowed
}

func defaultCell(field reference.Field, text string) string {
	switch {
	case text != "":
		return text
	case field.Required:
		return "**required**"
	default:
		return "–"
	}
}

// effects puts what changes of a field do into one cell; equal ones are said once.
func effects(changes []reference.Effect) string {
	var words []string
	for _, change := range changes {
		text := change.Does
		if change.Where != "" {
			text = change.Where + ": " + text
		}
		if !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return "–"
	}
	return strings.Join(words, "<br>")
}

// cell is text that fits into a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", "\\|")
}

func lastStep(path string) string { return path[strings.LastIndex(path, ".")+1:] }
