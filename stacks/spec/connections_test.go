package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPoolHoldsMoreConnectionsThanTheServer(t *testing.T) {
	text := changed(t, minimal, "web", map[string]any{"replicas": 50})
	_, err := parse(t, text)
	require.ErrorContains(t, err, "database.resources.memoryLimit")

	_, err = parse(t, changed(t, text, "database.pooler", map[string]any{"kind": "pgbouncer", "poolSize": 20}))
	assert.NoError(t, err)
}

// One more pod may not restart the database, unless it is the one too many.
func TestAServerTakesWhatTheProcessesOpen(t *testing.T) {
	for replicas, want := range map[int]int{1: 100, 5: 100, 6: 200, 12: 200, 13: 400} {
		text := changed(t, minimal, "web", map[string]any{"replicas": replicas})
		e, err := parse(t, changed(t, text, "database.resources", map[string]any{"memoryLimit": "2Gi"}))
		require.NoError(t, err)
		assert.Equal(t, want, e.Database.MaxConnections, "%d pods", replicas)
	}
}

func TestAServerWithoutALimitHasMemoryForEveryConnection(t *testing.T) {
	text := changed(t, minimal, "web", map[string]any{"replicas": 50})
	e, err := parse(t, changed(t, text, "database.resources", map[string]any{"memoryLimit": "none"}))
	require.NoError(t, err)
	assert.Equal(t, 1600, e.Database.MaxConnections)
}
