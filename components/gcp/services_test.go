package gcp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

const (
	networkID = "projects/" + mocks.Project + "/global/networks/blog"
	subnetID  = "projects/" + mocks.Project + "/regions/" + region + "/subnetworks/blog"
)

// A program registers one component. It changes arguments that are valid by
// themselves, and returns the program.
type program[T any] func(change func(*T)) pulumi.RunFunc

func unchanged[T any](*T) {}

// refuses wants each text in the error of a component with changed arguments.
func refuses[T any](t *testing.T, try program[T], change func(*T), want ...string) {
	t.Helper()
	mocks.Refused(t, try(change), want...)
}

// carriesLabels wants the environment's labels on every resource of the kinds.
func carriesLabels(t *testing.T, ran mocks.Program, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		found := ran.OfKind(kind)
		assert.NotEmpty(t, found, kind)
		for _, r := range found {
			if r.Custom {
				assert.Equal(t, "web-team", labelOf(t, r, "djangostack-owner"), "%s %s", kind, r.Name)
			}
		}
	}
}

// ofProject wants the project on every resource of Google Cloud, so that none takes
// its provider's.
func ofProject(t *testing.T, ran mocks.Program, without ...string) {
	t.Helper()
	for _, r := range ran.Resources {
		if !r.Custom || !strings.HasPrefix(r.Type, "gcp:") || slices.Contains(without, r.Kind()) {
			continue
		}
		assert.Equal(t, mocks.Project, r.At(t, "project"), "%s %s", r.Kind(), r.Name)
	}
}
