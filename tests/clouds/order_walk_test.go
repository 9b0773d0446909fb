package clouds_test

import (
	"fmt"
	"slices"
	"strings"
)

// kinds selects the resources that a word of the rules means.
type kinds map[string]func(resource) bool

// among selects the pairs of two kinds that a rule is about.
type among func(first, needed resource) bool

// rule says that resources of the kind first are deleted before those of the kind needs.
type rule struct {
	first, needs string
	// of selects the pairs; nil means all.
	of among
	// because says what goes wrong in the other order.
	because string
}

// teardown has the rules for tearing down an environment on one cloud.
type teardown struct {
	kinds kinds
	rules []rule
	// absent are kinds that an environment must not have, with the reason.
	absent map[string]string
	// plain are the types that need only what their arguments name, so that no rule needs to name them first. A star at
	// the end matches any ending.
	plain []string
	// lasting are types that are never deleted.
	lasting []string
	// spare are the kinds whose DependsOn no rule needs, with the reason.
	spare map[string]string
}

// pair is one application of a rule, by the indexes of the two resources.
type pair struct {
	rule
	first, needed int
}

// pairs returns all applications of a rule in a state.
func (t teardown) pairs(s *state, r rule) []pair {
	var pairs []pair
	for first, one := range s.resources {
		if one.silent != "" || !t.kinds[r.first](one) {
			continue
		}
		for needed, other := range s.resources {
			if first != needed && t.kinds[r.needs](other) && (r.of == nil || r.of(one, other)) {
				pairs = append(pairs, pair{rule: r, first: first, needed: needed})
			}
		}
	}
	return pairs
}

// wrong returns the pairs whose order nothing ensures without some edges.
func (t teardown) wrong(s *state, cut cutting) []pair {
	var wrong []pair
	reached := map[int][]bool{}
	for _, r := range t.rules {
		for _, each := range t.pairs(s, r) {
			if reached[each.first] == nil {
				reached[each.first] = s.needs(each.first, cut)
			}
			if !reached[each.first][each.needed] {
				wrong = append(wrong, each)
			}
		}
	}
	return wrong
}

// weaker tells whether some resource no longer waits for another without some edges. It ignores components, whose
// dependencies their children repeat.
func (s *state) weaker(cut cutting) bool {
	for from := range s.resources {
		before, after := s.needs(from, nil), s.needs(from, cut)
		for to, r := range s.resources {
			if before[to] != after[to] && !s.resources[from].component() && !r.component() {
				return true
			}
		}
	}
	return false
}

// silent returns the resources that create something outside Pulumi's state, and that no provider would be asked to
// delete.
func (t teardown) silent(s *state) []string {
	var silent []string
	for _, r := range s.resources {
		makes := slices.ContainsFunc(t.rules, func(each rule) bool { return t.kinds[each.first](r) })
		if r.silent != "" && makes && strings.HasPrefix(r.kind, "kubernetes:") {
			silent = append(silent, fmt.Sprintf("%s: %s", r.called(), r.silent))
		}
	}
	return silent
}

// unruled returns the types that no rule names first and that are not in plain.
func (t teardown) unruled(s *state) []string {
	var unruled []string
	for _, r := range s.resources {
		ruled := slices.ContainsFunc(t.rules, func(each rule) bool { return t.kinds[each.first](r) })
		own := strings.HasPrefix(r.kind, "pulumi:") || strings.HasPrefix(r.kind, "random:") || strings.HasPrefix(r.kind, "djangostack:")
		if !ruled && !own && !slices.ContainsFunc(t.plain, r.matches) && !slices.Contains(unruled, r.kind) {
			unruled = append(unruled, r.kind)
		}
	}
	return unruled
}

// told describes a pair in words.
func (s *state) told(p pair) string {
	return fmt.Sprintf("%s must be deleted before %s: %s", s.resources[p.first].called(), s.resources[p.needed].called(), p.because)
}

func (s *state) toldAll(pairs []pair) string {
	var lines []string
	for _, each := range pairs {
		lines = append(lines, s.told(each))
	}
	return strings.Join(lines, "\n")
}
