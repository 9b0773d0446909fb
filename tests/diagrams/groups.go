// Package diagrams draws what each environment creates, from the resources that its program registers.
package diagrams

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/djangostack/djangostack/tests/mocks"
)

// group is one component of an environment with the resources in it.
type group struct {
	// title is what a reader calls it: Bucket media.
	title string
	// inCluster tells whether its resources are objects in the cluster.
	inCluster bool
	// kinds are the kinds of its resources, with their number.
	kinds map[string]int
	// after are the titles of the components that are created before it.
	after map[string]bool
}

// groupsOf assigns every resource to the component right below the environment that it descends from.
func groupsOf(ran mocks.Program, app string) []*group {
	byURN := map[string]mocks.Resource{}
	for _, r := range ran.Resources {
		byURN[r.URN] = r
	}
	groups := map[string]*group{}
	var order []*group
	for _, r := range ran.Resources {
		top, has := topOf(r, byURN)
		if !has {
			continue
		}
		one := groups[top.URN]
		if one == nil {
			one = &group{title: titleOf(top, app), inCluster: inCluster(top), kinds: map[string]int{}, after: map[string]bool{}}
			groups[top.URN] = one
			order = append(order, one)
		}
		if r.Custom {
			one.kinds[r.Kind()]++
		}
		for _, need := range r.Needs() {
			if other, has := topOf(byURN[need], byURN); has && other.URN != top.URN {
				one.after[titleOf(other, app)] = true
			}
		}
	}
	reduce(order)
	return inOrder(order)
}

// inOrder sorts components by how many others must be created before, because the program registers them in a different
// order each time.
func inOrder(groups []*group) []*group {
	depths := map[string]int{}
	var depth func(*group) int
	depth = func(r *group) int {
		if known, has := depths[r.title]; has {
			return known
		}
		most := 0
		for _, title := range sorted(r.after) {
			if before := find(groups, title); before != nil {
				most = max(most, 1+depth(before))
			}
		}
		depths[r.title] = most
		return most
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), strings.Compare(a.title, b.title))
	})
	return groups
}

// topOf returns the component right below the environment that a resource descends from. The component that marks
// production has no resources and is left out.
func topOf(r mocks.Resource, byURN map[string]mocks.Resource) (mocks.Resource, bool) {
	for r.URN != "" {
		parent := byURN[r.Parent]
		if parent.Kind() == "Environment" {
			return r, !strings.HasPrefix(r.Type, "pulumi:providers:") && r.Kind() != "Production"
		}
		r = parent
	}
	return mocks.Resource{}, false
}

// titleOf removes from a component's name what its kind or the app's name says.
func titleOf(r mocks.Resource, app string) string {
	kind := r.Kind()
	rest := strings.TrimPrefix(strings.TrimPrefix(r.Name, app), "-")
	if strings.EqualFold(strings.ReplaceAll(rest, "-", ""), kind) {
		return kind
	}
	lower := strings.ToLower(kind)
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, lower+"-"), "-"+lower)
	return strings.TrimSpace(kind + " " + rest)
}

func inCluster(r mocks.Resource) bool {
	return strings.HasPrefix(r.Type, "djangostack:django:") || strings.HasPrefix(r.Type, "djangostack:kubernetes:") || r.Kubernetes()
}

// reduce removes the edges that follow from others.
func reduce(groups []*group) {
	byTitle := map[string]*group{}
	for _, one := range groups {
		byTitle[one.title] = one
	}
	reaches := func(from *group, to string) bool {
		seen := map[string]bool{}
		queue := sorted(from.after)
		for len(queue) > 0 {
			next := queue[0]
			queue = queue[1:]
			if seen[next] || byTitle[next] == nil {
				continue
			}
			seen[next] = true
			for _, further := range sorted(byTitle[next].after) {
				if further == to {
					return true
				}
				queue = append(queue, further)
			}
		}
		return false
	}
	for _, one := range groups {
		for _, title := range sorted(one.after) {
			if reaches(one, title) {
				delete(one.after, title)
			}
		}
	}
}

func sorted[V any](set map[string]V) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// contents lists the resources: Subnet ×6, Vpc. A component that is only looked up has none.
func (r *group) contents() string {
	if len(r.kinds) == 0 {
		return "exists already"
	}
	var parts []string
	for _, kind := range sorted(r.kinds) {
		if n := r.kinds[kind]; n > 1 {
			kind = fmt.Sprintf("%s ×%d", kind, n)
		}
		parts = append(parts, kind)
	}
	return strings.Join(parts, ", ")
}

// find returns the component with a title, or nil.
func find(groups []*group, title string) *group {
	at := slices.IndexFunc(groups, func(r *group) bool { return r.title == title })
	if at < 0 {
		return nil
	}
	return groups[at]
}
