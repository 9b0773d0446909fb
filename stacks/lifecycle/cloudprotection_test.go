package lifecycle

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	balancerURN = "urn:pulumi:prod::shop::djangostack:aws:LoadBalancer$aws:lb/loadBalancer:LoadBalancer::shop-web"
	serverURN   = "urn:pulumi:prod::shop::djangostack:aws:Database$aws:rds/instance:Instance::shop-database"
	entranceURN = "urn:pulumi:prod::shop::djangostack:aws:LoadBalancer::shop"
)

// AWS refuses to delete a load balancer that its attributes protect, and the provider does not change them first. So the
// plan is refused even if the loss is allowed, until an update has changed them.
func TestALossThatTheCloudRefusesIsRefusedBeforeTheFirstStep(t *testing.T) {
	state := newStackState([]stateResource{
		{URN: entranceURN, Outputs: map[string]any{"holdsData": map[string]any{"parts": []any{"addresses"}, "loss": "the addresses"}}},
		{URN: balancerURN, Parent: entranceURN, Protect: true},
	})
	g := &guard{before: state, allowed: []string{"addresses"}}
	replaced := func(locked bool) *collector {
		plan, _ := converted(pre(apitype.StepEventMetadata{
			Op: apitype.OpReplace, URN: balancerURN, Type: typeOf(balancerURN), New: &apitype.StepEventStateMetadata{},
			Old: &apitype.StepEventStateMetadata{Protect: true, Inputs: map[string]any{"enableDeletionProtection": locked}},
		}, true))
		return plan
	}

	refused, _ := g.judge(operationUpdate, "prod", replaced(true))
	require.NotNil(t, refused)
	assert.True(t, refused.IsLocked())
	assert.Equal(t, "allowDataLoss=[addresses]", refused.Allow())
	assert.Contains(t, refused.Error(), "the cloud's own deletion protection of it is on")

	refused, allowed := g.judge(operationUpdate, "prod", replaced(false))
	assert.Nil(t, refused)
	require.Len(t, allowed, 1)
}

// The provider of AWS lifts the protection of a server that its state does not have.
func TestAnAllowedLossLiftsTheCloudsOwnProtectionInTheState(t *testing.T) {
	edited := func(operation string) string {
		resource := &editedResource{urn: serverURN, kind: typeOf(serverURN), fields: map[string]json.RawMessage{
			"outputs": json.RawMessage(`{"applyImmediately":false,"deletionProtection":true,"identifier":"shop"}`),
		}}
		require.NoError(t, resource.lift(operation))
		return string(resource.fields["outputs"])
	}
	assert.JSONEq(t, `{"applyImmediately":true,"deletionProtection":false,"identifier":"shop"}`, edited(operationUpdate))
	assert.JSONEq(t, `{"applyImmediately":false,"deletionProtection":true,"identifier":"shop"}`, edited(operationDestroy), "a destroy leaves it on")
}
