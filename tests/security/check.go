package security

import (
	"fmt"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Problems returns where a line does not hold in an environment. A line without a resource does not hold.
func (l Line) Problems(state State) []string {
	subjects := l.subjects(state)
	if len(subjects) == 0 {
		return []string{"there is no " + l.ofText()}
	}
	var problems []string
	for _, i := range subjects {
		for _, need := range l.Needs {
			if problem := need.problem(state, i); problem != "" {
				problems = append(problems, fmt.Sprintf("%s: %s", state[i].Type, problem))
			}
		}
	}
	return problems
}

// Count returns the number of resources that the line is about.
func (l Line) Count(state State) int { return len(l.subjects(state)) }

// Broken returns states with one thing wrong each, made from a state in which the line holds. It must hold in none of
// them.
func (l Line) Broken(state State) []State {
	var states []State
	for _, i := range l.subjects(state) {
		for _, need := range l.Needs {
			states = append(states, need.broken(state, i)...)
		}
	}
	return states
}

// Check checks an environment of a tier against the table and returns all problems: lines that do not hold, lines that
// hold although they are marked as not met, and arguments whose wrong values no line notices.
func (t Table) Check(state State, tier spec.Tier, setting Setting) []string {
	var wrong []string
	for _, line := range t.Lines() {
		if !line.shown(state, setting) {
			continue
		}
		problems := line.Problems(state)
		switch {
		case line.Count(state) == 0:
			wrong = append(wrong, fmt.Sprintf("%s in %s: %s", line.Name(), tier, problems[0]))
		case line.Met(tier):
			for _, problem := range problems {
				wrong = append(wrong, fmt.Sprintf("%s in %s does not hold: %s", line.Name(), tier, problem))
			}
			if len(problems) == 0 {
				wrong = append(wrong, line.unnoticed(state)...)
			}
		case len(problems) == 0:
			wrong = append(wrong, fmt.Sprintf("%s in %s holds by now (%s): move it to what is met", line.Name(), tier, line.Asks))
		}
	}
	return wrong
}

// unnoticed returns the wrong arguments that a line overlooks.
func (l Line) unnoticed(state State) []string {
	broken := l.Broken(state)
	if len(broken) == 0 {
		return []string{l.Name() + " cannot fail: nothing is known that would be wrong"}
	}
	for i, other := range broken {
		if len(l.Problems(other)) == 0 {
			return []string{fmt.Sprintf("%s overlooks wrong argument %d of %d (%s)", l.Name(), i+1, len(broken), l.Asks)}
		}
	}
	return nil
}
