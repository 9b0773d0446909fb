package kubernetes

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// manifest parses an object written as YAML. The value UNKNOWN is one that a preview does not know.
func manifest(t *testing.T, text string) resource.PropertyMap {
	t.Helper()
	var fields map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &fields))
	return resource.NewPropertyMapFromMapRepl(fields, nil, func(value any) (resource.PropertyValue, bool) {
		if value == "UNKNOWN" {
			return resource.MakeComputed(resource.NewStringProperty("")), true
		}
		return resource.PropertyValue{}, false
	})
}

func diff(t *testing.T, p *provider, before, after resource.PropertyMap, ignored ...string) *pulumirpc.DiffResponse {
	t.Helper()
	live := state{live: object(before.Mappable()), inputs: object{}, fieldManager: "pulumi-kubernetes-1"}
	olds, err := live.encode(nil)
	require.NoError(t, err)
	response, err := p.Diff(t.Context(), &pulumirpc.DiffRequest{
		Urn: urn("x/v1:X", "x"), Olds: olds, OldInputs: encode(t, before), News: encode(t, after), IgnoreChanges: ignored,
	})
	require.NoError(t, err)
	return response
}

func TestFieldsThatAreUpdatedInPlaceOrReplaced(t *testing.T) {
	const (
		configMap   = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here}, "
		secret      = "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: here}, "
		deployment  = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: here}, "
		statefulSet = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a, namespace: here}, "
		service     = "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: here}, "
		job         = "{apiVersion: batch/v1, kind: Job, metadata: {name: a, namespace: here}, "
		claim       = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a, namespace: here}, "
		binding     = "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a, namespace: here}, "
		class       = "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, "
		custom      = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: a, namespace: here}, "
	)
	for name, test := range map[string]struct {
		before, after string
		changes       map[string]string
	}{
		"nothing":       {configMap + "data: {a: b}}", configMap + "data: {a: b}}", nil},
		"name":          {configMap + "}", "{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: here}}", map[string]string{"metadata.name": "UPDATE_REPLACE"}},
		"namespace":     {configMap + "}", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: there}}", map[string]string{"metadata.namespace": "UPDATE_REPLACE"}},
		"label":         {configMap + "}", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here, labels: {example.com/a: b}}}", map[string]string{`metadata.labels`: "ADD"}},
		"data":          {configMap + "data: {a: b}}", configMap + "data: {a: c, d: e}}", map[string]string{"data.a": "UPDATE_REPLACE", "data.d": "ADD_REPLACE"}},
		"data with dot": {configMap + "data: {a.b: b, c: d}}", configMap + "data: {c: d}}", map[string]string{`data["a.b"]`: "DELETE_REPLACE"}},
		"secret":        {secret + "data: {a: Yg==}}", secret + "data: {a: Yw==}}", map[string]string{"data.a": "UPDATE_REPLACE"}},
		"secret type":   {secret + "type: Opaque}", secret + "type: other}", map[string]string{"type": "UPDATE_REPLACE"}},
		"image":         {deployment + "spec: {template: {spec: {containers: [{name: a, image: a}]}}}}", deployment + "spec: {template: {spec: {containers: [{name: a, image: b}]}}}}", map[string]string{"spec.template.spec.containers[0].image": "UPDATE"}},
		"selector":      {deployment + "spec: {selector: {matchLabels: {a: b}}}}", deployment + "spec: {selector: {matchLabels: {a: c}}}}", map[string]string{"spec.selector.matchLabels.a": "UPDATE_REPLACE"}},
		"whole spec":    {deployment + "}", deployment + "spec: {selector: {matchLabels: {a: c}}}}", map[string]string{"spec": "ADD_REPLACE"}},
		"harmless spec": {deployment + "}", deployment + "spec: {replicas: 1}}", map[string]string{"spec": "ADD"}},
		"replicas":      {statefulSet + "spec: {replicas: 1}}", statefulSet + "spec: {replicas: 2}}", map[string]string{"spec.replicas": "UPDATE"}},
		"claims":        {statefulSet + "spec: {volumeClaimTemplates: [{metadata: {name: a}}]}}", statefulSet + "spec: {volumeClaimTemplates: [{metadata: {name: b}}]}}", map[string]string{"spec.volumeClaimTemplates[0].metadata.name": "UPDATE_REPLACE"}},
		"headless":      {service + "spec: {ports: []}}", service + "spec: {ports: [], clusterIP: None}}", map[string]string{"spec.clusterIP": "ADD_REPLACE"}},
		"port":          {service + "spec: {ports: [{port: 1}]}}", service + "spec: {ports: [{port: 2}]}}", map[string]string{"spec.ports[0].port": "UPDATE"}},
		"job template":  {job + "spec: {template: {spec: {a: 1}}}}", job + "spec: {template: {spec: {a: 2}}}}", map[string]string{"spec.template.spec.a": "UPDATE_REPLACE"}},
		"job lifetime":  {job + "spec: {}}", job + "spec: {ttlSecondsAfterFinished: 1}}", map[string]string{"spec.ttlSecondsAfterFinished": "ADD"}},
		"claim size":    {claim + "spec: {resources: {requests: {storage: 1Gi}}}}", claim + "spec: {resources: {requests: {storage: 2Gi}}}}", map[string]string{"spec.resources.requests.storage": "UPDATE"}},
		"claim respelt": {claim + "spec: {resources: {requests: {storage: 1Gi}}}}", claim + "spec: {resources: {requests: {storage: 1024Mi}}}}", nil},
		"claim class":   {claim + "spec: {storageClassName: a}}", claim + "spec: {storageClassName: b}}", map[string]string{"spec.storageClassName": "UPDATE_REPLACE"}},
		"role":          {binding + "roleRef: {name: a}}", binding + "roleRef: {name: b}}", map[string]string{"roleRef.name": "UPDATE_REPLACE"}},
		"parameters":    {class + "parameters: {a: b}}", class + "parameters: {a: c}}", map[string]string{"parameters.a": "UPDATE_REPLACE"}},
		"custom":        {custom + "spec: {clusterIP: a}}", custom + "spec: {clusterIP: b}}", map[string]string{"spec.clusterIP": "UPDATE"}},
		"custom text":   {custom + "spec: {size: 1000m}}", custom + "spec: {size: '1'}}", map[string]string{"spec.size": "UPDATE"}},
		"unknown":       {deployment + "spec: {replicas: 1}}", deployment + "spec: {replicas: UNKNOWN}}", map[string]string{"spec.replicas": "UPDATE"}},
		"unknown there": {job + "spec: {template: {a: b}}}", job + "spec: {template: UNKNOWN}}", map[string]string{"spec.template": "UPDATE_REPLACE"}},
		"unknown above": {job + "spec: {template: {a: b}}}", job + "spec: UNKNOWN}", map[string]string{"spec": "UPDATE_REPLACE"}},
	} {
		t.Run(name, func(t *testing.T) {
			response := diff(t, offline(t), manifest(t, test.before), manifest(t, test.after))
			found := map[string]string{}
			for path, change := range response.GetDetailedDiff() {
				found[path] = change.GetKind().String()
			}
			if test.changes == nil {
				test.changes = map[string]string{}
			}
			assert.Equal(t, test.changes, found)
			assert.Equal(t, len(found) > 0, response.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME)
		})
	}
}

