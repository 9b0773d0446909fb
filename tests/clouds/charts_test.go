package clouds_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
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

// What uses the kinds of a chart is not even tried while the chart is not there.
func TestWhatUsesAChartWaitsForIt(t *testing.T) {
	var tried sync.Map
	refuse := func(call enginetest.Call) enginetest.Verdict {
		tried.Store(urn.URN(call.URN).Name(), true)
		if strings.Contains(call.URN, "kubernetes:helm.sh/v3:Release::") {
			return enginetest.Refuse
		}
		return enginetest.Pass
	}
	deployed := enginetest.NewInterceptedEnvironment(t, environments.Small(spec.AWSCloud).Set(t, charts()...), stacks.Program, refuse)
	_, err := deployed.TryUp(t)
	require.ErrorContains(t, err, enginetest.ErrRefused.Error())
	for _, user := range []string{"blog-alerts", "blog-worker-default", "blog-web"} {
		_, found := tried.Load(user)
		assert.False(t, found, user)
	}
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
	for _, step := range plan.Plan {
		all = append(all, string(step.Op)+" "+step.ResourceType+" "+step.Name)
	}
	return all
}
