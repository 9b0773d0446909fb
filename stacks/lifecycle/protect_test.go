package lifecycle_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func TestDestroyIsRefusedWhileDataIsProtected(t *testing.T) {
	p := newTestProject(t)
	p.configure("prod", thing{Name: "web"}, thing{Name: "data", Protect: true})
	p.up("prod")
	stack := p.open("prod", lifecycle.StackOptions{})

	_, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})

	var refused *lifecycle.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Resources, 1)
	assert.Equal(t, "data", refused.Resources[0].Name)
	outputs, err := stack.Outputs(context.Background())
	require.NoError(t, err)
	assert.Contains(t, outputs, "web", "a refused destroy changes nothing")

	_, err = stack.Destroy(context.Background(), lifecycle.DestroyOptions{DeleteData: []string{"data", "dat"}})
	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Contains(t, err.Error(), "no protected resource named dat;")

	result, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{DeleteData: []string{"data"}})
	require.NoError(t, err)
	assert.Equal(t, 4, result.Changes["delete"])
}

func TestReplacingProtectedDataIsRefused(t *testing.T) {
	p := newTestProject(t)
	p.configure("prod", thing{Name: "data", Protect: true, Identity: "one"})
	p.up("prod")
	p.configure("prod", thing{Name: "data", Protect: true, Identity: "two"})
	stack := p.open("prod", lifecycle.StackOptions{})

	_, previewed := stack.Preview(context.Background())
	_, updated := stack.Up(context.Background())

	for _, err := range []error{previewed, updated} {
		var refused *lifecycle.RefusedError
		require.ErrorAs(t, err, &refused)
		require.Len(t, refused.Resources, 1)
		assert.Equal(t, "data", refused.Resources[0].Name)
	}
}
