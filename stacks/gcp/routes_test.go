package gcp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestARouteLeadsToAnotherPortOfAProcess(t *testing.T) {
	text := replaced(t, fmt.Sprintf(whole, spec.Staging), `"dns":`, `"processes": [{"name": "queue", "command": ["queue"], "port": 5000, "ports": [{"name": "console", "containerPort": 5001, "servicePort": 8080}]}],
		"web": {"ports": [{"name": "proxy", "containerPort": 4180, "servicePort": 4180}]},
		"routes": [{"path": "/console", "process": "queue", "port": "console"}, {"path": "/proxy", "port": "proxy"}], "dns":`)
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, text)
		ports := map[any]any{}
		for _, route := range ran.OfKind("HTTPRoute") {
			for _, rule := range route.At(t, "spec.rules").([]any) {
				references, _ := rule.(map[string]any)["backendRefs"].([]any)
				for _, reference := range references {
					found := reference.(map[string]any)
					ports[found["port"]] = found["name"]
				}
			}
		}
		assert.Equal(t, map[any]any{80.0: "blog-web", 4180.0: "blog-web", 8080.0: "blog-process-queue"}, ports)
		checked := map[any]any{}
		for _, check := range ran.OfKind("HealthCheckPolicy") {
			checked[check.At(t, "spec.targetRef.name")] = check.At(t, "spec.default.config.tcpHealthCheck")
		}
		assert.Equal(t, map[any]any{
			"blog-web":           map[string]any{"portSpecification": "USE_SERVING_PORT"},
			"blog-process-queue": map[string]any{"portSpecification": "USE_FIXED_PORT", "port": 5001.0},
		}, checked)
	}
}
