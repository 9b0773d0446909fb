package spec

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

// templateReference is a reference in the text of a template: $(value:database.password) is
// replaced by a value of the environment contract, and $(secret:NAME.KEY) by an entry of one of
// secrets. $$(value:database.password) stays as text.
var templateReference = regexp.MustCompile(`\$?\$\((value|secret):([^()]*)\)`)

// plainReference is what a reference to a value looks like without value: in front of it.
var plainReference = regexp.MustCompile(`\$?\$\(([a-zA-Z]+\.[a-zA-Z]+)\)`)

// TemplatePart is a piece of a template: a text, a value of the contract, or an entry of a Secret.
type TemplatePart struct {
	Text string
	// Value is empty unless the part is a value of the contract.
	Value contract.Path
	// Secret and Key are empty unless the part is an entry of one of secrets.
	Secret, Key string
}

// TemplateParts splits a template into its parts. Addresses of processes are text.
func (e *Environment) TemplateParts(template string) []TemplatePart {
	text := e.FileText(template)
	var parts []TemplatePart
	from := 0
	for _, at := range templateReference.FindAllStringIndex(text, -1) {
		reference := text[at[0]:at[1]]
		parts = append(parts, TemplatePart{Text: text[from:at[0]]}, partOf(reference))
		from = at[1]
	}
	return append(parts, TemplatePart{Text: text[from:]})
}

func partOf(reference string) TemplatePart {
	if strings.HasPrefix(reference, "$$") {
		return TemplatePart{Text: reference[1:]}
	}
	found := templateReference.FindStringSubmatch(reference)
	if found[1] == "value" {
		return TemplatePart{Value: contract.Path(found[2])}
	}
	secret, key, _ := strings.Cut(found[2], ".")
	return TemplatePart{Secret: secret, Key: key}
}

// checkTemplates reports references that nothing replaces, and entries that are given twice.
func (e *Environment) checkTemplates(problems *Problems) {
	for i, secret := range e.Secrets {
		at := indexed("secrets", i) + ".templates"
		checkKeys(problems, at, keys(secret.Templates))
		for _, key := range keys(secret.Templates) {
			path := at + "." + maskedStep(key)
			_, given := secret.Entries[key]
			_, generated := secret.Generate[key]
			if given || generated {
				problems.add(path, nil, "is in entries or generate of the Secret too; keep one of them")
			}
			e.checkTemplate(problems, path, secret.Templates[key])
		}
	}
	e.checkUnreplaced(problems)
}

func (e *Environment) checkTemplate(problems *Problems, path, template string) {
	replaced := false
	for _, reference := range templateReference.FindAllStringSubmatch(template, -1) {
		if reference[2] == "" && !strings.HasPrefix(reference[0], "$$") {
			problems.add(path, nil, "has the reference %s without a name: write $(value:database.password) or $(secret:NAME.KEY), for instance", reference[0])
		}
	}
	for _, reference := range plainReference.FindAllStringSubmatch(template, -1) {
		if !strings.HasPrefix(reference[0], "$$") && slices.Contains(contract.Paths(), reference[1]) {
			problems.add(path, nil, "has %s, which nothing replaces: write $(value:%s); $$(%s) stays as text", reference[0], reference[1], reference[1])
		}
	}
	for _, part := range e.TemplateParts(template) {
		switch {
		case part.Value != "":
			e.checkTemplateValue(problems, path, string(part.Value))
		case part.Secret != "" || part.Key != "":
			e.checkTemplateEntry(problems, path, part)
		default:
			continue
		}
		replaced = true
	}
	if !replaced && !plainReference.MatchString(template) && !processAddress.MatchString(template) {
		problems.add(path, nil, "has no reference such as $(value:database.password): write it into configMaps[].entries, or into entries of the Secret if it is secret")
	}
}

func (e *Environment) checkTemplateValue(problems *Problems, path, value string) {
	if !slices.Contains(contract.Paths(), value) {
		problems.add(path, nil, "refers to %s, which is not a value of the environment contract%s; docs/contract.md lists them", maskedStep(value), nearestPath(value))
		return
	}
	if why := e.lacks(contract.Path(value)); why != "" {
		problems.add(path, nil, "refers to %s, which this environment does not have, because %s", value, why)
		return
	}
	if at := e.storedWhere(contract.Path(value)); at != "" {
		problems.add(path, nil, "refers to %s, of which the configuration has no copy, because %s names a Secret: give the process that Secret as variables (secretKeyRefs), or the server's password here", value, at)
	}
}

func (e *Environment) checkTemplateEntry(problems *Problems, path string, part TemplatePart) {
	own := e.OwnSecret(part.Secret)
	if own == nil {
		problems.add(path, nil, "refers to the Secret %s, which is not one of secrets%s", maskedStep(part.Secret), didYouMean(part.Secret, e.secretNames()))
		return
	}
	_, given := own.Entries[part.Key]
	_, generated := own.Generate[part.Key]
	if !given && !generated {
		usable := slices.Sorted(maps.Keys(own.Generate))
		usable = append(usable, keys(own.Entries)...)
		has := "has no entries and generates none"
		if len(usable) > 0 {
			has = "has " + strings.Join(usable, ", ")
		}
		problems.add(path, nil, "refers to the entry %s of the Secret %s, which %s", maskedStep(part.Key), own.Name, has)
	}
}

func (e *Environment) secretNames() []string {
	var names []string
	for _, secret := range e.Secrets {
		names = append(names, secret.Name)
	}
	return names
}

// checkUnreplaced reports references of a template elsewhere, where nothing replaces them.
func (e *Environment) checkUnreplaced(problems *Problems) {
	texts := e.addressTexts()
	for _, path := range keys(texts) {
		e.checkVariablesInFile(problems, path, texts[path])
		if strings.HasPrefix(path, "secrets[") && strings.Contains(path, ".templates.") {
			continue
		}
		for _, reference := range templateReference.FindAllString(texts[path], -1) {
			if strings.HasPrefix(reference, "$$") {
				continue
			}
			problems.add(path, nil, "has a reference $(%s:, which only secrets[].templates replace: %s", templateReference.FindStringSubmatch(reference)[1], instead(path))
		}
	}
}

// checkVariablesInFile reports a variable of the contract in a file: Kubernetes replaces it in
// variables and commands only.
func (e *Environment) checkVariablesInFile(problems *Problems, path, text string) {
	if !isFile(path) {
		return
	}
	for _, name := range contract.References(text) {
		value := contract.PathOf(name, e.profiles())
		switch {
		case !e.setsVariable(name):
		case e.storedWhere(value) != "":
			problems.add(path, nil, "names the variable %s, which nothing replaces in a file, and whose value %s has: use the variable in the process; $$(%s) stays as text", name, e.storedWhere(value), name)
		default:
			problems.add(path, nil, "names the variable %s, which nothing replaces in a file: write $(value:%s) into a template of secrets[].templates; $$(%s) stays as text", name, value, name)
		}
	}
}

// isFile reports whether a path is that of a file, or of an entry that may be mounted as one.
func isFile(path string) bool {
	return strings.HasPrefix(path, "app.files.") || strings.Contains(path, ".entries.") || strings.Contains(path, ".templates.")
}

// instead says what to write in place of a reference that nothing replaces.
func instead(path string) string {
	if isFile(path) {
		return "write the file into templates of one of secrets, and mount it with a volume of source secret"
	}
	return "bind a variable in app.bindings, or take it from a Secret in secretKeyRefs, and write $(NAME)"
}
