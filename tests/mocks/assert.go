package mocks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Refused asserts that a program fails before it registers anything, with each text in its error.
func Refused(t *testing.T, program pulumi.RunFunc, wants ...string) {
	t.Helper()
	ran, err := Try(Known, nil, program)
	require.Error(t, err, wants)
	for _, want := range wants {
		assert.ErrorContains(t, err, want)
	}
	assert.Empty(t, ran.Resources, "nothing is registered")
}

// DescendFrom asserts that every resource descends from a component.
func (p Program) DescendFrom(t *testing.T, kind, name string) {
	t.Helper()
	root := p.Find(t, kind, name)
	parents := map[string]string{}
	for _, r := range p.Resources {
		parents[r.URN] = r.Parent
	}
	for _, r := range p.Resources {
		at := r.URN
		for at != root.URN && at != "" {
			at = parents[at]
		}
		assert.Equal(t, root.URN, at, "%s %s", r.Kind(), r.Name)
	}
}
