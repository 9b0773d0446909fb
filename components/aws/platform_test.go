package aws_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// statements are those of a policy.
type statements []map[string]any

// document parses the policy in an argument.
func document(t *testing.T, argument any) statements {
	t.Helper()
	text, ok := argument.(string)
	require.True(t, ok, "%v is no JSON", argument)
	var read struct {
		Version   string
		Statement statements
	}
	require.NoError(t, json.Unmarshal([]byte(text), &read))
	require.Equal(t, "2012-10-17", read.Version)
	return read.Statement
}

func (s statements) only(t *testing.T) map[string]any {
	t.Helper()
	require.Len(t, s, 1)
	return s[0]
}

// refusedWith runs a program that must fail before anything is registered.
func refusedWith(t *testing.T, program pulumi.RunFunc, wants ...string) {
	t.Helper()
	mocks.Refused(t, program, wants...)
}

// everythingIsTagged fails for a taggable resource without the environment's tags.
func everythingIsTagged(t *testing.T, ran mocks.Program, untaggable ...string) {
	t.Helper()
	tagged := 0
	for _, r := range ran.Resources {
		if !strings.HasPrefix(r.Type, "aws:") {
			continue
		}
		if contains(untaggable, r.Kind()) {
			assert.Nil(t, r.At(t, "tags"), "%s %s", r.Kind(), r.Name)
			continue
		}
		tagged++
		for key, want := range environment {
			assert.Equal(t, want, r.At(t, `tags["`+key+`"]`), "%s %s", r.Kind(), r.Name)
		}
	}
	assert.Positive(t, tagged)
}

func contains(list []string, word string) bool {
	for _, each := range list {
		if each == word {
			return true
		}
	}
	return false
}

// descendsFrom fails for a resource that has no place below the component.
func descendsFrom(t *testing.T, ran mocks.Program, kind, name string) {
	t.Helper()
	ran.DescendFrom(t, kind, name)
}

func TestEveryNetworkResourceHasTagsAndAParent(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withNetwork(networkArgs()))
		everythingIsTagged(t, ran, "Route", "RouteTableAssociation", "RolePolicy")
		descendsFrom(t, ran, "Network", "blog")
	}
}
