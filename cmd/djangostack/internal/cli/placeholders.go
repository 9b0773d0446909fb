package cli

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// documentationValue matches what init writes as a placeholder and documentation uses as an example: reserved domains
// (RFC 2606), reserved addresses (RFC 5737), and the account of AWS' examples.
var documentationValue = regexp.MustCompile(`(^|[./@])example(\.(com|net|org))?([:/]|$)|\b(192\.0\.2|198\.51\.100|203\.0\.113)\.\d|\b123456789012\b`)

// placeholder is a value that has to be replaced before the first up.
type placeholder struct {
	Path  string `json:"path"`
	Value string `json:"value"`
}

// placeholders lists the values of the environment that can only be examples, ordered by path.
func placeholders(file *stackfile.File) ([]placeholder, error) {
	environment, err := file.MaskedEnvironment(func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	var found []placeholder
	findPlaceholders("", environment, &found)
	return found, nil
}

func findPlaceholders(path string, value any, found *[]placeholder) {
	switch node := value.(type) {
	case string:
		if documentationValue.MatchString(node) {
			*found = append(*found, placeholder{Path: path, Value: node})
		}
	case []any:
		for i, child := range node {
			findPlaceholders(fmt.Sprintf("%s[%d]", path, i), child, found)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(node)) {
			findPlaceholders(strings.TrimPrefix(path+"."+name, "."), node[name], found)
		}
	}
}
