package mocks

import "strings"

// Waits tells whether a resource is made after another and deleted before it, at
// whatever distance. A child is made after its parent, and whatever has a provider
// after its provider, so that what these depend on holds for it as well.
func (p Program) Waits(r Resource, on Resource) bool {
	byURN := map[string]Resource{}
	for _, candidate := range p.Resources {
		byURN[candidate.URN] = candidate
	}
	seen := map[string]bool{}
	queue := r.Needs()
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		if next == on.URN {
			return true
		}
		if seen[next] {
			continue
		}
		seen[next] = true
		queue = append(queue, byURN[next].Needs()...)
	}
	return false
}

// Needs are the URNs of what a resource depends on directly.
func (r Resource) Needs() []string {
	needs := append([]string{r.Parent}, r.DependsOn...)
	// A provider is named by its URN, "::" and its id.
	if end := strings.LastIndex(r.Provider, "::"); end >= 0 {
		needs = append(needs, r.Provider[:end])
	}
	return needs
}
