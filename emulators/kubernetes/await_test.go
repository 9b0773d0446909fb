package kubernetes

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func waiting(check func(time.Duration) look) *wait {
	started := time.Now()
	return &wait{
		what: "Deployment n/web",
		look: func(context.Context) (look, error) { return check(time.Since(started)), nil },
		why:  func(context.Context) []string { return []string{"the image cannot be pulled\nmore"} },
	}
}

// The clock of these waits goes on only while everything sleeps, so that a busy machine cannot make a short wait long.
func TestWaitEndsWhenReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said []string
		w := waiting(func(passed time.Duration) look {
			return look{ready: passed > 600*time.Millisecond, waiting: "0 of 1 pods ready"}
		})
		require.Nil(t, w.until(t.Context(), time.Minute, 50*time.Millisecond, func(message string) { said = append(said, message) }))
		require.Len(t, said, 4, "after 450, 500, 550 and 600 ms")
		assert.Equal(t, "waiting: 0 of 1 pods ready (the image cannot be pulled)", said[3])
	})
}

func TestAShortWaitShowsNoProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := waiting(func(passed time.Duration) look { return look{ready: passed > 390*time.Millisecond} })
		require.Nil(t, w.until(t.Context(), time.Minute, 10*time.Millisecond, func(message string) { t.Error(message) }))
	})
}

func TestWaitTimesOutWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := waiting(func(time.Duration) look { return look{waiting: "0 of 1 pods ready"} })
		failure := w.until(t.Context(), 60*time.Millisecond, 10*time.Millisecond, func(string) {})
		require.NotNil(t, failure)
		assert.Equal(t, "Deployment n/web is not ready after 60ms: 0 of 1 pods ready", failure.headline)
		assert.Equal(t, []string{"the image cannot be pulled\nmore"}, failure.reasons)
	})
}

func TestWaitEndsAtOnceAfterAPermanentFailure(t *testing.T) {
	w := waiting(func(time.Duration) look { return look{failed: "BackoffLimitExceeded"} })
	failure := w.until(t.Context(), time.Minute, time.Minute, func(string) {})
	require.NotNil(t, failure)
	assert.Contains(t, failure.Error(), "failed: BackoffLimitExceeded\n  * the image cannot be pulled")
}

func TestWaitEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		time.AfterFunc(30*time.Second, interrupt)
		w := waiting(func(time.Duration) look { return look{waiting: "0 of 1 pods ready"} })
		failure := w.until(ctx, time.Minute, time.Minute, func(string) {})
		require.NotNil(t, failure)
		assert.Contains(t, failure.headline, "interrupted while waiting: 0 of 1 pods ready")
	})
}

func TestWaitContinuesWhenTheClusterDoesNotAnswerOnce(t *testing.T) {
	looks := 0
	w := &wait{what: "x", look: func(context.Context) (look, error) {
		if looks++; looks < 3 {
			return look{}, errors.New("connection refused")
		}
		return look{ready: true}, nil
	}}
	assert.Nil(t, w.until(t.Context(), time.Minute, time.Millisecond, func(string) {}))
}