func TestMutableAndImmutableData(t *testing.T) {
	p := offline(t)
	p.settings.configMapMutable, p.settings.secretMutable = true, true
	for _, kind := range []string{"ConfigMap", "Secret"} {
		free := diff(t, p, manifest(t, "{apiVersion: v1, kind: "+kind+", metadata: {name: a}, data: {a: b}}"),
			manifest(t, "{apiVersion: v1, kind: "+kind+", metadata: {name: a}, data: {a: c}}"))
		assert.Empty(t, free.GetReplaces(), kind)
		frozen := diff(t, p, manifest(t, "{apiVersion: v1, kind: "+kind+", metadata: {name: a}, immutable: true, data: {a: b}}"),
			manifest(t, "{apiVersion: v1, kind: "+kind+", metadata: {name: a}, immutable: true, data: {a: c}}"))
		assert.Equal(t, []string{"data.a"}, frozen.GetReplaces(), kind)
	}
}

func TestOldObjectIsDeletedFirstWhenTheNameIsTaken(t *testing.T) {
	for name, test := range map[string]struct {
		before, after string
		first         bool
	}{
		"given name": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here}, data: {a: b}}",
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here}, data: {a: c}}", true,
		},
		"automatic name": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here, annotations: {pulumi.com/autonamed: 'true'}}, data: {a: b}}",
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here, annotations: {pulumi.com/autonamed: 'true'}}, data: {a: c}}", false,
		},
		"another namespace": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here}}",
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: there}}", false,
		},
		"in place": {
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here}}",
			"{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: here, labels: {a: b}}}", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			response := diff(t, offline(t), manifest(t, test.before), manifest(t, test.after))
			assert.Equal(t, test.first, response.GetDeleteBeforeReplace())
		})
	}
}

func TestIgnoredChangesAreNoChanges(t *testing.T) {
	response := diff(t, offline(t),
		manifest(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 1}}"),
		manifest(t, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: 2}}"), "spec.replicas")
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, response.GetChanges())
}

func TestNamingTheDefaultNamespaceIsNoChange(t *testing.T) {
	response := diff(t, offline(t),
		manifest(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"),
		manifest(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}"))
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, response.GetChanges())
}
