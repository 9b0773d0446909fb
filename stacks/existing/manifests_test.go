package existing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// controlling is an app with a process that has rights of the Kubernetes API, and a Secret that a controller writes.
const controlling = smallApp + `, "processes": [{"name": "controller", "command": ["control"], "port": 9000, "serviceAccountName": "outposts", "automountServiceAccountToken": true,
		"secretKeyRefs": {"PASSWORD": {"name": "smtp", "key": "password"}}}],
	"objects": [{"name": "rights", "manifest": "{apiVersion: v1, kind: ServiceAccount, metadata: {name: outposts}}\n---\n{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: smtp}, spec: {url: $(process:controller.url)}}"}]`

func TestObjectsOfAnyKindAreThereBeforeThePods(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, controlling)
		controller := ran.Find(t, "Deployment", "blog-process-controller")
		assert.Equal(t, "outposts", controller.At(t, "spec.template.spec.serviceAccountName"))
		assert.Contains(t, fmt.Sprint(controller.At(t, first+".env")), "name:PASSWORD valueFrom:map[secretKeyRef:map[key:password name:smtp]]")
		for _, object := range []mocks.Resource{ran.Find(t, "ServiceAccount", "blog-serviceaccount-outposts"), ran.Find(t, "ExternalSecret", "blog-externalsecret-smtp")} {
			assert.True(t, ran.Waits(ran.Find(t, "Job", "blog-migrate"), object), object.Name)
			assert.True(t, ran.Waits(controller, object), object.Name)
		}
		assert.True(t, strings.HasSuffix(fmt.Sprint(ran.Find(t, "ExternalSecret", "blog-externalsecret-smtp").At(t, "spec.url")), ":9000"))
	}
}

func TestAProcessWithATokenReachesTheAPIServer(t *testing.T) {
	egress := func(sections string) string {
		return fmt.Sprint(chosen(t, mocks.Known, sections).Find(t, "NetworkPolicy", "blog-egress").At(t, "spec.egress"))
	}
	assert.Contains(t, egress(controlling), "port:6443", "the policy sees the port of the server, not that of its Service")
	assert.NotContains(t, egress(smallApp), "port:6443")
}

func TestAWorkerRunsBesideADeviceInARuntimeOfItsOwn(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "workers": [{"name": "default", "kind": "other", "args": ["worker"], "longestTaskSeconds": 600,
		"extendedResources": {"nvidia.com/gpu": 2}, "runtimeClassName": "nvidia", "supplementalGroups": [3000],
		"probes": {"liveness": {"handler": "exec", "command": ["alive"], "initialDelaySeconds": 90}}}]`)
	worker := ran.Find(t, "Deployment", "blog-worker-default").At(t, "spec.template.spec").(map[string]any)
	container := worker["containers"].([]any)[0].(map[string]any)
	for _, list := range []string{"requests", "limits"} {
		assert.Equal(t, "2", container["resources"].(map[string]any)[list].(map[string]any)["nvidia.com/gpu"], list)
	}
	assert.Equal(t, "nvidia", worker["runtimeClassName"])
	assert.Equal(t, []any{3000.0}, worker["securityContext"].(map[string]any)["supplementalGroups"])
	assert.Equal(t, 90.0, container["livenessProbe"].(map[string]any)["initialDelaySeconds"])
}

func TestAWorkerIsTheEntryPointOfItsImage(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "workers": [{"name": "default", "kind": "other", "args": ["worker"], "longestTaskSeconds": 600, "hostAliases": [{"ip": "10.0.0.7", "hostnames": ["ldap.example.com", "ldap"]}]}]`)
	worker := ran.Find(t, "Deployment", "blog-worker-default").At(t, "spec.template.spec").(map[string]any)
	container := worker["containers"].([]any)[0].(map[string]any)
	assert.NotContains(t, container, "command")
	assert.Equal(t, []any{"worker"}, container["args"])
	assert.Equal(t, 605.0, worker["terminationGracePeriodSeconds"])
	assert.Equal(t, []any{map[string]any{"ip": "10.0.0.7", "hostnames": []any{"ldap.example.com", "ldap"}}}, worker["hostAliases"])
	for _, server := range ran.OfKind("StatefulSet") {
		assert.NotEqual(t, "blog-redis-broker", server.Name, "it needs no broker")
	}
}