func TestWhenKindsAreReady(t *testing.T) {
	for name, test := range map[string]struct {
		check func(object) (look, error)
		live  string
		seen  look
	}{
		"quota":           {lookAtQuota, "{spec: {hard: {cpu: 1000m}}, status: {hard: {cpu: '1'}}}", look{ready: true}},
		"uncounted quota": {lookAtQuota, "{spec: {hard: {cpu: 1000m}}}", look{waiting: "the quota is not counted yet"}},
		"definition": {computed, `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a},
			status: {conditions: [{type: NamesAccepted, status: "True"}, {type: Established, status: "True"}]}}`, look{ready: true}},
		"rolled out": {computed, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, generation: 2}, spec: {replicas: 1},
			status: {observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1,
			conditions: [{type: Available, status: "True"}]}}`, look{ready: true}},
	} {
		t.Run(name, func(t *testing.T) {
			seen, err := test.check(parsed(t, test.live))
			require.NoError(t, err)
			assert.Equal(t, test.seen, seen)
		})
	}
}

func TestRolloutsAreCounted(t *testing.T) {
	for says, live := range map[string]string{
		"the change is not seen by its controller yet": "{kind: Deployment, metadata: {generation: 2}, status: {observedGeneration: 1}}",
		"1 of 3 pods updated":                          "{kind: Deployment, spec: {replicas: 3}, status: {updatedReplicas: 1}}",
		"2 of 3 pods ready":                            "{kind: Deployment, spec: {replicas: 3}, status: {updatedReplicas: 3, availableReplicas: 2}}",
		"3 of 3 pods updated, 1 old to go":             "{kind: Deployment, spec: {replicas: 3}, status: {replicas: 4, updatedReplicas: 3, availableReplicas: 3}}",
		"0 of 1 pods ready":                            "{kind: StatefulSet, spec: {}, status: {updatedReplicas: 1}}",
		"1 of 2 pods ready":                            "{kind: DaemonSet, status: {desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1}}",
	} {
		assert.Equal(t, says, countPods(parsed(t, live)))
	}
}

func TestWaitForConditions(t *testing.T) {
	live := parsed(t, `{status: {phase: Running, ready: true, conditions: [{type: Ready, status: "False"}, {type: Synced, status: "True"}]}}`)
	for text, met := range map[string]bool{
		"condition=Synced": true, "condition=Ready": false, "condition=Ready=False": true, "condition=Other": false,
		"jsonpath={.status.phase}": true, "jsonpath={.status.phase}=Running": true, "jsonpath={.status.phase}=Done": false,
		"jsonpath={.status.missing}": false, `["condition=Synced", "jsonpath={.status.phase}=Done"]`: false,
		`["condition=Synced", "jsonpath={.status.ready}=true"]`: true,
	} {
		conditions, err := parseWaitFor(text)
		require.NoError(t, err, text)
		seen, err := conditions.look(live)
		require.NoError(t, err, text)
		assert.Equal(t, met, seen.ready, text)
	}
}

func TestConflictsAreExplained(t *testing.T) {
	conflict := apierrors.NewApplyConflict([]metav1.StatusCause{{
		Type: metav1.CauseTypeFieldManagerConflict, Message: `conflict with "kubectl-edit" using apps/v1`, Field: ".spec.replicas",
	}}, "Apply failed with 1 conflict")
	err := explain("updating", parsed(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: here}}"), conflict)
	assert.ErrorContains(t, err, "updating Deployment here/web: other managers own fields")
	assert.ErrorContains(t, err, `.spec.replicas is managed by "kubectl-edit" using apps/v1`)
}

func TestIgnoredFieldsKeepTheirManagers(t *testing.T) {
	live := parsed(t, `{spec: {replicas: 5, paused: false}, metadata: {name: web, managedFields: [
		{manager: pulumi-kubernetes-1, operation: Apply, fieldsV1: {"f:spec": {"f:paused": {}}}},
		{manager: autoscaler, operation: Update, fieldsV1: {"f:spec": {"f:replicas": {}}}}]}}`)
	inputs := parsed(t, "{spec: {replicas: 2, paused: true}}")
	require.NoError(t, keepIgnored(inputs, live, []string{"spec.replicas", "spec.paused"}, "pulumi-kubernetes-1"))
	assert.Equal(t, parsed(t, "{spec: {paused: false}}"), inputs)
}

func TestFinalizersThatBlockADeletionAreNamed(t *testing.T) {
	assert.Equal(t, ", held by kubernetes.io/pvc-protection",
		holders(parsed(t, "{metadata: {finalizers: [foregroundDeletion, kubernetes.io/pvc-protection]}}")))
	assert.Empty(t, holders(parsed(t, "{metadata: {finalizers: [foregroundDeletion]}}")))
}

func TestIDs(t *testing.T) {
	for id, valid := range map[string]bool{"name": true, "ns/name": true, "": false, "a/b/c": false, "/name": false} {
		_, _, err := parseID(id)
		assert.Equal(t, valid, err == nil, id)
	}
}
