package memory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const claiming = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: data}
spec:
  serviceName: data
  selector: {matchLabels: {app: data}}
  template:
    metadata: {labels: {app: data}}
    spec: {containers: [{name: main, image: redis, volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {storageClassName: fast, accessModes: [MODE], resources: {requests: {storage: 1Gi}}}
`

const ebsClass = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: ebs.csi.aws.com}"

func (c *testCluster) stuck(kind, name string) string {
	c.t.Helper()
	conditions, _ := c.read("apps/v1", kind, name, "status", "conditions").([]any)
	for _, entry := range conditions {
		if condition := entry.(map[string]any); condition["type"] == "ReplicaFailure" {
			return condition["message"].(string)
		}
	}
	return ""
}

func TestBlockStorageIsNotShared(t *testing.T) {
	c := newTestCluster(t)
	c.must(ebsClass)
	c.must(strings.ReplaceAll(claiming, "MODE", "ReadWriteMany"))
	assert.Contains(t, c.stuck("StatefulSet", "data"), "has no volumes of access mode ReadWriteMany")
	assert.Equal(t, "Pending", c.read("v1", "PersistentVolumeClaim", "data-data-0", "status", "phase"))
}

func TestVolumesMountOnlyWhereTheirDriverRuns(t *testing.T) {
	c := newTestCluster(t)
	c.cluster.Mounts("ebs.csi.aws.com")
	c.must(ebsClass)
	c.must(strings.ReplaceAll(claiming, "MODE", "ReadWriteOnce"))
	assert.Empty(t, c.stuck("StatefulSet", "data"))
	assert.Equal(t, "Bound", c.read("v1", "PersistentVolumeClaim", "data-data-0", "status", "phase"))

	// Nodes of another mode of the same cluster.
	c.cluster.Mounts("ebs.csi.eks.amazonaws.com")
	c.must(strings.ReplaceAll(strings.ReplaceAll(claiming, "MODE", "ReadWriteOnce"), "image: redis", "image: redis:8"))
	assert.Contains(t, c.stuck("StatefulSet", "data"), "they run no CSI driver ebs.csi.aws.com, only ebs.csi.eks.amazonaws.com")
}

func TestControllersKindsExistOnlyWhereTheyAreInstalled(t *testing.T) {
	c := newTestCluster(t)
	apply := func(kind, resource string) error {
		object := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": map[string]any{"name": "web", "namespace": "blog"},
		}}
		_, err := c.client.Resource(object.GroupVersionKind().GroupVersion().WithResource(resource)).Namespace("blog").
			Apply(t.Context(), "web", object, metav1.ApplyOptions{FieldManager: "test"})
		return err
	}
	kinds := map[string]string{"PodMonitor": "podmonitors", "PrometheusRule": "prometheusrules"}
	for kind, resource := range kinds {
		require.Error(t, apply(kind, resource))
	}
	c.cluster.Install("monitoring.coreos.com")
	for kind, resource := range kinds {
		require.NoError(t, apply(kind, resource))
	}
}

func TestPodsWaitForPullSecretsAndClasses(t *testing.T) {
	c := newTestCluster(t)
	c.must(secret)
	c.must(strings.ReplaceAll(web, "      containers:", "      imagePullSecrets: [{name: registry}]\n      priorityClassName: important\n      runtimeClassName: gvisor\n      containers:"))
	said := c.stuck("Deployment", "web")
	assert.Contains(t, said, "Secret (for pulling images) registry is not there")
	assert.Contains(t, said, "no PriorityClass with name important was found")
	assert.Contains(t, said, `pod rejected: RuntimeClass "gvisor" not found`)

	require.NoError(t, c.cluster.Seed(&unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": map[string]any{"name": "important"}, "value": int64(1000),
	}}))
	c.must("{apiVersion: v1, kind: Secret, metadata: {name: registry}}")
	c.must("{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}")
	assert.Empty(t, c.stuck("Deployment", "web"))
	assert.NotContains(t, c.cluster.Left(), "PriorityClass important", "what was there before is no left-over")
}

func TestSeededObjectsAreAddedInAFixedOrder(t *testing.T) {
	c := newTestCluster(t)
	names := []string{"a", "b", "c", "d", "e", "f"}
	for _, name := range names {
		require.NoError(t, c.cluster.Seed(&unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": name, "namespace": "later"},
			"spec": map[string]any{"ports": []any{map[string]any{"port": int64(80)}}},
		}}))
	}
	c.must("{apiVersion: v1, kind: Namespace, metadata: {name: later}}")
	var addresses []string
	for _, name := range names {
		service, err := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "services"}).Namespace("later").Get(t.Context(), name, metav1.GetOptions{})
		require.NoError(t, err)
		address, _, err := unstructured.NestedString(service.Object, "spec", "clusterIP")
		require.NoError(t, err)
		addresses = append(addresses, address)
	}
	assert.IsIncreasing(t, addresses)
}

func TestAnObjectIsSeededOnceItsNamespaceExists(t *testing.T) {
	c := newTestCluster(t)
	require.NoError(t, c.cluster.Seed(&unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "passwords", "namespace": "later"},
	}}))
	secrets := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "secrets"}).Namespace("later")
	_, err := secrets.Get(t.Context(), "passwords", metav1.GetOptions{})
	require.Error(t, err)
	c.must("{apiVersion: v1, kind: Namespace, metadata: {name: later}}")
	_, err = secrets.Get(t.Context(), "passwords", metav1.GetOptions{})
	require.NoError(t, err)
}

// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
func TestAStatefulSetKeepsAPodThatCannotStart(t *testing.T) {
	set := func(policy, secret string) string {
		return `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: ` + strings.ToLower(policy) + `}, spec: {podManagementPolicy: ` + policy + `, serviceName: db,
			selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: redis, envFrom: [{secretRef: {name: ` + secret + `}}]}]}}}}`
	}
	c := newTestCluster(t)
	c.must("{apiVersion: v1, kind: Secret, metadata: {name: right}, stringData: {A: x}}")
	for _, policy := range []string{"OrderedReady", "Parallel"} {
		c.must(set(policy, "right"))
		c.must(set(policy, "wrong"))
		assert.Contains(t, c.stuck("StatefulSet", strings.ToLower(policy)), "wrong", policy)
		c.must(set(policy, "right"))
	}
	assert.Empty(t, c.stuck("StatefulSet", "parallel"))
	assert.Contains(t, c.stuck("StatefulSet", "orderedready"), "pod orderedready-0 of an earlier template is not ready")

	// What it lacked comes.
	c.must("{apiVersion: v1, kind: Secret, metadata: {name: wrong}, stringData: {A: x}}")
	c.must(set("OrderedReady", "right"))
	assert.Empty(t, c.stuck("StatefulSet", "orderedready"))
}
