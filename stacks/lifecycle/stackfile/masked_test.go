package stackfile_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMaskedEnvironmentHasNoEncryptedValue(t *testing.T) {
	environment, err := decode(t, file).MaskedEnvironment(func(encrypted string) string { return "masked " + encrypted })

	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"app":     map[string]any{"name": "blog", "image": "blog:1"},
		"workers": []any{map[string]any{"name": "default"}},
		"token":   "masked v1:zzz",
	}, environment)
}

func TestUnsetRemovesOnlyItsValueOfACopy(t *testing.T) {
	read := decode(t, file)
	copied := read.Copy()
	require.NoError(t, copied.Unset("app.image"))
	require.NoError(t, copied.Unset("app.nothing.below"))
	require.Error(t, copied.Unset("workers[0]"))

	raw, err := copied.EnvironmentJSON(plainSecret)
	require.NoError(t, err)
	assert.JSONEq(t, `{"app": {"name": "blog"}, "workers": [{"name": "default"}], "token": "hidden token"}`, string(raw))
	raw, err = read.EnvironmentJSON(plainSecret)
	require.NoError(t, err)
	assert.Contains(t, string(raw), "blog:1")
}
