package security_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/security"
	"github.com/djangostack/djangostack/tests/testenv"
)

// finished brings an environment up on emulators and returns its state.
func finished(t *testing.T, cloud spec.Cloud, tier spec.Tier) security.State {
	t.Helper()
	configuration, err := security.Configuration(cloud, tier, security.Usual)
	require.NoError(t, err)
	e := enginetest.NewEnvironment(t, configuration, stacks.Program)
	e.Up(t)
	state, err := security.FromExport(e.Export(t))
	require.NoError(t, err)
	return state
}

func TestFinishedEnvironmentsMeetTheTable(t *testing.T) {
	testenv.NeedsEngine(t)
	for _, table := range security.Tables() {
		for _, tier := range security.Tiers() {
			if testing.Short() && tier == spec.Staging {
				continue
			}
			t.Run(string(table.Cloud)+"/"+string(tier), func(t *testing.T) {
				for _, wrong := range table.Check(finished(t, table.Cloud, tier), tier, security.Usual) {
					assert.Fail(t, wrong)
				}
			})
		}
	}
}
