package reliability_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/testenv"
)

// workload is an object of the environment that something else changes.
type workload struct{ resource, version, kind, name string }

func (w workload) client(t *testing.T, e *enginetest.Environment) dynamic.ResourceInterface {
	t.Helper()
	client, err := dynamic.NewForConfig(e.Cluster.Config())
	require.NoError(t, err)
	return client.Resource(schema.GroupVersionResource{Group: "apps", Version: w.version, Resource: w.resource}).Namespace("blog-dev")
}

// replicas returns how many pods the object asks for.
func (w workload) replicas(t *testing.T, e *enginetest.Environment) int64 {
	t.Helper()
	live, err := w.client(t, e).Get(t.Context(), w.name, metav1.GetOptions{})
	require.NoError(t, err)
	count, _, err := unstructured.NestedInt64(live.Object, "spec", "replicas")
	require.NoError(t, err)
	return count
}

// scale changes the number of pods as an autoscaler or kubectl does.
func (w workload) scale(t *testing.T, e *enginetest.Environment, manager string, replicas int) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"apiVersion": "apps/" + w.version, "kind": w.kind, "metadata": map[string]any{"name": w.name, "namespace": "blog-dev"},
		"spec": map[string]any{"replicas": replicas},
	})
	require.NoError(t, err)
	force := true
	_, err = w.client(t, e).Patch(t.Context(), w.name, types.ApplyPatchType, body, metav1.PatchOptions{FieldManager: manager, Force: &force})
	require.NoError(t, err)
}

// TestAReleaseRestoresWhatOthersScaled shows that a number of pods which an autoscaler or a person set does not stop a
// release, and that an autoscaler keeps its number until it is removed.
func TestAReleaseRestoresWhatOthersScaled(t *testing.T) {
	testenv.NeedsEngine(t)
	web := workload{resource: "deployments", version: "v1", kind: "Deployment", name: "blog-web"}
	database := workload{resource: "statefulsets", version: "v1", kind: "StatefulSet", name: "blog-postgres"}
	fixed := environments.Small(spec.NoCloud)
	e := enginetest.NewEnvironment(t, fixed.Set(t, "web.autoscaling={maxReplicas: 5}"), stacks.Program)
	e.Up(t)

	web.scale(t, e, "kube-controller-manager", 4)
	e.Configuration = e.Configuration.Set(t, "app.image=registry.example.com/blog:1.1")
	e.Up(t)
	assert.EqualValues(t, 4, web.replicas(t, e), "the autoscaler's number stays")

	e.Configuration = fixed.Set(t, "web.replicas=2")
	e.Up(t)
	assert.EqualValues(t, 2, web.replicas(t, e), "without the autoscaler it is the configuration's")

	web.scale(t, e, "kubectl", 0)
	database.scale(t, e, "kubectl", 0)
	e.Configuration = fixed.Set(t, "web.replicas=3")
	e.Up(t)
	assert.EqualValues(t, 3, web.replicas(t, e))
	e.Configuration = fixed.Set(t, "web.replicas=3", "database.resources={cpu: 150m}")
	e.Up(t)
	assert.EqualValues(t, 1, database.replicas(t, e))
}
