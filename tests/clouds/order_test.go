package clouds_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/golden"
	"github.com/djangostack/djangostack/tests/mocks"
)

// teardowns returns the rules of each cloud.
func teardowns() map[string]teardown {
	return map[string]teardown{"aws": onAWS(), "gcp": onGCP()}
}

// end is the state of one environment, and the rules of its teardown.
type end struct {
	cloud, name string
	teardown
	*state
}

// ends returns the states that the programs leave, by what they register. No engine runs.
func ends(t *testing.T) []end {
	t.Helper()
	var ends []end
	for cloud, each := range tornDown(t) {
		for name, environment := range each {
			program, err := mocks.Try(mocks.Known, environment.Config(t), stacks.Program)
			require.NoError(t, err, name)
			ends = append(ends, end{cloud: cloud, name: name, teardown: teardowns()[cloud], state: registered(program)})
		}
	}
	return ends
}

func TestResourcesAreDeletedBeforeWhatTheyNeed(t *testing.T) {
	for _, e := range ends(t) {
		t.Run(e.cloud+" "+e.name, func(t *testing.T) { e.holds(t) })
	}
}

// holds asserts that the order of a teardown follows the rules.
func (e end) holds(t *testing.T) {
	t.Helper()
	if wrong := e.wrong(e.state, nil); len(wrong) > 0 {
		assert.Fail(t, "the order is not ensured", e.toldAll(wrong))
	}
	assert.Empty(t, e.silent(e.state), "no provider is asked to delete these")
	assert.Empty(t, e.unruled(e.state), "say what these types need, or that they need nothing")
	for kind, because := range e.absent {
		for _, r := range e.resources {
			assert.False(t, e.kinds[kind](r), "%s must not be there: %s", r.called(), because)
		}
	}
}

func TestEveryWordOfTheRulesHasAMeaning(t *testing.T) {
	for cloud, each := range teardowns() {
		for _, r := range each.rules {
			assert.Contains(t, each.kinds, r.first, cloud)
			assert.Contains(t, each.kinds, r.needs, cloud)
		}
	}
}

func TestEveryRuleAppliesToAnEnvironment(t *testing.T) {
	used := map[string]bool{}
	for _, e := range ends(t) {
		for _, r := range e.rules {
			if len(e.pairs(e.state, r)) > 0 {
				used[e.cloud+r.first+r.needs] = true
			}
		}
	}
	for cloud, each := range teardowns() {
		for _, r := range each.rules {
			assert.True(t, used[cloud+r.first+r.needs], "on %s no environment has a %s and a %s of the rule", cloud, r.first, r.needs)
		}
	}
}

// The walk through the graph must notice a missing dependency: without the fewest edges that ensure a pair it must
// report the pair, and with any one of them restored it must not.
func TestAMissingDependencyIsNoticed(t *testing.T) {
	for _, e := range ends(t) {
		t.Run(e.cloud+" "+e.name, func(t *testing.T) {
			for _, r := range e.rules {
				e.cuts(t, r)
			}
		})
	}
}

func (e end) cuts(t *testing.T, r rule) {
	t.Helper()
	alone, most, pairs := 0, 0, e.pairs(e.state, r)
	only := teardown{kinds: e.kinds, rules: []rule{r}}
	for _, each := range pairs {
		carrying := e.fewest(each.first, each.needed)
		require.NotEmpty(t, carrying, e.told(each))
		named := slices.ContainsFunc(only.wrong(e.state, carrying), func(wrong pair) bool {
			return wrong.first == each.first && wrong.needed == each.needed
		})
		require.True(t, named, "the walk does not notice that nothing ensures any more: %s", e.told(each))
		for back := range carrying {
			rest := cutting{}
			for other := range carrying {
				rest[other] = other != back
			}
			require.True(t, e.needs(each.first, rest)[each.needed], "one edge more than needed was cut for: %s", e.told(each))
		}
		if len(carrying) == 1 {
			alone++
		}
		most = max(most, len(carrying))
	}
	if len(pairs) > 0 {
		t.Logf("%-20s before %-20s %4d pairs, %4d of them by one edge alone, the others by up to %d", r.first, r.needs, len(pairs), alone, most)
	}
}

// A DependsOn that no input repeats must matter for the teardown of some environment, unless the table has a reason why
// it does not.
func TestNoDependsOnCanBeLeftOut(t *testing.T) {
	unnoticed, noticed := map[string]string{}, map[string]bool{}
	for _, e := range ends(t) {
		for at, r := range e.resources {
			lost := e.statedBy(at, e.lasting)
			switch {
			case len(lost) == 0 || !e.weaker(lost):
			case len(e.wrong(e.state, lost)) > 0:
				noticed[e.cloud+" "+r.word()] = true
			default:
				unnoticed[e.cloud+" "+r.word()] = e.name + ": " + r.called()
			}
		}
	}
	spare := map[string]bool{}
	for cloud, each := range teardowns() {
		for word := range each.spare {
			spare[cloud+" "+word] = true
			assert.False(t, noticed[cloud+" "+word], "on %s the end needs the DependsOn of a %s", cloud, word)
			assert.NotEmpty(t, unnoticed[cloud+" "+word], "on %s no %s has a DependsOn that nothing else says", cloud, word)
		}
	}
	for word, example := range unnoticed {
		assert.True(t, noticed[word] || spare[word], "no rule needs the DependsOn of %s, and no reason is given (in %s)", word, example)
	}
}

// The tables are also written as pages.
func TestTheTeardownPagesAreCurrent(t *testing.T) {
	for cloud, each := range teardowns() {
		golden.Equal(t, filepath.Join("testdata", "teardown-"+cloud+".md"), each.table(cloud))
	}
}

func (t teardown) table(cloud string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# In which order an environment on %s is taken down\n\n", map[string]string{"aws": "AWS", "gcp": "Google Cloud"}[cloud])
	text.WriteString("Written by the tests that hold every environment against it.\n\n| goes first | before | because |\n|---|---|---|\n")
	for _, r := range t.rules {
		fmt.Fprintf(&text, "| %s | %s | %s |\n", r.first, r.needs, r.because)
	}
	text.WriteString("\nWhat must not be there:\n\n| what | because |\n|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(t.absent)) {
		fmt.Fprintf(&text, "| %s | %s |\n", kind, t.absent[kind])
	}
	text.WriteString("\nWhose `DependsOn` is for the start, or is said twice:\n\n| whose | because |\n|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(t.spare)) {
		fmt.Fprintf(&text, "| %s | %s |\n", kind, t.spare[kind])
	}
	return text.String()
}
