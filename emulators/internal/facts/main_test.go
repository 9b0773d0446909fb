package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFactsAreThoseOfTheSDK(t *testing.T) {
	for name, sdk := range modules() {
		written, err := os.ReadFile(filepath.Join("..", "..", name, "facts.json"))
		require.NoError(t, err)
		current, err := sdk.facts()
		require.NoError(t, err)
		assert.True(t, bytes.Equal(current, written), "emulators/%[1]s/facts.json is not what the SDK in go.mod has; run: go generate ./emulators/%[1]s", name)
	}
}
