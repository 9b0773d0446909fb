package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestAlertsAreOneObjectOfThePrometheusOperator(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			_, err := kubernetes.NewAlerts(ctx, "blog", &kubernetes.AlertsArgs{
				Namespace: pulumi.String("blog-dev"),
				Labels:    testLabels(),
				Selected:  map[string]string{"release": "prometheus"},
				Rules:     alerts.Rules(alerts.Objects{Namespace: "blog-dev", Web: "blog-web"}),
			})
			return err
		})
		rule := ran.Find(t, "PrometheusRule", "blog-alerts")
		assert.Equal(t, "monitoring.coreos.com/v1", rule.At(t, "apiVersion"))
		assert.Equal(t, "blog-dev", rule.At(t, "metadata.namespace"))
		assert.Equal(t, "blog-alerts", rule.At(t, "metadata.name"))
		assert.Equal(t, "prometheus", rule.At(t, "metadata.labels.release"))
		assert.Equal(t, "blog", rule.At(t, "spec.groups[0].name"))
		assert.Equal(t, map[string]any{"severity": "critical", "namespace": "blog-dev"}, rule.At(t, "spec.groups[0].rules[0].labels"))
		assert.Equal(t, "DjangoWebDown", rule.At(t, "spec.groups[0].rules[0].alert"))
		assert.Contains(t, rule.At(t, "spec.groups[0].rules[0].expr"), `deployment="blog-web"`)
		assert.Equal(t, "5m", rule.At(t, "spec.groups[0].rules[0].for"))
		assert.Contains(t, rule.At(t, "spec.groups[0].rules[0].annotations.summary"), "no web pod is ready")
	}
}

func TestAlertsNameWhatIsMissing(t *testing.T) {
	mocks.Refused(t, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewAlerts(ctx, "blog", &kubernetes.AlertsArgs{})
		return err
	}, "Alerts: Namespace is required", "Alerts: Labels is required", "Alerts: Rules is required")
}
