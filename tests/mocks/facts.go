package mocks

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Inputs returns the arguments of the types of a published provider, by token, as far as the emulators know the types.
// The test is in a folder two below that of the repository.
func Inputs(t testing.TB, cloud string) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "emulators", cloud, "facts.json"))
	require.NoError(t, err)
	var facts struct {
		Resources map[string]struct {
			Inputs map[string]any `json:"inputs"`
		} `json:"resources"`
	}
	require.NoError(t, json.Unmarshal(text, &facts))
	inputs := map[string]map[string]any{}
	for token, one := range facts.Resources {
		inputs[token] = one.Inputs
	}
	return inputs
}
