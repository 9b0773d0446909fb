package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A value of a variable may name others: $(NAME) stands for the value of NAME, and
// $$(NAME) for the text $(NAME). Every other dollar is a dollar.
var reference = regexp.MustCompile(`\$?\$\(([A-Za-z_][A-Za-z0-9_]*)\)`)

// References lists the variables that a value names, each once.
func References(value string) []string {
	var names []string
	for _, found := range reference.FindAllStringSubmatch(value, -1) {
		if !strings.HasPrefix(found[0], "$$") && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

// Plain is a value without references as the process sees it.
func Unescaped(value string) string {
	return reference.ReplaceAllStringFunc(value, func(found string) string {
		if strings.HasPrefix(found, "$$") {
			return found[1:]
		}
		return found
	})
}

// Expanded is a value in the notation of the kubelet, to which $$ is a dollar and $(NAME)
// a reference (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
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

// Ordered lists the names of variables so that each comes after those of them that its
// value names, since the kubelet looks at earlier entries only. The error names
// variables that refer to each other in a circle.
func Ordered(variables map[string]string) ([]string, error) {
	var order []string
	state := map[string]string{}
	var place func(name string, path []string) error
	place = func(name string, path []string) error {
		value, ours := variables[name]
		if !ours || state[name] == "placed" {
			return nil
		}
		path = append(path, name)
		if state[name] == "waiting" {
			return fmt.Errorf("refer to each other in a circle: %s", strings.Join(path, " → "))
		}
		state[name] = "waiting"
		for _, needed := range References(value) {
			if err := place(needed, path); err != nil {
				return err
			}
		}
		state[name] = "placed"
		order = append(order, name)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if err := place(name, nil); err != nil {
			return nil, err
		}
	}
	return order, nil
}
