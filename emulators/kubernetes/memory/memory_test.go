package memory_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
)

// testCluster is a cluster in memory with the namespace blog.
type testCluster struct {
	t       *testing.T
	cluster *memory.Cluster
	client  dynamic.Interface
}

func newTestCluster(t *testing.T) *testCluster {
	t.Helper()
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	client, err := dynamic.NewForConfig(cluster.Config())
	require.NoError(t, err)
	c := &testCluster{t: t, cluster: cluster, client: client}
	c.must("{apiVersion: v1, kind: Namespace, metadata: {name: blog}}")
	return c
}

// of returns the client for the objects of a kind, in the namespace blog if the kind is namespaced.
func (c *testCluster) of(apiVersion, kind string) dynamic.ResourceInterface {
	c.t.Helper()
	client, err := discovery.NewDiscoveryClientForConfig(c.cluster.Config())
	require.NoError(c.t, err)
	list, err := client.ServerResourcesForGroupVersion(apiVersion)
	require.NoError(c.t, err)
	for _, each := range list.APIResources {
		if each.Kind != kind {
			continue
		}
		resource := c.client.Resource(schema.FromAPIVersionAndKind(apiVersion, kind).GroupVersion().WithResource(each.Name))
		if each.Namespaced {
			return resource.Namespace("blog")
		}
		return resource
	}
	require.Fail(c.t, "there is no kind "+kind+" in "+apiVersion)
	return nil
}

func (c *testCluster) apply(manifest string, options metav1.ApplyOptions) (*unstructured.Unstructured, error) {
	c.t.Helper()
	object := &unstructured.Unstructured{}
	plain, err := yaml.ToJSON([]byte("---\n" + manifest)) // so that {...} is not taken for JSON
	require.NoError(c.t, err)
	require.NoError(c.t, object.UnmarshalJSON(plain))
	if options.FieldManager == "" {
		options.FieldManager = "test"
	}
	return c.of(object.GetAPIVersion(), object.GetKind()).Apply(c.t.Context(), object.GetName(), object, options)
}

func (c *testCluster) must(manifest string) *unstructured.Unstructured {
	c.t.Helper()
	made, err := c.apply(manifest, metav1.ApplyOptions{})
	require.NoError(c.t, err)
	return made
}

// read returns a field of a live object, or nil.
func (c *testCluster) read(apiVersion, kind, name string, path ...string) any {
	c.t.Helper()
	live, err := c.of(apiVersion, kind).Get(c.t.Context(), name, metav1.GetOptions{})
	require.NoError(c.t, err)
	value, _, err := unstructured.NestedFieldNoCopy(live.Object, path...)
	require.NoError(c.t, err)
	return value
}

func (c *testCluster) remove(apiVersion, kind, name string) {
	c.t.Helper()
	require.NoError(c.t, c.of(apiVersion, kind).Delete(c.t.Context(), name, metav1.DeleteOptions{}))
}

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: blog:1
        envFrom: [{secretRef: {name: passwords}}]
