package mocks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Refused wants each text in the error of a program that fails before anything is
// registered.
func Refused(t *testing.T, program pulumi.RunFunc, wants ...string) {
	t.Helper()
	ran, err := Try(Known, nil, program)
	require.Error(t, err, wants)
	for _, want := range wants {
		assert.ErrorContains(t, err, want)
	}
	assert.Empty(t, ran.Resources, "nothing is registered")
}

// DescendFrom fails for a resource that has no place below the component.
func (p Program) DescendFrom(t *testing.T, kind, name string) {
	t.Helper()
	root := p.Find(t, kind, name)
	for _, r := range p.Resources {
		if r.URN == root.URN {
			continue
		}
		assert.True(t, p.Waits(r, root), "%s %s", r.Kind(), r.Name)
		assert.NotEmpty(t, r.Parent, "%s %s", r.Kind(), r.Name)
	}
}
