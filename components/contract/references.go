package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The value of a variable can refer to others: $(NAME) is replaced by the value of NAME,
// and $$(NAME) by the text $(NAME). Any other dollar is a dollar.
var reference = regexp.MustCompile(`\$?\$\(([A-Za-z_][A-Za-z0-9_]*)\)`)

// References lists the variables that a value refers to, each once.
func References(value string) []string {
	var names []string
	for _, found := range reference.FindAllStringSubmatch(value, -1) {
		if !strings.HasPrefix(found[0], "$$") && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// Unescaped returns a value without references as the process sees it.
func Unescaped(value string) string {
	return UnescapedNames(value, func(string) bool { return true })
}

// UnescapedNames returns a text with $(NAME) instead of $$(NAME) where known reports NAME.
func UnescapedNames(text string, known func(name string) bool) string {
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		if strings.HasPrefix(found, "$$") && known(reference.FindStringSubmatch(found)[1]) {
			return found[1:]
		}
		return found
	})
}

// Escaped returns a value in the notation of the kubelet, which reads $$ as a dollar and
// $(NAME) as a reference
// (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
func Escaped(value string) string {
	var out strings.Builder
	rest := 0
	for _, at := range reference.FindAllStringIndex(value, -1) {
		out.WriteString(strings.ReplaceAll(value[rest:at[0]], "$", "$$"))
		out.WriteString(value[at[0]:at[1]])
		rest = at[1]
	}
	out.WriteString(strings.ReplaceAll(value[rest:], "$", "$$"))
	return out.String()
}

// Ordered lists the names of variables so that each comes after the variables that its
// value refers to: the kubelet expands references to earlier entries only. The error names
// variables that refer to each other in a cycle.
func Ordered(variables map[string]string) ([]string, error) {
	var order []string
	state := map[string]string{}
	var visit func(name string, path []string) error
	visit = func(name string, path []string) error {
		value, known := variables[name]
		if !known || state[name] == "visited" {
			return nil
		}
		path = append(path, name)
		if state[name] == "visiting" {
			return fmt.Errorf("refer to each other in a cycle: %s", strings.Join(path, " → "))
		}
		state[name] = "visiting"
		for _, needed := range References(value) {
			if err := visit(needed, path); err != nil {
				return err
			}
		}
		state[name] = "visited"
		order = append(order, name)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if err := visit(name, nil); err != nil {
			return nil, err
		}
	}
	return order, nil
}
