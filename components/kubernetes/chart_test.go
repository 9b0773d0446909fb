package kubernetes_test

import (
	"strings"
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
	ran = mocks.Run(t, mocks.Known, withChart(kubernetes.ExternalSecrets("2.12.0", false)))
	annotations, _ = ran.Find(t, "Release", "blog-external-secrets").At(t, "values.crds.annotations").(map[string]any)
	assert.Equal(t, "keep", annotations["helm.sh/resource-policy"])
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
		externalSecrets := mocks.Run(t, mocks.Known, withChart(kubernetes.ExternalSecrets("2.12.0", monitored))).Find(t, "Release", "blog-external-secrets")
		assert.Equal(t, monitored, externalSecrets.At(t, "values.serviceMonitor.enabled"))
	}
}

// Helm ignores a value that a chart does not know, so each one was looked up in a values.yaml of the chart's repository, though not in that of the
// default version: kube-prometheus-stack's of autumn 2025, with Alertmanager 0.28 (https://github.com/prometheus-community/helm-charts), and External
// Secrets' of its version 2 (https://github.com/external-secrets/external-secrets). Those of KEDA are in the README.md of its chart
// (https://github.com/kedacore/charts). What is below resources and annotations has no names of the chart's.
func TestEachValueIsOneThatItsChartKnows(t *testing.T) {
	for name, chart := range map[string]struct {
		args  *kubernetes.ChartArgs
		known []string
	}{
		"keda": {kubernetes.KEDA("2.21.0", true), []string{
			"crds.additionalAnnotations",
			"prometheus.operator.enabled", "prometheus.operator.serviceMonitor.enabled",
			"resources",
			"service.portHttpsTarget",
			"webhooks.port",
		}},
		"external-secrets": {kubernetes.ExternalSecrets("2.12.0", true), []string{
			"certController.resources",
			"crds.annotations",
			"installCRDs",
			"resources",
			"serviceMonitor.enabled",
			"webhook.resources",
		}},
		"kube-prometheus-stack": {kubernetes.PrometheusOperator("92.3.0", "own"), []string{
			"alertmanager.alertmanagerSpec.resources",
			"coreDns.enabled",
			"crds.upgradeJob.enabled", "crds.upgradeJob.forceConflicts",
			"defaultRules.create",
			"grafana.enabled",
			"kube-state-metrics.resources",
			"kubeApiServer.enabled", "kubeControllerManager.enabled", "kubeDns.enabled", "kubeEtcd.enabled", "kubeProxy.enabled", "kubeScheduler.enabled",
			"kubelet.namespace",
			"nodeExporter.enabled",
			"prometheus.prometheusSpec.podMonitorSelectorNilUsesHelmValues", "prometheus.prometheusSpec.probeSelectorNilUsesHelmValues",
			"prometheus.prometheusSpec.resources", "prometheus.prometheusSpec.retention",
			"prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues", "prometheus.prometheusSpec.scrapeConfigSelectorNilUsesHelmValues",
			"prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues",
			"prometheusOperator.admissionWebhooks.enabled",
			"prometheusOperator.kubeletService.namespace",
			"prometheusOperator.resources",
			"prometheusOperator.tls.enabled",
		}},
	} {
		ran := mocks.Run(t, mocks.Known, withChart(chart.args))
		values, is := ran.Find(t, "Release", "blog-"+name).At(t, "values").(map[string]any)
		require.True(t, is, name)
		assert.ElementsMatch(t, chart.known, pathsOf(values), name)
	}
}

// pathsOf returns the paths of the values, the last words of which are theirs or resources or annotations.
func pathsOf(values map[string]any) []string {
	var paths []string
	for name, value := range values {
		below, is := value.(map[string]any)
		if !is || name == "resources" || strings.HasSuffix(strings.ToLower(name), "annotations") {
			paths = append(paths, name)
			continue
		}
		for _, path := range pathsOf(below) {
			paths = append(paths, name+"."+path)
		}
	}
	return paths
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
