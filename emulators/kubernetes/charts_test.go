package kubernetes

import (
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
)

func TestAChartDefinesItsKindsAndStaysWhileTheyAreUsed(t *testing.T) {
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	provider, closed := New(Options{
		Releases: RecordReleases,
		Connect:  func(Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil },
	}).(emulators.Connector).Connect()
	t.Cleanup(closed)
	_, err = provider.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: encode(t, mapped(map[string]any{}))})
	require.NoError(t, err)

	client, err := dynamic.NewForConfig(cluster.Config())
	require.NoError(t, err)
	scaled := client.Resource(schema.GroupVersionResource{Group: "keda.sh", Version: "v1alpha1", Resource: "scaledobjects"}).Namespace("default")
	worker := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": map[string]any{"name": "worker"}}}
	_, err = scaled.Create(t.Context(), worker, metav1.CreateOptions{})
	require.Error(t, err, "no chart defines it yet")

	at := urn("helm.sh/v3:Release", "keda")
	inputs := encode(t, mapped(map[string]any{"chart": "keda", "name": "keda", "namespace": "keda", "version": "2.21.0"}))
	made, err := provider.Create(t.Context(), &pulumirpc.CreateRequest{Urn: at, Properties: inputs})
	require.NoError(t, err)
	_, err = scaled.Create(t.Context(), worker, metav1.CreateOptions{})
	require.NoError(t, err)

	remove := func() error {
		_, err := provider.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: at, Id: made.GetId(), Properties: made.GetProperties()})
		return err
	}
	require.ErrorContains(t, remove(), "removing the chart keda: the ScaledObject default/worker is still there, and nothing would take its finalizer off")
	require.NoError(t, scaled.Delete(t.Context(), "worker", metav1.DeleteOptions{}))
	require.NoError(t, remove())
	assert.Empty(t, cluster.Left())
}
