package aws_test

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

// A program registers one component. It changes arguments that are valid by
// themselves, and returns the program.
type program[T any] func(change func(*T)) pulumi.RunFunc

func unchanged[T any](*T) {}

func tags() aws.Tags {
	return aws.Tags{"environment": "dev", "owner": "web-team"}
}

// refuses wants each text in the error of a component with changed arguments.
func refuses[T any](t *testing.T, try program[T], change func(*T), want ...string) {
	t.Helper()
	refusedWith(t, try(change), want...)
}

// tagged wants the environment's tags and a name on every resource of the kinds.
func tagged(t *testing.T, ran mocks.Program, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		found := custom(ran.OfKind(kind))
		assert.NotEmpty(t, found, kind)
		for _, r := range found {
			assert.Equal(t, "web-team", r.At(t, "tags.owner"), r.Name)
			assert.NotEmpty(t, r.At(t, "tags.Name"), r.Name)
		}
	}
}

// custom leaves the components out.
func custom(all []mocks.Resource) []mocks.Resource {
	return slices.DeleteFunc(all, func(r mocks.Resource) bool { return !r.Custom })
}
