package lifecycle

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

func TestDifferencesAreSingleValues(t *testing.T) {
	old := map[string]any{
		"app":     map[string]any{"image": "shop:1", "env": map[string]any{"A.B": "1"}},
		"workers": []any{map[string]any{"replicas": 1.0}},
		"hosts":   []any{"a"},
	}
	changed := map[string]any{
		"app":           map[string]any{"image": "shop:2", "env": map[string]any{"A.B": "2"}},
		"workers":       []any{map[string]any{"replicas": 2.0}},
		"hosts":         []any{"a", "b"},
		"namespace":     map[string]any{"name": "other"},
		"allowDataLoss": []any{"database"},
	}

	assert.Equal(t, []Cause{
		{Path: `app.env["A.B"]`, Old: "1", New: "2"},
		{Path: "app.image", Old: "shop:1", New: "shop:2"},
		{Path: "hosts", Old: []any{"a"}, New: []any{"a", "b"}},
		{Path: "namespace.name", New: "other"},
		{Path: "workers[0].replicas", Old: 1.0, New: 2.0},
	}, differences(old, changed))
	assert.Empty(t, differences(old, old))
}

func TestRecordHoldsNoSecret(t *testing.T) {
	file, err := stackfile.Decode([]byte(`
config:
  shop:environment:
    secretEnv: {KEY: {secure: v1:ciphertext}}
    url: postgres://user:password@db/shop
    image: shop:1
`), "shop")
	require.NoError(t, err)

	recorded, err := recordable(file)

	require.NoError(t, err)
	assert.Equal(t, "shop:1", recorded["image"])
	assert.NotContains(t, recorded["url"], "password")
	key := recorded["secretEnv"].(map[string]any)["KEY"]
	assert.Regexp(t, `^\[secret [0-9a-f]{8}\]$`, key)
	assert.True(t, isMasked(key))
}
