package security

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Need is a requirement of each resource of a line.
type Need interface {
	// Text is the argument and its requirement, for the page.
	Text() string
	// problem returns what is wrong with a resource, or "".
	problem(state State, i int) string
	// broken returns states in which the resource does not meet the need.
	broken(state State, i int) []State
}

// argument is a requirement of the resource's own argument.
type argument struct {
	path string
	want Want
}

func arg(path string, want Want) Need { return argument{path: path, want: want} }

// Text returns the path and the requirement.
func (a argument) Text() string {
	if a.path == "" {
		return a.want.Text
	}
	return fmt.Sprintf("`%s` %s", a.path, a.want.Text)
}

func (a argument) problem(state State, i int) string {
	values := valuesAt(state[i].Inputs, a.path)
	if len(values) == 0 {
		return fmt.Sprintf("%s has nothing at %s", state[i].Name, a.path)
	}
	for _, value := range values {
		if !a.want.holds(value) {
			return fmt.Sprintf("%s has %s at %s, which %s", state[i].Name, written(value), a.path, a.want.Text)
		}
	}
	return ""
}

func (a argument) broken(state State, i int) []State {
	var states []State
	for _, wrong := range a.want.wrong {
		states = append(states, a.spoil(state, i, wrong))
	}
	return states
}

// spoil returns the state with a wrong value of the argument.
func (a argument) spoil(state State, i int, wrong any) State {
	inputs, _ := replaced(state[i].Inputs, stepsOf(a.path), wrong).(map[string]any)
	return state.with(i, inputs)
}

// partner requires another resource that refers to this one.
type partner struct {
	kind string
	// by is the partner's argument that refers to the resource.
	by   string
	when []argument
}

func namedBy(kind, by string, when ...argument) Need { return partner{kind: kind, by: by, when: when} }

// Text returns the partner's type and argument.
func (p partner) Text() string {
	text := fmt.Sprintf("named by `%s` of %s", p.by, shortType(p.kind))
	var when []string
	for _, a := range p.when {
		when = append(when, a.Text())
	}
	if len(when) == 0 {
		return text
	}
	return text + ", where " + strings.Join(when, " and ")
}

func (p partner) of(r Resource) func(Resource) bool {
	return func(other Resource) bool {
		if other.Type != p.kind {
			return false
		}
		for _, name := range valuesAt(other.Inputs, p.by) {
			if name, ok := name.(string); ok && slices.Contains(r.Handles, name) {
				return true
			}
		}
		return false
	}
}

func (p partner) problem(state State, i int) string {
	for j, other := range state {
		if p.of(state[i])(other) && p.fits(state, j) {
			return ""
		}
	}
	return fmt.Sprintf("%s has no %s", state[i].Name, shortType(p.kind))
}

func (p partner) fits(state State, j int) bool {
	for _, a := range p.when {
		if a.problem(state, j) != "" {
			return false
		}
	}
	return true
}

func (p partner) broken(state State, i int) []State {
	states := []State{state.without(p.of(state[i]))}
	for _, a := range p.when {
		for _, wrong := range a.want.wrong {
			states = append(states, p.spoiled(state, i, a, wrong))
		}
	}
	return states
}

// spoiled returns the state in which every partner of a resource has one wrong argument.
func (p partner) spoiled(state State, i int, a argument, wrong any) State {
	names := p.of(state[i])
	spoiled := state
	for j, other := range state {
		if names(other) && p.fits(state, j) {
			spoiled = a.spoil(spoiled, j, wrong)
		}
	}
	return spoiled
}

// stranger requires that no other resource refers to this one.
type stranger struct{ partner }

func notNamedBy(kind, by string) Need { return stranger{partner{kind: kind, by: by}} }

// Text returns the type and argument of the resources that must not refer to it.
func (s stranger) Text() string {
	return fmt.Sprintf("not named by `%s` of %s", s.by, shortType(s.kind))
}

func (s stranger) problem(state State, i int) string {
	for _, other := range state {
		if s.of(state[i])(other) {
			return fmt.Sprintf("%s is named by %s %s", state[i].Name, shortType(s.kind), other.Name)
		}
	}
	return ""
}

func (s stranger) broken(state State, i int) []State {
	naming := state[i].Handles[0]
	for j, other := range state {
		if other.Type == s.kind {
			inputs, _ := replaced(other.Inputs, stepsOf(s.by), naming).(map[string]any)
			return []State{state.with(j, inputs)}
		}
	}
	inputs, _ := replaced(nil, stepsOf(s.by), naming).(map[string]any)
	return []State{append(state[:len(state):len(state)], Resource{Type: s.kind, Name: "another", Inputs: inputs})}
}

// oneOf requires that a resource of one of several types refers to this one.
type oneOf struct {
	of []partner
}

// namedByOne takes types and their arguments that refer to others.
func namedByOne(kinds map[string]string) Need {
	var need oneOf
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		need.of = append(need.of, partner{kind: kind, by: kinds[kind]})
	}
	return need
}

// Text lists the types.
func (o oneOf) Text() string {
	var kinds []string
	for _, p := range o.of {
		kinds = append(kinds, shortType(p.kind))
	}
	return "named by one of " + strings.Join(kinds, ", ")
}

func (o oneOf) problem(state State, i int) string {
	for _, p := range o.of {
		if p.problem(state, i) == "" {
			return ""
		}
	}
	return state[i].Name + " is not " + o.Text()
}

func (o oneOf) broken(state State, i int) []State {
	rest := state
	for _, p := range o.of {
		rest = rest.without(p.of(state[i]))
	}
	return []State{rest}
}
