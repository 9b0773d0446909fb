package kubernetes

import (
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators"
)

// recording is one connection to a provider that records releases.
func recording(t *testing.T) pulumirpc.ResourceProviderServer {
	t.Helper()
	provider, closed := New(Options{Releases: RecordReleases}).(emulators.Connector).Connect()
	t.Cleanup(closed)
	return provider
}

func controller(change string, value any) map[string]any {
	inputs := map[string]any{"chart": "controller", "name": "controller", "namespace": "kube-system", "version": "1.0.0"}
	if change != "" {
		inputs[change] = value
	}
	return inputs
}

func TestARecordedReleaseIsCreatedAndDeleted(t *testing.T) {
	provider, at := recording(t), urn("helm.sh/v3:Release", "controller")
	checked, err := provider.Check(t.Context(), &pulumirpc.CheckRequest{Urn: at, News: encode(t, mapped(controller("", nil)))})
	require.NoError(t, err)
	require.Empty(t, checked.GetFailures())
	made, err := provider.Create(t.Context(), &pulumirpc.CreateRequest{Urn: at, Properties: checked.GetInputs()})
	require.NoError(t, err)
	assert.Equal(t, "kube-system/controller", made.GetId())
	assert.Equal(t, "deployed", made.GetProperties().GetFields()["status"].GetStructValue().GetFields()["status"].GetStringValue())

	read, err := provider.Read(t.Context(), &pulumirpc.ReadRequest{Urn: at, Id: made.GetId(), Properties: made.GetProperties(), Inputs: checked.GetInputs()})
	require.NoError(t, err)
	assert.Equal(t, made.GetProperties(), read.GetProperties(), "a refresh changes nothing")
	_, err = provider.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: at, Id: made.GetId(), Properties: made.GetProperties()})
	require.NoError(t, err)
}

func TestOnlyNameAndNamespaceReplaceARelease(t *testing.T) {
	for change, replaces := range map[string]bool{"version": false, "values": false, "namespace": true, "name": true} {
		diff, err := recording(t).Diff(t.Context(), &pulumirpc.DiffRequest{
			Urn:       urn("helm.sh/v3:Release", "controller"),
			OldInputs: encode(t, mapped(controller("", nil))), News: encode(t, mapped(controller(change, "other"))),
		})
		require.NoError(t, err)
		assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, diff.GetChanges(), change)
		assert.Equal(t, replaces, len(diff.GetReplaces()) > 0, change)
	}
}

func TestUnknownArgumentsOfAReleaseAreRefused(t *testing.T) {
	for change, says := range map[string]string{"chrat": "no such argument", "chart": "is required"} {
		inputs := controller(change, "x")
		if change == "chart" {
			delete(inputs, "chart")
		}
		checked, err := recording(t).Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn("helm.sh/v3:Release", "controller"), News: encode(t, mapped(inputs))})
		require.NoError(t, err)
		require.Len(t, checked.GetFailures(), 1, change)
		assert.Contains(t, checked.GetFailures()[0].GetReason(), says)
	}
}
