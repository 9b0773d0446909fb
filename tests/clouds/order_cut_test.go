package clouds_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// fewest returns a smallest set of edges without which one resource is no longer deleted before another. It has as many
// edges as there are paths between the two without a common edge (Menger). The paths are found one by one (Ford and
// Fulkerson).
func (s *state) fewest(from, to int) cutting {
	used := make([]bool, len(s.edges))
	for {
		came := s.search(from, used)
		if came[to] == unseen {
			return s.border(came)
		}
		s.use(used, came, from, to)
	}
}

// A resource is reached by an edge, forwards, or backwards along a used one. unseen marks a resource that no edge has
// reached, and start the first resource.
const (
	unseen = -1
	start  = -2
)

// search returns the edge by which each reachable resource is reached: the edge's number, or for a used edge that is
// taken back its bitwise complement, less the two values above.
func (s *state) search(from int, used []bool) []int {
	came := make([]int, len(s.resources))
	for i := range came {
		came[i] = unseen
	}
	came[from] = start
	queue := []int{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		reach := func(place, by int) {
			if came[place] == unseen {
				came[place] = by
				queue = append(queue, place)
			}
		}
		for _, each := range s.out[at] {
			if !used[each] {
				reach(s.edges[each].to, each)
			}
		}
		for _, each := range s.in[at] {
			if used[each] {
				reach(s.edges[each].from, back(each))
			}
		}
	}
	return came
}

// back returns the number of an edge that is taken back, below unseen and start. It is its own inverse.
func back(each int) int { return start - 1 - each }

// use marks the edges of the path that was found.
func (s *state) use(used []bool, came []int, from, to int) {
	for at := to; at != from; {
		by := came[at]
		if by >= 0 {
			used[by] = true
			at = s.edges[by].from
			continue
		}
		used[back(by)] = false
		at = s.edges[back(by)].to
	}
}

// border returns the edges from reached resources to the others.
func (s *state) border(came []int) cutting {
	cut := cutting{}
	for i, each := range s.edges {
		if came[each.from] != unseen && came[each.to] == unseen {
			cut[i] = true
		}
	}
	return cut
}

func TestAsManyEdgesAreCutAsThereArePaths(t *testing.T) {
	of := func(name string, needs ...string) resource { return resource{urn: name, stated: needs} }
	s := newState([]resource{of("vpc"), of("subnet", "vpc"), of("route", "vpc"), of("cluster", "subnet", "route"), of("pod", "cluster")})
	const vpc, cluster, pod = 0, 3, 4
	assert.Len(t, s.fewest(pod, vpc), 1, "everything of the pod goes through the cluster")
	both := s.fewest(cluster, vpc)
	assert.Len(t, both, 2, "subnet and route each lead on alone")
	assert.True(t, s.needs(pod, nil)[vpc])
	assert.False(t, s.needs(pod, both)[vpc])
	assert.Empty(t, s.fewest(vpc, pod), "nothing leads back")
}
