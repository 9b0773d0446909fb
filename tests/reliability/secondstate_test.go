package reliability_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// TestASecondStateDoesNotTakeAnEnvironmentOver brings an environment up from another backend, which knows nothing of it,
// under the same names: on a second machine with a separate directory as its backend, or after the state was lost. The
// names and the URNs are the same, and yet nothing of the living environment may be changed, or deleted by a destroy.
func TestASecondStateDoesNotTakeAnEnvironmentOver(t *testing.T) {
	sources := []string{"create"}
	if soak() {
		sources = append(sources, "existing")
	}
	for _, source := range sources {
		t.Run(source, func(t *testing.T) {
			configuration := environments.Small(spec.NoCloud).Set(t, "namespace.source="+source)
			first := enginetest.NewEnvironment(t, configuration, withPlainSecrets)
			first.Up(t)
			before := look(t, first)
			second := enginetest.NewEnvironmentOn(t, first.Providers, configuration, withPlainSecrets)

			_, err := second.TryUp(t)
			require.ErrorContains(t, err, "an object of this name exists, and this resource did not make it")
			after := look(t, first)
			for name, id := range before.ids {
				assert.Equal(t, id, after.ids[name], name)
				assert.Equal(t, before.things[name], after.things[name], name)
			}
			_, err = second.TryDestroy(t)
			require.NoError(t, err)
			assert.Empty(t, look(t, first).differences(before))
			first.Up(t)
		})
	}
}
