package reference

import (
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// defaultsOf returns the default of the field at a path in each tier, in words.
func defaultsOf(path string) (staging, production string) {
	return spec.DefaultText(strings.ReplaceAll(path, "."+anyKey, "{}"))
}
