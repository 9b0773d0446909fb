package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withChart(args *kubernetes.ChartArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args.Namespace, args.Labels = "own", testLabels()
		_, err := kubernetes.NewChart(ctx, "blog", args)
		return err
	}
}

func TestAChartIsInstalledAsAWholeInANamespaceOfItsOwn(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withChart(kubernetes.KEDA("2.21.0", true)))
		namespace, release := ran.Find(t, "Namespace", "blog-keda"), ran.Find(t, "Release", "blog-keda")
		labels, _ := namespace.At(t, "metadata.labels").(map[string]any)
		assert.Equal(t, "restricted", labels["pod-security.kubernetes.io/enforce"])
		assert.True(t, ran.Waits(release, namespace))
		assert.Equal(t, true, release.At(t, "atomic"), "what was installed in part is removed again")
		assert.Equal(t, "2.21.0", release.At(t, "version"))
		assert.Equal(t, "https://kedacore.github.io/charts", release.At(t, "repositoryOpts.repo"))
	}
}

// Objects of users are lost with the definitions of their kinds.
func TestTheDefinitionsOutliveTheirCharts(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withChart(kubernetes.KEDA("2.21.0", false)))
	annotations, _ := ran.Find(t, "Release", "blog-keda").At(t, "values.crds.additionalAnnotations").(map[string]any)
	assert.Equal(t, "keep", annotations["helm.sh/resource-policy"])
	ran = mocks.Run(t, mocks.Known, withChart(kubernetes.CertManager("v1.21.2", "own", false)))
	assert.Equal(t, true, ran.Find(t, "Release", "blog-cert-manager").At(t, "values.crds.keep"))
}

// Autopilot admits no change of kube-system, and the API server of a private GKE cluster connects to
// pods on the ports 443 and 10250 only.
func TestChartsInstallOnAutopilot(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withChart(kubernetes.CertManager("v1.21.2", "own", false)))
	assert.Equal(t, "own", ran.Find(t, "Release", "blog-cert-manager").At(t, "values.global.leaderElection.namespace"))
	ran = mocks.Run(t, mocks.Known, withChart(kubernetes.KEDA("2.21.0", false)))
	for _, port := range []string{"values.service.portHttpsTarget", "values.webhooks.port"} {
		assert.EqualValues(t, 10250, ran.Find(t, "Release", "blog-keda").At(t, port))
	}
	ran = mocks.Run(t, mocks.Known, withChart(kubernetes.PrometheusOperator("92.3.0", "own")))
	release := ran.Find(t, "Release", "blog-kube-prometheus-stack")
	for _, part := range []string{"nodeExporter", "kubeControllerManager", "coreDns", "kubeDns", "kubeEtcd", "kubeScheduler", "kubeProxy"} {
		assert.Equal(t, false, release.At(t, "values."+part+".enabled"), part)
	}
	for _, part := range []string{"kubelet", "prometheusOperator.kubeletService"} {
		assert.Equal(t, "own", release.At(t, "values."+part+".namespace"))
	}
}

// The objects of the environments need no label that selects them.
func TestPrometheusSelectsEveryRuleAndMonitor(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withChart(kubernetes.PrometheusOperator("92.3.0", "own")))
	release := ran.Find(t, "Release", "blog-kube-prometheus-stack")
	for _, kind := range []string{"rule", "serviceMonitor", "podMonitor"} {
		assert.Equal(t, false, release.At(t, "values.prometheus.prometheusSpec."+kind+"SelectorNilUsesHelmValues"), kind)
	}
}

func TestChartsAreMonitoredWherePrometheusIs(t *testing.T) {
	for _, monitored := range []bool{false, true} {
		keda := mocks.Run(t, mocks.Known, withChart(kubernetes.KEDA("2.21.0", monitored))).Find(t, "Release", "blog-keda")
		certManager := mocks.Run(t, mocks.Known, withChart(kubernetes.CertManager("v1.21.2", "own", monitored))).Find(t, "Release", "blog-cert-manager")
		assert.Equal(t, monitored, keda.At(t, "values.prometheus.operator.serviceMonitor.enabled"))
		assert.Equal(t, monitored, certManager.At(t, "values.prometheus.servicemonitor.enabled"))
	}
}

func TestWrongChartsAreNamed(t *testing.T) {
	_, err := mocks.Try(mocks.Known, nil, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewChart(ctx, "blog", &kubernetes.ChartArgs{})
		return err
	})
	for _, field := range []string{"Name", "Chart", "Version", "Namespace", "Labels"} {
		require.ErrorContains(t, err, "Chart: "+field+" is required")
	}
}