`

const secret = "{apiVersion: v1, kind: Secret, metadata: {name: passwords}, data: {KEY: YQ==}}"

func TestRequestsNeedTheToken(t *testing.T) {
	c := newTestCluster(t)
	config := rest.CopyConfig(c.cluster.Config())
	config.BearerToken = "guessed"
	client, err := dynamic.NewForConfig(config)
	require.NoError(t, err)
	_, err = client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "secrets"}).List(t.Context(), metav1.ListOptions{})
	assert.True(t, apierrors.IsUnauthorized(err), "%v", err)
}

func TestAWorkloadIsReadyWhenAllItsReferencesExist(t *testing.T) {
	c := newTestCluster(t)
	c.must(web)
	assert.Nil(t, c.read("apps/v1", "Deployment", "web", "status", "readyReplicas"))
	conditions := c.read("apps/v1", "Deployment", "web", "status", "conditions")
	assert.Contains(t, conditions.([]any)[0], "message")
	assert.Equal(t, "Secret passwords is not there", conditions.([]any)[0].(map[string]any)["message"])

	c.must(secret)
	assert.EqualValues(t, 2, c.read("apps/v1", "Deployment", "web", "status", "readyReplicas"))
	assert.EqualValues(t, 2, c.read("apps/v1", "Deployment", "web", "status", "updatedReplicas"))
}

func TestAServiceHasEndpointsOnlyOfSelectedPods(t *testing.T) {
	c := newTestCluster(t)
	c.must(secret)
	c.must(web)
	c.must("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}")
	c.must("{apiVersion: v1, kind: Service, metadata: {name: wrong}, spec: {selector: {app: wbe}, ports: [{port: 80}]}}")
	assert.Len(t, c.read("discovery.k8s.io/v1", "EndpointSlice", "web-memory", "endpoints"), 1)
	assert.Empty(t, c.read("discovery.k8s.io/v1", "EndpointSlice", "wrong-memory", "endpoints"))
	assert.Regexp(t, `^10\.96\.`, c.read("v1", "Service", "web", "spec", "clusterIP"))
}

func TestApplyingTheSameChangesNothing(t *testing.T) {
	c := newTestCluster(t)
	c.must(secret)
	for _, manifest := range []string{
		web, secret,
		"{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}",
		"{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}",
		"{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}",
		"{apiVersion: eks.amazonaws.com/v1, kind: TargetGroupBinding, metadata: {name: web}, spec: {targetGroupARN: arn, serviceRef: {name: web}}}",
	} {
		first := c.must(manifest)
		again := c.must(manifest)
		assert.Equal(t, first.Object, again.Object, manifest)
	}
}

func TestAConflictNamesTheManager(t *testing.T) {
	c := newTestCluster(t)
	c.must("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {color: orange}}")
	maroon := "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {color: maroon}}"
	_, err := c.apply(maroon, metav1.ApplyOptions{FieldManager: "other"})
	require.True(t, apierrors.IsConflict(err), "%v", err)
	assert.Contains(t, err.Error(), `conflict with "test": .data.color`)
	_, err = c.apply(maroon, metav1.ApplyOptions{FieldManager: "other", Force: true})
	require.NoError(t, err)
	assert.Equal(t, "maroon", c.read("v1", "ConfigMap", "settings", "data", "color"))
	// A field that its only manager omits is removed.
	c.must("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}")
	_, err = c.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}", metav1.ApplyOptions{FieldManager: "other"})
	require.NoError(t, err)
	assert.Nil(t, c.read("v1", "ConfigMap", "settings", "data"))
}

func TestADryRunStoresNothing(t *testing.T) {
	c := newTestCluster(t)
	planned, err := c.apply(secret, metav1.ApplyOptions{DryRun: []string{metav1.DryRunAll}})
	require.NoError(t, err)
	assert.NotEmpty(t, planned.GetUID())
	_, err = c.of("v1", "Secret").Get(t.Context(), "passwords", metav1.GetOptions{})
	assert.True(t, apierrors.IsNotFound(err), "%v", err)
	assert.Equal(t, []string{"Namespace blog"}, c.cluster.Left())
}

func TestInvalidObjectsAreRefused(t *testing.T) {
	c := newTestCluster(t)
	c.must(secret)
	c.must(web)
	claim := "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s}, spec: {storageClassName: %s, accessModes: [ReadWriteOnce], resources: {requests: {storage: %s}}}}"
	for class, expands := range map[string]bool{"fixed": false, "growing": true} {
		c.must(fmt.Sprintf("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s}, provisioner: csi.example.com, allowVolumeExpansion: %t}", class, expands))
		c.must(fmt.Sprintf(claim, class, class, "1Gi"))
	}
	c.must(fmt.Sprintf(claim, "growing", "growing", "2Gi"))
	c.must(fmt.Sprintf(claim, "data", "fast", "1Gi"))
	cases := map[string]struct{ manifest, want string }{
		"a claim that cannot grow": {fmt.Sprintf(claim, "fixed", "fixed", "2Gi"), "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"},
		"an unknown field":         {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, date: {}}", ".date: field not declared in schema"},
		"a wrong type":             {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {number: 5}}", ".data.number: expected string"},
		"a name that is none":      {"{apiVersion: v1, kind: ConfigMap, metadata: {name: Blog_1}}", "RFC 1123"},
		"a label that is none":     {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {a: 'b c'}}}", "metadata.labels"},
		"a namespace that is not":  {"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: nowhere}}", "does not match the namespace"},
		"a changed selector": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: x}},
			template: {metadata: {labels: {app: x}}, spec: {containers: [{name: web, image: i}]}}}}`, "spec.selector: Invalid value: \"\": field is immutable"},
		"a selector of other pods": {`{apiVersion: apps/v1, kind: Deployment, metadata: {name: other}, spec: {selector: {matchLabels: {app: x}},
			template: {metadata: {labels: {app: z}}, spec: {containers: [{name: web, image: i}]}}}}`, "does not match template"},
		"a claim that shrinks":       {"{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 512Mi}}}}", "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"},
		"a claim's other class":      {"{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: slow, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}", "field is immutable"},
		"two containers of one name": {`{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: i}, {name: a, image: j}]}}`, "duplicate"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := c.apply(test.manifest, metav1.ApplyOptions{Force: true})
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
		})
	}
	_, err := c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace("nowhere").
		Apply(t.Context(), "a", &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "a"},
		}}, metav1.ApplyOptions{FieldManager: "test"})
	assert.True(t, apierrors.IsNotFound(err), "%v", err)
}

