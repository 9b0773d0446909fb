package clouds_test

import (
	"fmt"
	"slices"
	"strings"
)

// kinds says which resources a word of the rules means.
type kinds map[string]func(resource) bool

// among says which pairs of two kinds a rule is about.
type among func(first, needed resource) bool

// rule says that what it is first about is deleted before what it needs.
type rule struct {
	first, needs string
	// of limits the pairs; nil means every one.
	of among
	// because says what goes wrong in the other order.
	because string
}

// teardown is how a cloud is to be taken down.
type teardown struct {
	kinds kinds
	rules []rule
	// absent are kinds that an environment must not have, and why.
	absent map[string]string
	// plain are the types that need nothing but what their arguments name, so that no
	// rule has them first; a star at the end stands for any.
	plain []string
	// lasting are types that are never taken away.
	lasting []string
	// spare are kinds of resources whose DependsOn no rule needs alone, with the reason.
	spare map[string]string
}

// pair is one use of a rule, by the places of the two.
type pair struct {
	rule
	first, needed int
}

// pairs are all uses of a rule in a state.
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

// wrong are the pairs whose order nothing ensures, once some edges are taken away.
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

// weaker tells whether some resource no longer waits for another once edges are taken
// away, components aside: what they say is said by another way as well otherwise.
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

// silent are the resources that make things behind Pulumi's back, and that nobody
// would be asked to delete.
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

// unruled are the types that no rule has first and that are not known to need none.
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

// told says a pair in words.
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
