package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFactsAreThoseOfTheSDK(t *testing.T) {
	kept, err := os.ReadFile("../../facts.json")
	require.NoError(t, err)
	current, err := module().Facts()
	require.NoError(t, err)
	assert.Equal(t, string(current), string(kept), "run: go generate ./twin/gcp")
}
