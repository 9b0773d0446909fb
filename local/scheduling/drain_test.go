package scheduling_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// drain is what an administrator who drains the first node does next, and how controllers replace its pods.
func (m *model) drain(s state) []state {
	if !s.cordoned {
		return []state{s.with(func(next *state) { next.cordoned = true })}
	}
	var all []state
	for i, p := range s.pods {
		if p.node == "node-1" && m.mayEvict(s, p) {
			all = append(all, s.without(i))
		}
	}
	if s.released {
		// The rollout creates what is missing.
		return all
	}
	for _, of := range []string{"web", "worker"} {
		if s.count(of, 1, false) < m.replicas(of) {
			all = append(all, s.add(of, 1))
		}
	}
	// An eviction does not count as a failure of the Job (podFailurePolicy).
	if s.count("migrate", 2, false) == 0 {
		all = append(all, s.add("migrate", 2))
	}
	return all
}

// mayEvict reports whether the pod's disruption budget allows its eviction
// (https://kubernetes.io/docs/tasks/run-application/configure-pdb/).
func (m *model) mayEvict(s state, p pod) bool {
	budget, has := m.workloads.budgets["blog-"+p.of]
	if !has || !p.running {
		return true
	}
	healthy := s.count(p.of, 1, true) + s.count(p.of, 2, true)
	return healthy > m.replicas(p.of)-budget.MaxUnavailable.IntValue()
}

func isEmpty(s state, node string) bool {
	return !slices.ContainsFunc(s.pods, func(p pod) bool { return p.node == node })
}

// settled are the pods of an environment without an update.
func settled(w workloads) state {
	s := start(w)
	s.released = true
	s.pods = slices.DeleteFunc(s.pods, func(p pod) bool { return p.of == "migrate" })
	for i := range s.pods {
		s.pods[i].version = 2
	}
	return s
}

// The first start has no pods yet whose node the others could follow.
func TestTheFirstPodsOfAVolumeMeetOnOneNode(t *testing.T) {
	first := state{}.add("migrate", 2)
	exploreFrom(t, read(t), first, false).assertEnds()

	w := read(t)
	anywhere(&w)
	assert.NotEmpty(t, exploreFrom(t, w, first, false).deadlocks, "web and the worker start on different nodes")
}

func TestADrainMovesThePodsOfAVolumeTogether(t *testing.T) {
	w := read(t)
	exploreFrom(t, w, settled(w), true).assertEnds()
}

// The drain may begin at any moment of an update.
func TestADrainDuringAnUpdateStopsNeither(t *testing.T) {
	w := read(t)
	exploreFrom(t, w, start(w), true).assertEnds()
}

// The control: with a budget, the first pod that is evicted waits for the second one, which the budget keeps on the node.
func TestABudgetOfPodsThatShareAVolumeBlocksADrain(t *testing.T) {
	w := read(t)
	require.Greater(t, *w.web.Spec.Replicas, int32(1))
	require.Empty(t, w.budgets, "the program gives these pods none")
	one := intstr.FromInt32(1)
	w.budgets["blog-web"] = policyv1.PodDisruptionBudgetSpec{MaxUnavailable: &one}
	assert.NotEmpty(t, exploreFrom(t, w, settled(w), true).deadlocks)
}
