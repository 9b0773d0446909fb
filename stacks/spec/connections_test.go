package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPoolHoldsMoreConnectionsThanTheServer(t *testing.T) {
	text := changed(t, minimal, "web", map[string]any{"replicas": 50})
	_, err := parse(t, text)
	require.ErrorContains(t, err, "database.maxConnections")

	_, err = parse(t, changed(t, text, "database.pooler", map[string]any{"kind": "pgbouncer", "poolSize": 20}))
	assert.NoError(t, err)
}
