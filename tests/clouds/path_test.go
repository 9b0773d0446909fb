package clouds_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/criticalpath"
	"github.com/djangostack/djangostack/tests/mocks"
)

// needs returns the resources of a state with all that must exist before each of them.
func (s *state) created() []criticalpath.Resource {
	var all []criticalpath.Resource
	for i, r := range s.resources {
		one := criticalpath.Resource{URN: r.urn, Type: r.kind, Name: r.name, Inputs: r.inputs}
		for _, each := range s.out[i] {
			one.Needs = append(one.Needs, s.resources[s.edges[each].to].urn)
		}
		all = append(all, one)
	}
	return all
}

func TestTheFirstUpdateTakesLittleLongerThanItsLongestResource(t *testing.T) {
	table, err := criticalpath.Read()
	require.NoError(t, err)
	for cloud, each := range tornDown(t) {
		for name, environment := range each {
			t.Run(cloud+" "+name, func(t *testing.T) {
				program, err := mocks.Try(mocks.Known, environment.Config(t), stacks.Program)
				require.NoError(t, err)
				t.Log("\n" + table.Find(registered(program).created()).String())
			})
		}
	}
}
