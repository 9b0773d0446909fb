package lifecycle

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestObjectsOfAClusterThatIsGoneAreOneLine(t *testing.T) {
	for name, messages := range map[string][]apitype.EngineEvent{
		"built in": {
			diagnosticEvent(webURN, "warning", "the cluster cannot be reached and deleteUnreachable is set: dropped from the state", false),
			diagnosticEvent(dataURN, "warning", "the cluster cannot be reached and deleteUnreachable is set: dropped from the state", false),
		},
		"published": {
			diagnosticEvent(webURN, "info", "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. Deleting the unreachable resource from Pulumi state", false),
			diagnosticEvent(dataURN, "info", "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. Deleting the unreachable resource from Pulumi state", false),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out []Event
			collected, _ := converted()
			collected.emit = func(event Event) { out = append(out, event) }
			for _, message := range messages {
				collected.diagnostic(message.DiagnosticEvent)
			}
			collected.finish()
			collected.finish()
			require.Len(t, out, 1)
			assert.Contains(t, out[0].Message, "2 of its objects were dropped from the state")
			assert.Empty(t, out[0].URN)
		})
	}
}

func TestWhyAClusterIsOutOfReachIsSaidOnce(t *testing.T) {
	_, out := converted(
		diagnosticEvent(webURN, "warning", "configured Kubernetes cluster is unreachable: no such host", false),
		diagnosticEvent(dataURN, "warning", "configured Kubernetes cluster is unreachable: no such host", false),
	)
	assert.Len(t, out, 1)
	failed, out := converted(
		diagnosticEvent(webURN, "error", "configured Kubernetes cluster is unreachable: no such host", false),
		diagnosticEvent(dataURN, "error", "configured Kubernetes cluster is unreachable: no such host", false),
	)
	assert.Len(t, out, 2, "a failure is said of every resource")
	assert.Len(t, failed.failures, 2)
}
