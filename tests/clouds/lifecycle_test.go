package clouds_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// upWithoutDrift brings an environment up and asserts that a second update and a refresh find no difference.
func upWithoutDrift(t *testing.T, e *enginetest.Environment) {
	t.Helper()
	require.True(t, e.Up(t).Any())
	assert.False(t, e.Up(t).Any(), "a second update changes nothing")
	assert.False(t, e.Refresh(t).Any(), "a refresh finds no difference")
}

// With mode nodes on AWS, the controller that registers targets is a Helm release, which is only recorded.
func TestStagingWithManagedServicesIsDestroyedWithoutLeaks(t *testing.T) {
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		for _, mode := range []string{"auto", "nodes"} {
			t.Run(string(cloud)+"/"+mode, func(t *testing.T) {
				skipInShort(t)
				e := enginetest.NewEnvironment(t, environments.Full(cloud, spec.Staging).Set(t, "cluster.mode="+mode), stacks.Program)
				upWithoutDrift(t, e)
				e.Destroy(t)
				assert.Empty(t, e.Leaks())
			})
		}
	}
}

func TestProductionIsDestroyedOnlyAfterItsProtectionIsLifted(t *testing.T) {
	remains := map[spec.Cloud]string{spec.AWSCloud: "the final snapshot of", spec.GCPCloud: "Cloud SQL takes no final snapshot"}
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		t.Run(string(cloud), func(t *testing.T) {
			skipInShort(t)
			production := environments.Full(cloud, spec.Production)
			e := enginetest.NewEnvironment(t, production, stacks.Program)
			upWithoutDrift(t, e)
			_, err := e.TryDestroy(t)
			var refused *lifecycle.RefusedError
			require.ErrorAs(t, err, &refused)

			e.Configuration = production.Set(t, "protection=disposable")
			e.Up(t)
			e.Destroy(t)
			assert.Empty(t, e.Leaks())
			var reasons []string
			for _, one := range e.Left() {
				reasons = append(reasons, one.KeptBecause)
			}
			assert.Contains(t, strings.Join(reasons, "\n"), remains[cloud])
		})
	}
}

func skipInShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes longer; run it with: make soak")
	}
}
