package spec

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
)

// Problem is one mistake in a configuration.
type Problem struct {
	// Path of the field below the environment key, for instance workers[0].queues.
	Path string `json:"path"`
	// Value that was found, as text; empty where there is none or it is secret.
	Value string `json:"value,omitempty"`
	// Allowed says what is wrong and what is allowed.
	Allowed string `json:"allowed"`
}

func (p Problem) String() string {
	if p.Value == "" {
		return fmt.Sprintf("%s: %s", p.Path, p.Allowed)
	}
	return fmt.Sprintf("%s: %s: %s", p.Path, p.Value, p.Allowed)
}

// Problems is every mistake in a configuration, ordered by path.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	noun := "mistakes"
	if len(p) == 1 {
		noun = "mistake"
	}
	lines = append(lines, fmt.Sprintf("the configuration has %d %s:", len(p), noun))
	for _, problem := range p {
		lines = append(lines, "  "+problem.String())
	}
	return strings.Join(lines, "\n")
}

// paths are the paths of the problems.
func (p Problems) paths() []string {
	var paths []string
	for _, problem := range p {
		paths = append(paths, problem.Path)
	}
	return paths
}

func (p Problems) sorted() Problems {
	sort.SliceStable(p, func(i, j int) bool { return p[i].Path < p[j].Path })
	return p
}

func (p *Problems) add(path string, value any, allowed string, args ...any) {
	text := ""
	if value != nil {
		text = fmt.Sprintf("%v", value)
		if found := reflect.ValueOf(value); found.Kind() == reflect.String {
			text = quoted(found.String())
		}
	}
	*p = append(*p, Problem{Path: path, Value: text, Allowed: masked(fmt.Sprintf(allowed, args...))})
}

// quoted returns a text for a message, cut to a readable length and without what may be a
// secret in it.
func quoted(text string) string {
	const longest = 120
	text = masked(text)
	if short := []rune(text); len(short) > longest {
		return fmt.Sprintf("%q…", string(short[:longest]))
	}
	return fmt.Sprintf("%q", text)
}
