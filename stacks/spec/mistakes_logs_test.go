package spec_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestLogsThatCannotLeaveAreReported(t *testing.T) {
	const needsPort = `needs a port and no path with exporter otlp, for instance https://collector.example.com:4317`
	for _, row := range []wrong{
		{"no receiver", minimal, "monitoring.logs", object("exporter", "otlp"), `monitoring.logs.endpoint: is required`},
		{"other protocol", minimal, "monitoring.logs", object("endpoint", "https://a.example.com", "exporter", "loki"), `monitoring.logs.exporter: "loki": must be`},
		{"receiver without a namespace", minimal, "monitoring.logs.endpoint", "http://loki:3100/otlp", `monitoring.logs.endpoint: "http://loki:3100/otlp": has no namespace, and the collector is in another than the app: write loki.NAMESPACE.svc for a Service`},
		{"the collector itself", minimal, "monitoring.logs.endpoint", "http://localhost:4318", `monitoring.logs.endpoint: "http://localhost:4318": is the collector's own pod`},
		{"the collector itself by address", minimal, "monitoring.logs.endpoint", "http://127.0.0.1:4318", `monitoring.logs.endpoint: "http://127.0.0.1:4318": is the collector's own pod`},
		{"the metadata address", minimal, "monitoring.logs.endpoint", "http://169.254.169.254/otlp", `monitoring.logs.endpoint: "http://169.254.169.254/otlp": is a link-local address`},
		{"no URL", minimal, "monitoring.logs.endpoint", "loki:3100", `monitoring.logs.endpoint: "loki:3100": must be`},
		{"too high a port", minimal, "monitoring.logs.endpoint", "https://loki.example.com:99999", `monitoring.logs.endpoint: "https://loki.example.com:99999": has a port that is not between 1 and 65535`},
		{"gRPC without a port", minimal, "monitoring.logs", object("endpoint", "https://a.example.com", "exporter", "otlp"), needsPort},
		{"gRPC with a path", minimal, "monitoring.logs", object("endpoint", "https://a.example.com:4317/otlp", "exporter", "otlp"), needsPort},
		{"name with a space", minimal, "monitoring.logs", object("endpoint", "https://a.example.com", "headers", object("My token", "x")), `monitoring.logs.headers.My token: is not the name of a header: letters, digits and hyphens`},
		{"value with a line break", minimal, "monitoring.logs", object("endpoint", "https://a.example.com", "headers", object("Authorization", "Bearer x\n")), `monitoring.logs.headers.Authorization: has a line break or another control character`},
		{"namespace of the collector", changed(t, minimal, "monitoring.logs.endpoint", "https://a.example.com"), "namespace.name", "blog-dev-logs", `namespace.name: "blog-dev-logs": is the name of the namespace that monitoring.logs creates for its collector: choose another`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse(t, row.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "%v", err)
			assert.Contains(t, err.Error(), row.want)
		})
	}
}
