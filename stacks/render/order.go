package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// sorted puts every resource after all that it depends on. Among those that could come next
// it takes the kind that others usually need first, then the first by name, so that the
// result is always the same.
func sorted(nodes []*node) ([]*node, error) {
	waiting := slices.SortedFunc(slices.Values(nodes), func(a, b *node) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(string(a.urn), string(b.urn)))
	})
	known := map[resource.URN]bool{}
	for _, each := range nodes {
		known[each.urn] = true
	}
	emitted := map[resource.URN]bool{}
	var order []*node
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, func(candidate *node) bool {
			return !slices.ContainsFunc(candidate.after, func(urn resource.URN) bool { return known[urn] && !emitted[urn] })
		})
		if next < 0 {
			return nil, fmt.Errorf("the resources depend on each other in a cycle, which includes %s", waiting[0].urn)
		}
		emitted[waiting[next].urn] = true
		order = append(order, waiting[next])
		waiting = slices.Delete(waiting, next, next+1)
	}
	return order, nil
}

// rank orders the kinds among those that could come next.
func rank(each *node) int {
	if !each.object {
		return 0
	}
	kinds := []string{
		"Namespace", "CustomResourceDefinition", "ResourceQuota", "LimitRange", "NetworkPolicy", "ServiceAccount",
		"Role", "RoleBinding", "ConfigMap", "Secret", "PersistentVolumeClaim", "Service",
	}
	kind := each.kind[strings.LastIndexByte(each.kind, ':')+1:]
	if index := slices.Index(kinds, kind); index >= 0 {
		return 1 + index
	}
	return 1 + len(kinds)
}