func TestAClaimInUseIsDeletedAfterItsWorkload(t *testing.T) {
	c := newTestCluster(t)
	c.must("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}")
	c.must(`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {serviceName: db, selector: {matchLabels: {app: db}},
		template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}], volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]}},
		volumeClaimTemplates: [{metadata: {name: own}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}`)
	assert.Equal(t, "Bound", c.read("v1", "PersistentVolumeClaim", "data", "status", "phase"))
	assert.Equal(t, "Bound", c.read("v1", "PersistentVolumeClaim", "own-db-0", "status", "phase"))

	c.remove("v1", "PersistentVolumeClaim", "data")
	assert.NotNil(t, c.read("v1", "PersistentVolumeClaim", "data", "metadata", "deletionTimestamp"))
	c.remove("apps/v1", "StatefulSet", "db")
	_, err := c.of("v1", "PersistentVolumeClaim").Get(t.Context(), "data", metav1.GetOptions{})
	assert.True(t, apierrors.IsNotFound(err), "%v", err)
	assert.Equal(t, []string{"Namespace blog", "PersistentVolumeClaim blog/own-db-0"}, c.cluster.Left(), "the claims of templates stay, as in a real cluster")

	c.remove("v1", "Namespace", "blog")
	assert.Empty(t, c.cluster.Left())
}

func TestAFinalizerKeepsItsObjectAndTheNamespace(t *testing.T) {
	c := newTestCluster(t)
	c.must("{apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [example.com/held]}}")
	c.remove("v1", "Namespace", "blog")
	assert.Equal(t, "Terminating", c.read("v1", "Namespace", "blog", "status", "phase"))
	_, err := c.apply(secret, metav1.ApplyOptions{})
	assert.True(t, apierrors.IsForbidden(err), "%v", err)
	c.must("{apiVersion: v1, kind: ConfigMap, metadata: {name: held}}")
	assert.Empty(t, c.cluster.Left())
}

func TestACustomKindIsServedWhileItsDefinitionExists(t *testing.T) {
	c := newTestCluster(t)
	c.must(`{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com},
		spec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}, versions: [{name: v1, served: true, storage: true}]}}`)
	c.must("{apiVersion: example.com/v1, kind: Thing, metadata: {name: one}, spec: {any: [1, {b: c}]}}")
	assert.Contains(t, c.cluster.Left(), "Thing blog/one")
	c.remove("apiextensions.k8s.io/v1", "CustomResourceDefinition", "things.example.com")
	assert.Equal(t, []string{"Namespace blog"}, c.cluster.Left())
	client, err := discovery.NewDiscoveryClientForConfig(c.cluster.Config())
	require.NoError(t, err)
	_, err = client.ServerResourcesForGroupVersion("example.com/v1")
	assert.True(t, apierrors.IsNotFound(err), "%v", err)
}

func TestAWatchSendsExistingObjectsAndEveryChange(t *testing.T) {
	c := newTestCluster(t)
	c.must(secret)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	watching, err := c.of("v1", "Secret").Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=passwords"})
	require.NoError(t, err)
	defer watching.Stop()
	seen := func() string {
		select {
		case event := <-watching.ResultChan():
			return string(event.Type)
		case <-ctx.Done():
			return "nothing"
		}
	}
	assert.Equal(t, "ADDED", seen())
	c.must("{apiVersion: v1, kind: Secret, metadata: {name: other}}")
	c.must("{apiVersion: v1, kind: Secret, metadata: {name: passwords}, data: {KEY: Yg==}}")
	assert.Equal(t, "MODIFIED", seen())
	c.remove("v1", "Secret", "passwords")
	assert.Equal(t, "DELETED", seen())
}

func TestTheVersionIsThatOfTheKinds(t *testing.T) {
	content, err := os.ReadFile("../../../go.mod")
	require.NoError(t, err)
	match := regexp.MustCompile(`k8s\.io/api v0\.(\d+)`).FindSubmatch(content)
	require.Len(t, match, 2)
	client, err := discovery.NewDiscoveryClientForConfig(newTestCluster(t).cluster.Config())
	require.NoError(t, err)
	version, err := client.ServerVersion()
	require.NoError(t, err)
	assert.Equal(t, string(match[1]), version.Minor)
}
