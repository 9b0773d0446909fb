package kubernetes

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// apiServerPort is a port of pods that the API server of a private GKE cluster may connect to. It
// may not to the ports that KEDA has by default
// (https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters#add_firewall_rules).
const apiServerPort = 10250

// KEDA returns the chart of KEDA. With monitored, Prometheus' operator finds its metrics. Helm
// keeps the definitions when it removes the chart, because all objects would go with them.
func KEDA(version string, monitored bool) *ChartArgs {
	return &ChartArgs{
		Name:       "keda",
		Chart:      "keda",
		Repository: "https://kedacore.github.io/charts",
		Version:    version,
		Values: pulumi.Map{
			"crds":       pulumi.Map{"additionalAnnotations": keep()},
			"service":    pulumi.Map{"portHttpsTarget": pulumi.Int(apiServerPort)},
			"webhooks":   pulumi.Map{"port": pulumi.Int(apiServerPort)},
			"prometheus": pulumi.Map{"operator": pulumi.Map{"enabled": pulumi.Bool(monitored), "serviceMonitor": switched(monitored)}},
			"resources": pulumi.Map{
				"operator":     small("20m", "128Mi", "512Mi"),
				"metricServer": small("10m", "64Mi", "256Mi"),
				"webhooks":     small("10m", "32Mi", "128Mi"),
			},
		},
	}
}

// CertManager returns the chart of cert-manager. Its own check of the webhook is a part of the
// installation, so that what depends on the chart is not refused. It keeps no lease in
// kube-system, where Autopilot lets no one write.
func CertManager(version, namespace string, monitored bool) *ChartArgs {
	return &ChartArgs{
		Name:    "cert-manager",
		Chart:   "oci://quay.io/jetstack/charts/cert-manager",
		Version: version,
		Values: pulumi.Map{
			"crds":       pulumi.Map{"enabled": pulumi.Bool(true), "keep": pulumi.Bool(true)},
			"global":     pulumi.Map{"leaderElection": pulumi.Map{"namespace": pulumi.String(namespace)}},
			"prometheus": pulumi.Map{"servicemonitor": switched(monitored)},
			"resources":  small("10m", "64Mi", "256Mi"),
			"webhook":    pulumi.Map{"resources": small("10m", "32Mi", "128Mi")},
			"cainjector": pulumi.Map{"resources": small("10m", "64Mi", "512Mi")},
		},
	}
}

// ExternalSecrets returns the chart of External Secrets. Its certificate controller makes the
// certificate of its webhook, and becomes ready when the API server has it. The webhook listens on
// apiServerPort by default.
func ExternalSecrets(version string, monitored bool) *ChartArgs {
	const chart = "external-secrets"
	return &ChartArgs{
		Name:       chart,
		Chart:      chart,
		Repository: "https://charts.external-secrets.io",
		Version:    version,
		Values: pulumi.Map{
			"installCRDs":    pulumi.Bool(true),
			"crds":           pulumi.Map{"annotations": keep()},
			"serviceMonitor": switched(monitored),
			"resources":      small("10m", "64Mi", "256Mi"),
			"webhook":        pulumi.Map{"resources": small("10m", "32Mi", "128Mi")},
			"certController": pulumi.Map{"resources": small("10m", "64Mi", "256Mi")},
		},
	}
}

// PrometheusOperator returns the chart of Prometheus' operator, with one Prometheus that selects
// every rule and monitor, Alertmanager and kube-state-metrics. It has no node exporter, which
// neither the level restricted nor Autopilot admit, nothing that watches a control plane that the
// cloud runs, and nothing in kube-system. Helm installs definitions once and never changes or
// removes them; a Job of the chart brings them up to its version.
func PrometheusOperator(version, namespace string) *ChartArgs {
	const chart = "kube-prometheus-stack"
	values := pulumi.Map{
		"crds":         pulumi.Map{"upgradeJob": pulumi.Map{"enabled": pulumi.Bool(true), "forceConflicts": pulumi.Bool(true)}},
		"defaultRules": pulumi.Map{"create": pulumi.Bool(false)},
		"kubelet":      pulumi.Map{"namespace": pulumi.String(namespace)},
		"prometheusOperator": pulumi.Map{
			"admissionWebhooks": switched(false),
			"tls":               switched(false),
			"kubeletService":    pulumi.Map{"namespace": pulumi.String(namespace)},
			"resources":         small("20m", "64Mi", "256Mi"),
		},
		"prometheus":         pulumi.Map{"prometheusSpec": prometheusSpec()},
		"alertmanager":       pulumi.Map{"alertmanagerSpec": pulumi.Map{"resources": small("10m", "64Mi", "128Mi")}},
		"kube-state-metrics": pulumi.Map{"resources": small("10m", "64Mi", "256Mi")},
	}
	for _, part := range []string{"grafana", "nodeExporter", "kubeApiServer", "kubeControllerManager", "coreDns", "kubeDns", "kubeEtcd", "kubeScheduler", "kubeProxy"} {
		values[part] = switched(false)
	}
	return &ChartArgs{Name: chart, Chart: chart, Repository: "https://prometheus-community.github.io/helm-charts", Version: version, Values: values}
}

func prometheusSpec() pulumi.Map {
	spec := pulumi.Map{"retention": pulumi.String("2d"), "resources": small("100m", "512Mi", "2Gi")}
	for _, kind := range []string{"rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"} {
		spec[kind+"SelectorNilUsesHelmValues"] = pulumi.Bool(false)
	}
	return spec
}

// keep are the annotations of what stays when Helm removes its chart.
func keep() pulumi.Map { return pulumi.Map{"helm.sh/resource-policy": pulumi.String("keep")} }

func switched(on bool) pulumi.Map { return pulumi.Map{"enabled": pulumi.Bool(on)} }

// small requests little and may use more memory. Helm merges it into the chart's own values, so a chart that limits CPU,
// as KEDA's does, still limits it.
func small(cpu, memory, memoryLimit string) pulumi.Map {
	return pulumi.Map{
		"requests": pulumi.StringMap{"cpu": pulumi.String(cpu), "memory": pulumi.String(memory)},
		"limits":   pulumi.StringMap{"memory": pulumi.String(memoryLimit)},
	}
}

// SelectNodes lets the pods of the chart run on nodes with these labels only; on all nodes
// without labels.
func (a *ChartArgs) SelectNodes(labels map[string]string) {
	if len(labels) == 0 {
		return
	}
	for _, path := range nodeSelectors(a.Name) {
		values := a.Values
		for _, step := range path {
			below, ok := values[step].(pulumi.Map)
			if !ok {
				below = pulumi.Map{}
				values[step] = below
			}
			values = below
		}
		values["nodeSelector"] = pulumi.ToStringMap(labels)
	}
}

// nodeSelectors are the values of a chart above those that are called nodeSelector, one for
// each kind of its pods. KEDA has one for all.
func nodeSelectors(chart string) [][]string {
	switch chart {
	case "cert-manager":
		return [][]string{{}, {"webhook"}, {"cainjector"}, {"startupapicheck"}}
	case "external-secrets":
		return [][]string{{}, {"webhook"}, {"certController"}}
	case "kube-prometheus-stack":
		return [][]string{
			{"prometheusOperator"}, {"prometheus", "prometheusSpec"}, {"alertmanager", "alertmanagerSpec"},
			{"kube-state-metrics"}, {"crds", "upgradeJob"},
		}
	default:
		return [][]string{{}}
	}
}
