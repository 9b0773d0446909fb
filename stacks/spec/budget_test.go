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

func TestAPoolHoldsMoreConnectionsThanTheServer(t *testing.T) {
	text := changed(t, minimal, "web", map[string]any{"replicas": 50})
	_, err := parse(t, text)
	require.ErrorContains(t, err, "database.maxConnections")

	_, err = parse(t, changed(t, text, "database.pooler", map[string]any{"kind": "pgbouncer", "poolSize": 20}))
	assert.NoError(t, err)
}

func TestAReferenceToWhatIsThereIsAllowed(t *testing.T) {
	text := changed(t, minimal, "app.env", map[string]any{"DSN": "$(DATABASE_URL)&x=1", "SELF": "http://$(POD_IP):8000", "PRICE": "$5 $$(DATABASE_URI)"})
	text = changed(t, text, "web.env", map[string]any{"MINE": "$(DSN)"})
	_, err := parse(t, text)
	assert.NoError(t, err)
}

func TestTheVariablesOfAMonitorAreTheApps(t *testing.T) {
	_, err := parse(t, changed(t, minimal, "app.secretEnv.SENTRY_DSN", "https://x@sentry.example.com/1"))
	assert.NoError(t, err)
}
