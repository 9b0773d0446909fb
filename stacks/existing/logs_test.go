package existing_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

const loki = `"monitoring": {"logs": {"endpoint": "https://loki.example.com/otlp", "headers": {"Authorization": "Bearer abc", "X-Scope-OrgID": "shop"}}}`

func TestTheCollectorOfLogsReadsOneEnvironmentOnly(t *testing.T) {
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
		assert.Equal(t, []any{"/var/log/pods/blog-dev_blog-*/*/*.log"}, receiver["include"])
		labels := config["processors"].(map[string]any)["k8s_attributes"].(map[string]any)
		assert.Equal(t, map[string]any{"namespace": "blog-dev", "node_from_env_var": "KUBE_NODE_NAME"}, labels["filter"])
		assert.Equal(t, true, labels["wait_for_metadata"], "no line is sent without its process")
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
		for _, secret := range ran.OfKind("Secret") {
			assert.NotEqual(t, "blog-logs", secret.Name, "there are no headers")
		}
	}
}

// The pods of others in the namespace have other names, or other labels: one environment's name may begin another's.
func TestInASharedNamespaceTheLogsOfOthersStay(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "namespace": {"source": "existing", "name": "teams"}, `+loki)
	config := configOf(t, ran)
	receiver := config["receivers"].(map[string]any)["file_log"].(map[string]any)
	assert.Equal(t, []any{"/var/log/pods/teams_blog-dev-*/*/*.log"}, receiver["include"])
	dropped := config["processors"].(map[string]any)["filter"].(map[string]any)["logs"]
	assert.Equal(t, map[string]any{"log_record": []any{
		`resource.attributes["k8s.pod.start_time"] != nil and resource.attributes["app.kubernetes.io/instance"] != "blog-dev"`,
	}}, dropped)
	assert.Equal(t, []any{"memory_limiter", "k8s_attributes", "filter", "resource"}, pipelineOf(config)["processors"], "what is filtered has its labels")
}

func TestTheCollectorOfLogsConnectsToItsReceiverOnly(t *testing.T) {
	api := []any{443.0, 6443.0}
	for endpoint, want := range map[string][]egress{
		"https://loki.example.com/otlp":        {{api, false}, {[]any{443.0}, false}},
		"http://198.51.100.7:3100/otlp":        {{api, false}, {[]any{3100.0}, false}},
		"http://loki-gateway.loki.svc/otlp":    {{api, false}, {[]any{80.0}, true}, {nil, true}},
		"http://loki-gateway.loki.svc:80/otlp": {{api, false}, {[]any{80.0}, true}, {nil, true}},
		"https://loki.loki.svc:8443/otlp/team": {{api, false}, {[]any{8443.0}, true}, {nil, true}},
	} {
		ran := chosen(t, mocks.Known, smallApp+`, "monitoring": {"logs": {"endpoint": "`+endpoint+`"}}`)
		assert.Equal(t, want, egressOf(t, ran.Find(t, "NetworkPolicy", "blog-logs")), endpoint)
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

func pipelineOf(config map[string]any) map[string]any {
	return config["service"].(map[string]any)["pipelines"].(map[string]any)["logs"].(map[string]any)
}

// egress is a rule of a NetworkPolicy: its ports, nil for all, and whether it is for pods too.
type egress struct {
	ports []any
	pods  bool
}

func egressOf(t *testing.T, policy mocks.Resource) []egress {
	t.Helper()
	rules := policy.At(t, "spec.egress").([]any)
	var found []egress
	// The first is for DNS.
	for _, rule := range rules[1:] {
		fields := rule.(map[string]any)
		var one egress
		if ports, is := fields["ports"].([]any); is {
			for _, port := range ports {
				one.ports = append(one.ports, port.(map[string]any)["port"])
			}
		}
		for _, peer := range fields["to"].([]any) {
			if _, is := peer.(map[string]any)["namespaceSelector"]; is {
				one.pods = true
			}
		}
		found = append(found, one)
	}
	return found
}
