package kubernetes

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// parsed parses an object written as YAML, with whole numbers as in a server's answer.
func parsed(t *testing.T, text string) object {
	t.Helper()
	var fields map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &fields))
	whole, err := toObject(mapped(fields))
	require.NoError(t, err)
	return whole
}

func TestRefreshSeesOnlyWhatTheProgramSets(t *testing.T) {
	for name, test := range map[string]struct{ live, inputs, seen string }{
		"defaults of the server": {
			"{spec: {replicas: 2, strategy: {type: RollingUpdate}}, status: {a: b}}", "{spec: {replicas: 2}}", "{spec: {replicas: 2}}",
		},
		"drift": {"{spec: {replicas: 5}}", "{spec: {replicas: 2}}", "{spec: {replicas: 5}}"},
		"what says nothing": {
			"{metadata: {name: a}, spec: {containers: [{name: a}]}}",
			"{metadata: {name: a, labels: {}}, spec: {hostNetwork: false, minReadySeconds: 0, containers: [{name: a, tty: false, args: []}]}}",
			"{metadata: {name: a, labels: {}}, spec: {hostNetwork: false, minReadySeconds: 0, containers: [{name: a, tty: false, args: []}]}}",
		},
		"a removed field": {"{spec: {}}", "{spec: {replicas: 2}}", "{spec: {}}"},
		"another spelling": {
			"{spec: {resources: {limits: {cpu: '1', memory: 512Mi}}}}", "{spec: {resources: {limits: {cpu: 1000m, memory: 0.5Gi}}}}",
			"{spec: {resources: {limits: {cpu: 1000m, memory: 0.5Gi}}}}",
		},
		"a number for a text": {"{spec: {hard: {pods: '20'}}}", "{spec: {hard: {pods: 20}}}", "{spec: {hard: {pods: 20}}}"},
		"no amount": {
			"{spec: {env: [{name: A, value: '1'}]}}", "{spec: {env: [{name: A, value: 1000m}]}}", "{spec: {env: [{name: A, value: '1'}]}}",
		},
		"an injected container": {
			"{containers: [{name: proxy, image: p}, {name: web, image: w, tty: false}]}", "{containers: [{name: web, image: w}]}",
			"{containers: [{name: web, image: w}]}",
		},
		"a lost container": {
			"{containers: [{name: proxy, image: p}]}", "{containers: [{name: web, image: w}]}", "{containers: []}",
		},
		"a list by position": {
			"{ports: [{port: 80, protocol: TCP}]}", "{ports: [{port: 80}, {port: 81}]}", "{ports: [{port: 80}]}",
		},
		"data of a Secret": {
			"{kind: Secret, data: {a: Yg==, other: Yw==}}", "{kind: Secret, data: {a: Yg==, removed: Yw==}}", "{kind: Secret, data: {a: Yg==}}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, parsed(t, test.seen), project(parsed(t, test.live), parsed(t, test.inputs)))
		})
	}
}

func TestImportLeavesTheServersFieldsOut(t *testing.T) {
	inputs := importable(parsed(t, `{kind: ConfigMap, status: {}, data: {a: b}, metadata: {name: a, uid: u, resourceVersion: "1",
		managedFields: [], annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}}}`))
	assert.Equal(t, parsed(t, "{kind: ConfigMap, data: {a: b}, metadata: {name: a}}"), inputs)
}

func TestFieldsOfDefinitionsAreNamedAsInTheSDKs(t *testing.T) {
	given := mapped(map[string]any{"x_kubernetes_int_or_string": true, "x_other": 1})
	inputs, err := toObject(given)
	require.NoError(t, err)
	assert.Equal(t, object{"x-kubernetes-int-or-string": true, "x_other": int64(1)}, inputs)
	assert.Equal(t, given, toProperties(inputs))
}
