package clouds_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// charts installs every chart, and uses the kinds of each.
func charts() []string {
	return []string{
		"cluster.charts={keda: {}, certManager: {}, prometheusOperator: {}}",
		"workers=[{name: default, autoscaling: {by: queue, maxReplicas: 5}}]",
		"monitoring={alerts: {}, prometheus: {scrape: serviceMonitor}}",
		`objects=[{name: mail, manifest: "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: mail}, spec: {secretName: mail-tls, dnsNames: [mail.example.com], issuerRef: {name: own}}}"}]`,
	}
}

// The first update creates a cluster without any custom kind, so the emulator refuses an object whose chart is not there
// yet; and the end of a chart, while objects of its kinds are there.
func TestChartsComeBeforeAndGoAfterWhatUsesThem(t *testing.T) {
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		t.Run(string(cloud), func(t *testing.T) {
			deployed := enginetest.NewEnvironment(t, environments.Small(cloud).Set(t, charts()...), stacks.Program)
			upWithoutDrift(t, deployed)
			left := strings.Join(deployed.Cluster.Left(), "\n")
			for _, object := range []string{"ScaledObject", "PrometheusRule", "ServiceMonitor", "Certificate", "Namespace keda", "Namespace cert-manager", "Namespace monitoring"} {
				assert.Contains(t, left, object)
			}

			upgraded, err := deployed.Preview(t, override(t, "cluster.charts.keda.version=2.22.0"))
			require.NoError(t, err)
			assert.Equal(t, []string{"update kubernetes:helm.sh/v3:Release blog-keda"}, steps(upgraded))

			deployed.Destroy(t)
			assert.Empty(t, deployed.Leaks())
		})
	}
}

// This test changes the program: the worker no longer waits for KEDA.
func TestAScaledWorkerNeedsItsChart(t *testing.T) {
	forget := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		args.Opts.DependsOn = nil
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
	deployed := enginetest.NewEnvironment(t, environments.Small(spec.AWSCloud).Set(t, charts()...), altered(func(args *pulumi.ResourceTransformationArgs) pulumi.ResourceOption {
		if !strings.HasPrefix(args.Type, "kubernetes:monitoring.coreos.com/") && args.Type != "djangostack:kubernetes:Alerts" {
			return nil
		}
		return pulumi.Transforms([]pulumi.ResourceTransform{forget})
	}))
	_, err := deployed.TryUp(t)
	assert.ErrorContains(t, err, "PrometheusRule")
}

func override(t *testing.T, text string) stackfile.Override {
	t.Helper()
	parsed, err := stackfile.ParseOverride(text)
	require.NoError(t, err)
	return parsed
}

// steps are what a plan does to resources.
func steps(plan lifecycle.PreviewResult) []string {
	var all []string
	for _, step := range plan.Steps {
		all = append(all, step.Op+" "+step.Type+" "+step.Name)
	}
	return all
}
