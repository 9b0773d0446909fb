package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheVisibilityTimeoutFollowsFromTheLongestTask(t *testing.T) {
	for name, want := range map[string]struct {
		path    string
		value   any
		seconds int
	}{
		"by default":    {"workers", []any{map[string]any{"name": "a"}}, 3600},
		"a long task":   {"workers", []any{map[string]any{"name": "a", "longestTaskSeconds": 7200}}, 7265},
		"a long grace":  {"workers", []any{map[string]any{"name": "a", "terminationGracePeriodSeconds": 9000}}, 9060},
		"a long delay":  {"broker.longestDelaySeconds", 86400, 86460},
		"a stated time": {"broker.visibilityTimeoutSeconds", 4000, 4000},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := parse(t, changed(t, production, want.path, want.value))
			require.NoError(t, err)
			assert.Equal(t, want.seconds, e.Broker.VisibilityTimeoutSeconds)
		})
	}
}
