package existing_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

const loki = `"monitoring": {"logs": {"endpoint": "https://loki.example.com/otlp", "headers": {"Authorization": "Bearer abc", "X-Scope-OrgID": "shop"}}}`

func TestTheCollectorOfLogsReadsOneNamespaceOnly(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, smallApp+", "+loki)
		namespace := ran.Find(t, "Namespace", "blog-logs")
		assert.Equal(t, "blog-dev-logs", namespace.At(t, "metadata.name"))
		assert.Equal(t, "privileged", namespace.At(t, `metadata.labels["pod-security.kubernetes.io/enforce"]`))

		collector := ran.Find(t, "DaemonSet", "blog-logs")
		assert.Equal(t, "/var/log/pods", collector.At(t, "spec.template.spec.volumes[0].hostPath.path"))
		assert.Equal(t, true, collector.At(t, first+".volumeMounts[0].readOnly"))
		assert.Equal(t, true, collector.At(t, "spec.template.spec.securityContext.runAsNonRoot"))
		assert.Equal(t, []any{"ALL"}, collector.At(t, first+".securityContext.capabilities.drop"))
		assert.Equal(t, true, collector.At(t, first+".securityContext.readOnlyRootFilesystem"))

		config := configOf(t, ran)
		receiver := config["receivers"].(map[string]any)["file_log"].(map[string]any)
		assert.Equal(t, []any{"/var/log/pods/blog-dev_*/*/*.log"}, receiver["include"])
		labels := config["processors"].(map[string]any)["k8s_attributes"].(map[string]any)
		assert.Equal(t, map[string]any{"namespace": "blog-dev", "node_from_env_var": "KUBE_NODE_NAME"}, labels["filter"])
		assert.Equal(t, []any{"get", "list", "watch"}, ran.Find(t, "Role", "blog-logs").At(t, "rules[0].verbs"))
		assert.Empty(t, ran.OfKind("ClusterRole"), "it has rights in one namespace only")
	}
}

func TestTheHeadersOfLogsAreInASecretOnly(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, smallApp+", "+loki)
		assert.True(t, ran.Find(t, "Secret", "blog-logs").Secret("stringData"))
		exporter := configOf(t, ran)["exporters"].(map[string]any)["otlp_http"].(map[string]any)
		assert.Equal(t, "https://loki.example.com/otlp", exporter["endpoint"])
		assert.Equal(t, map[string]any{"Authorization": "${env:HEADER_0}", "X-Scope-OrgID": "${env:HEADER_1}"}, exporter["headers"])
		text, err := json.Marshal(ran.Find(t, "ConfigMap", "blog-logs").Plain())
		require.NoError(t, err)
		assert.NotContains(t, string(text), "Bearer abc")
	}
}

func TestLogsLeaveByGRPCWithoutTLSOnlyIfTheEndpointSaysSo(t *testing.T) {
	for endpoint, insecure := range map[string]bool{"https://otel.example.com:4317": false, "http://otel.observability.svc:4317": true} {
		ran := chosen(t, mocks.Known, smallApp+`, "monitoring": {"logs": {"exporter": "otlp", "endpoint": "`+endpoint+`"}}`)
		exporter := configOf(t, ran)["exporters"].(map[string]any)["otlp_grpc"].(map[string]any)
		assert.Equal(t, map[string]any{"insecure": insecure}, exporter["tls"])
		assert.Equal(t, []any{443, 6443, 4317}, portsOf(t, ran.Find(t, "NetworkPolicy", "blog-logs")))
		for _, secret := range ran.OfKind("Secret") {
			assert.NotEqual(t, "blog-logs", secret.Name, "there are no headers")
		}
	}
}

func TestNothingReadsLogsUnlessItIsAsked(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp)
	assert.Empty(t, ran.OfKind("DaemonSet"))
	for _, name := range ran.Names() {
		assert.NotContains(t, name, "-logs")
	}
}

func configOf(t *testing.T, ran mocks.Program) map[string]any {
	t.Helper()
	text, is := ran.Find(t, "ConfigMap", "blog-logs").At(t, `data["config.json"]`).(string)
	require.True(t, is)
	var config map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &config))
	return config
}

func portsOf(t *testing.T, policy mocks.Resource) []any {
	t.Helper()
	rules := policy.At(t, "spec.egress").([]any)
	require.Len(t, rules, 2)
	var ports []any
	for _, port := range rules[1].(map[string]any)["ports"].([]any) {
		number, is := port.(map[string]any)["port"].(float64)
		require.True(t, is, "%v", port)
		ports = append(ports, int(number))
	}
	return ports
}
