package mocks

import "strings"

// Waits tells whether a resource is created after another and deleted before it, directly or not. A child is created
// after its parent, and a resource after its provider, so that their dependencies apply to it too.
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

// Needs returns the URNs of a resource's direct dependencies.
func (r Resource) Needs() []string {
	needs := append([]string{r.Parent}, r.DependsOn...)
	// A provider reference is its URN, "::" and its id.
	if end := strings.LastIndex(r.Provider, "::"); end >= 0 {
		needs = append(needs, r.Provider[:end])
	}
	return needs
}
