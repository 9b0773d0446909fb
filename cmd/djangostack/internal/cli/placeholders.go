package cli

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// documentationValue matches what documentation uses as an example: reserved domains (RFC 2606), reserved addresses
// (RFC 5737 and RFC 3849), and the account of AWS' examples.
var documentationValue = regexp.MustCompile(`(^|[./@])example(\.(com|net|org))?([:/]|$)|\b(192\.0\.2|198\.51\.100|203\.0\.113)\.\d|\b2001:0?db8:|\b123456789012\b`)

// placeholder is a value that has to be replaced.
type placeholder struct {
	Path  string `json:"path"`
	Value string `json:"value"`
	// FromInit says that init writes such a value at this path to be replaced. up refuses it.
	FromInit bool `json:"fromInit"`
}

func (p placeholder) String() string {
	if p.FromInit {
		return fmt.Sprintf("%s: %s is still the value that init wrote", p.Path, p.Value)
	}
	return fmt.Sprintf("%s: %s can only be an example", p.Path, p.Value)
}

// placeholdersError reports values of init that no one replaced.
type placeholdersError struct {
	file  string
	found []placeholder
}

func (e *placeholdersError) Error() string {
	lines := make([]string, len(e.found))
	for i, each := range e.found {
		lines[i] = "\n  " + each.String()
	}
	values := "values"
	if len(e.found) == 1 {
		values = "value"
	}
	return fmt.Sprintf("%s has %d %s to replace first; nothing was changed%s", e.file, len(e.found), values, strings.Join(lines, ""))
}

// requireReplaced returns a *placeholdersError if the stack's file has values of init that no one replaced.
func requireReplaced(path string, found []placeholder) error {
	left := slices.DeleteFunc(slices.Clone(found), func(each placeholder) bool { return !each.FromInit })
	if len(left) == 0 {
		return nil
	}
	return &placeholdersError{file: path, found: left}
}

// placeholders lists the values that have to be replaced, ordered by path: those that can only be examples, and those
// of init that are unchanged below its comment. The path is that of the stack's file, for its comments; file has the
// overrides.
func placeholders(path string, file *stackfile.File) ([]placeholder, error) {
	environment, err := file.MaskedEnvironment(func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	first, err := writtenByInit(environment)
	if err != nil {
		return nil, err
	}
	marked, err := markedPaths(path)
	if err != nil {
		return nil, err
	}
	var found []placeholder
	eachText("", environment, func(path, text string) {
		written := first[path]
		example := documentationValue.MatchString(text)
		unchanged := slices.Contains(marked, listOf(path)) && slices.Contains(written, text)
		if example || unchanged {
			found = append(found, placeholder{Path: path, Value: text, FromInit: unchanged || len(written) > 0 && mustBeReal(path, environment)})
		}
	})
	return found, nil
}

// mustBeReal reports whether an example at a path cannot come up. On a cluster without a cloud's DNS, a URL may be one.
func mustBeReal(path string, environment map[string]any) bool {
	return path != "app.url" || environment["cloud"] != string(spec.NoCloud)
}

// writtenByInit returns what init writes for the app of an environment, by path: with the answers that the
// environment shows, and with init's suggestions.
func writtenByInit(environment map[string]any) (map[string][]string, error) {
	app, _ := environment["app"].(map[string]any)
	answered := initOptions{App: textOf(app, "name"), Image: textOf(app, "image"), URL: textOf(app, "url"), Cloud: textOf(environment, "cloud"), Tier: textOf(environment, "tier")}
	suggested := initOptions{App: answered.App, Cloud: answered.Cloud, Tier: answered.Tier}
	suggested.Image, suggested.URL = suggestedImage(suggested), suggestedURL(suggested)
	written := map[string][]string{}
	for _, options := range []initOptions{answered, suggested} {
		text, err := firstFile(options, defaultProject)
		if err != nil {
			return nil, err
		}
		file, err := stackfile.Decode(text, defaultProject)
		if err != nil {
			return nil, err
		}
		first, err := file.MaskedEnvironment(func(string) string { return "" })
		if err != nil {
			return nil, err
		}
		eachText("", first, func(path, text string) { written[path] = append(written[path], text) })
	}
	return written, nil
}

func textOf(object map[string]any, key string) string {
	text, _ := object[key].(string)
	return text
}

// eachText calls visit with every string of a value, ordered by path.
func eachText(path string, value any, visit func(path, text string)) {
	switch node := value.(type) {
	case string:
		visit(path, node)
	case []any:
		for i, child := range node {
			eachText(fmt.Sprintf("%s[%d]", path, i), child, visit)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(node)) {
			eachText(strings.TrimPrefix(path+"."+name, "."), node[name], visit)
		}
	}
}

// listOf returns the path of the list of an entry, and every other path as it is.
func listOf(path string) string {
	list, _, _ := strings.Cut(path, "[")
	return list
}
