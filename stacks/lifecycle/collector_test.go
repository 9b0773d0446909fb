package lifecycle

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	webURN  = "urn:pulumi:dev::shop::djangostack:django:Web$kubernetes:apps/v1:Deployment::web"
	dataURN = "urn:pulumi:dev::shop::kubernetes:core/v1:PersistentVolumeClaim::data"
)

// converted handles engine events, one second apart.
func converted(in ...apitype.EngineEvent) (*collector, []Event) {
	var out []Event
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := newCollector("dev", func(event Event) { out = append(out, event) }, func() time.Time { return now })
	for _, event := range in {
		s.handle(events.EngineEvent{EngineEvent: event})
		now = now.Add(time.Second)
	}
	return s, out
}

func pre(step apitype.StepEventMetadata, planning bool) apitype.EngineEvent {
	return apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Metadata: step, Planning: planning}}
}

func diagnosticEvent(urn, severity, message string, ephemeral bool) apitype.EngineEvent {
	return apitype.EngineEvent{DiagnosticEvent: &apitype.DiagnosticEvent{URN: urn, Severity: severity, Message: message, Ephemeral: ephemeral}}
}

func creating(urn string) apitype.StepEventMetadata {
	return apitype.StepEventMetadata{
		Op: apitype.OpCreate, URN: urn, Type: typeOf(urn), New: &apitype.StepEventStateMetadata{Custom: true},
	}
}

func TestADeletionThatLeavesTheResourceInTheCloudSaysSo(t *testing.T) {
	for _, op := range []apitype.OpType{apitype.OpDelete, apitype.OpDeleteReplaced, apitype.OpUpdate} {
		for _, retain := range []bool{true, false} {
			step := apitype.StepEventMetadata{Op: op, URN: dataURN, Old: &apitype.StepEventStateMetadata{Custom: true, RetainOnDelete: retain}}
			_, out := converted(pre(step, false))
			require.Len(t, out, 1)
			assert.Equal(t, retain && op != apitype.OpUpdate, out[0].Retained, op)
		}
	}
}

func TestChangeStartsProgressesAndEnds(t *testing.T) {
	step := creating(webURN)
	_, out := converted(
		pre(step, false),
		diagnosticEvent(webURN, "info", "<{%fg 12%}>waiting: 1 of 2 pods ready<{%reset%}>", true),
		apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{Metadata: step}},
		pre(apitype.StepEventMetadata{Op: apitype.OpSame, URN: dataURN}, false),
		apitype.EngineEvent{SummaryEvent: &apitype.SummaryEvent{ResourceChanges: map[apitype.OpType]int{"create": 1, "same": 1}}},
	)

	require.Len(t, out, 3)
	assert.Equal(t, []EventType{EventStart, EventProgress, EventDone}, []EventType{out[0].Type, out[1].Type, out[2].Type})
	assert.Equal(t, "web", out[0].Name)
	assert.Equal(t, "kubernetes:apps/v1:Deployment", out[0].ResourceType)
	assert.Equal(t, "waiting: 1 of 2 pods ready", out[1].Message)
	assert.Equal(t, int64(1000), out[1].ElapsedMS)
	assert.Equal(t, int64(2000), out[2].ElapsedMS)
}

func TestFailureHasItsMessages(t *testing.T) {
	step := creating(webURN)
	s, _ := converted(
		pre(step, false),
		diagnosticEvent(webURN, "error", "image not found", false),
		apitype.EngineEvent{ResOpFailedEvent: &apitype.ResOpFailedEvent{Metadata: step}},
		diagnosticEvent("urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "error", "update failed", false),
		diagnosticEvent("", "error", "the program is wrong", false),
	)

	require.Len(t, s.failures, 1)
	assert.Equal(t, Failure{URN: webURN, Type: "kubernetes:apps/v1:Deployment", Name: "web", Op: "create", Messages: []string{"image not found"}}, *s.failures[0])
	assert.Equal(t, []string{"the program is wrong"}, s.messages)
}

func TestProtectionErrorsAreRecognized(t *testing.T) {
	for _, message := range []string{
		"unable to replace resource \"x\"\nas it is currently marked for protection. To unprotect ...",
		"resource \"x\" cannot be deleted\nbecause it is protected. To unprotect ...",
	} {
		s, _ := converted(diagnosticEvent(dataURN, "error", message, false), diagnosticEvent(dataURN, "error", message, false))
		require.Len(t, s.refused, 1)
		assert.Equal(t, "data", s.refused[0].Name)
		assert.Empty(t, s.failures)
	}
}

func TestInterruptedChangesAreReportedWithoutTheEnginesAdvice(t *testing.T) {
	s, out := converted(diagnosticEvent("", "warning", "Attempting to deploy or update resources with 1 pending operations from previous deployment.\n"+
		"  * "+webURN+", interrupted while creating\nThese resources are in an unknown state", false))

	assert.True(t, s.pending)
	require.Len(t, out, 1)
	assert.Contains(t, out[0].Message, "Deployment web: interrupted while creating")
	assert.NotContains(t, out[0].Message, "unknown state")
}

func TestPlanShowsChangedPropertiesAndNoSecrets(t *testing.T) {
	secret := map[string]any{resource.SigKey: resource.SecretSig, "ciphertext": "hidden"}
	step := apitype.StepEventMetadata{
		Op: apitype.OpUpdate, URN: webURN, Type: typeOf(webURN),
		Old: &apitype.StepEventStateMetadata{Custom: true, Inputs: map[string]any{
			"spec": map[string]any{"replicas": 2.0, "containers": []any{map[string]any{"image": "shop:1"}}},
			"data": map[string]any{"key": secret}, "all": secret,
		}},
		New: &apitype.StepEventStateMetadata{Custom: true, Inputs: map[string]any{
			"spec": map[string]any{"replicas": 3.0, "containers": []any{map[string]any{"image": plugin.UnknownStringValue}}},
			"data": map[string]any{"key": secret}, "all": secret,
		}},
		DetailedDiff: map[string]apitype.PropertyDiff{
			"spec.replicas":            {Kind: apitype.DiffUpdate},
			"spec.containers[0].image": {Kind: apitype.DiffUpdate},
			"data.key":                 {Kind: apitype.DiffUpdate},
			"all.below":                {Kind: apitype.DiffUpdateReplace},
		},
	}
	s, _ := converted(pre(step, true), pre(apitype.StepEventMetadata{Op: apitype.OpSame, URN: dataURN}, true))

	require.Len(t, s.plan, 1)
	assert.Equal(t, []PropertyChange{
		{Path: "all.below", Kind: "update-replace", Old: "[secret]", New: "[secret]"},
		{Path: "data.key", Kind: "update", Old: "[secret]", New: "[secret]"},
		{Path: "spec.containers[0].image", Kind: "update", Old: "shop:1", New: "[known after the change]"},
		{Path: "spec.replicas", Kind: "update", Old: 2.0, New: 3.0},
	}, s.plan[0].Properties)
}
