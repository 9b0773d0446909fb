package gcp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTablesAndTheSDKAgree(t *testing.T) {
	catalog, err := catalog(Options{Number: ProjectNumber})
	require.NoError(t, err)
	assert.Empty(t, catalog.Lint())
}
