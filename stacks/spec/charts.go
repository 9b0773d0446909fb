package spec

import (
	"encoding/json"
	"slices"
	"strings"
)

// Charts are the controllers that the stack installs in a cluster that it creates, each as a
// chart of Helm in its own namespace.
type Charts struct {
	// KEDA, which scales workers by queue or query, in the namespace keda. {} installs it.
	KEDA *KEDAChart `json:"keda,omitempty"`
	// cert-manager, for Certificates and Issuers of objects, in the namespace cert-manager. {} installs it.
	CertManager *CertManagerChart `json:"certManager,omitempty"`
	// Prometheus' operator with one Prometheus, Alertmanager and kube-state-metrics, for monitoring.alerts and monitoring.prometheus, in the namespace monitoring. Prometheus keeps two days, and loses them when its pod starts again. {} installs it.
	PrometheusOperator *PrometheusChart `json:"prometheusOperator,omitempty"`
	// External Secrets, for each ExternalSecret and SecretStore of objects, in the namespace external-secrets. It gets no rights in the cloud: a store says how it signs in. {} installs it.
	ExternalSecrets *ExternalSecretsChart `json:"externalSecrets,omitempty"`
}

// KEDAChart is the chart of KEDA.
type KEDAChart struct {
	// Version of the chart keda in https://kedacore.github.io/charts.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[0-9]+(\\.[0-9]+){2}$"`
}

// CertManagerChart is the chart of cert-manager.
type CertManagerChart struct {
	// Version of the chart oci://quay.io/jetstack/charts/cert-manager.
	Version string `json:"version,omitempty" jsonschema:"pattern=^v[0-9]+(\\.[0-9]+){2}$"`
}

// PrometheusChart is the chart of Prometheus' operator.
type PrometheusChart struct {
	// Version of the chart kube-prometheus-stack in https://prometheus-community.github.io/helm-charts.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[0-9]+(\\.[0-9]+){2}$"`
}

// ExternalSecretsChart is the chart of External Secrets.
type ExternalSecretsChart struct {
	// Version of the chart external-secrets in https://charts.external-secrets.io.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[0-9]+(\\.[0-9]+){2}$"`
}

// The names of the charts in cluster.charts.
const (
	KEDA               = "keda"
	CertManager        = "certManager"
	PrometheusOperator = "prometheusOperator"
	ExternalSecrets    = "externalSecrets"
)

// The API groups of what the program itself creates for KEDA and for Prometheus' operator.
const (
	KEDAGroup       = "keda.sh"
	PrometheusGroup = "monitoring.coreos.com"
)

// The API groups of External Secrets.
const (
	externalSecretsGroup  = "external-secrets.io"
	secretGeneratorsGroup = "generators.external-secrets.io"
)

// InstalledChart is a chart that the stack installs.
type InstalledChart struct {
	// Name is its field of cluster.charts, and Path that field.
	Name, Path string
	// Version of the chart, and the Lowest that is allowed.
	Version, Lowest string
	// Namespace is the chart's own.
	Namespace string
	// Groups are the API groups that it defines.
	Groups []string
}

// charts are the charts that can be installed. One that others send their metrics to is before
// them. A version is empty for a chart that is not asked for. Of charts below the lowest version it
// is not known whether they have the values that the program sets: Helm ignores those that a chart
// does not know, or refuses them.
func (e *Environment) charts() []InstalledChart {
	wanted := e.Cluster.Charts
	all := []InstalledChart{
		{Name: PrometheusOperator, Lowest: "83.0.0", Namespace: "monitoring", Groups: []string{PrometheusGroup}},
		{Name: CertManager, Lowest: "v1.20.0", Namespace: "cert-manager", Groups: []string{CertManagerGroup, "acme.cert-manager.io"}},
		{Name: KEDA, Lowest: "2.20.0", Namespace: "keda", Groups: []string{KEDAGroup, "eventing.keda.sh"}},
		{Name: ExternalSecrets, Lowest: "2.0.0", Namespace: "external-secrets", Groups: []string{externalSecretsGroup, secretGeneratorsGroup}},
	}
	if wanted.PrometheusOperator != nil {
		all[0].Version = wanted.PrometheusOperator.Version
	}
	if wanted.CertManager != nil {
		all[1].Version = wanted.CertManager.Version
	}
	if wanted.KEDA != nil {
		all[2].Version = wanted.KEDA.Version
	}
	if wanted.ExternalSecrets != nil {
		all[3].Version = wanted.ExternalSecrets.Version
	}
	for i := range all {
		all[i].Path = "cluster.charts." + all[i].Name
	}
	return all
}

// InstalledCharts lists the charts that the stack installs, in their order.
func (e *Environment) InstalledCharts() []InstalledChart {
	if !e.CreatesCluster() {
		return nil
	}
	return slices.DeleteFunc(e.charts(), func(chart InstalledChart) bool { return chart.Version == "" })
}

// Installs reports whether a chart that the stack installs defines the kinds of an API group.
func (e *Environment) Installs(group string) bool {
	return slices.ContainsFunc(e.InstalledCharts(), func(chart InstalledChart) bool { return slices.Contains(chart.Groups, group) })
}

// chartOf returns the field that installs what defines the kinds of an API group; empty for none.
func (e *Environment) chartOf(group string) string {
	for _, chart := range e.charts() {
		if slices.Contains(chart.Groups, group) {
			return chart.Path
		}
	}
	return ""
}

// UnmarshalJSON fills in the default before decoding: the KEDA that the tests run.
func (c *KEDAChart) UnmarshalJSON(raw []byte) error {
	type plain KEDAChart
	chart := plain{Version: "2.21.0"}
	if err := json.Unmarshal(raw, &chart); err != nil {
		return err
	}
	*c = KEDAChart(chart)
	return nil
}

// UnmarshalJSON fills in the default before decoding: the cert-manager that the tests run.
func (c *CertManagerChart) UnmarshalJSON(raw []byte) error {
	type plain CertManagerChart
	chart := plain{Version: "v1.21.2"}
	if err := json.Unmarshal(raw, &chart); err != nil {
		return err
	}
	*c = CertManagerChart(chart)
	return nil
}

// UnmarshalJSON fills in the default before decoding: a version of October 2026.
func (c *PrometheusChart) UnmarshalJSON(raw []byte) error {
	type plain PrometheusChart
	chart := plain{Version: "92.3.0"}
	if err := json.Unmarshal(raw, &chart); err != nil {
		return err
	}
	*c = PrometheusChart(chart)
	return nil
}

// UnmarshalJSON fills in the default before decoding: a version of October 2026.
func (c *ExternalSecretsChart) UnmarshalJSON(raw []byte) error {
	type plain ExternalSecretsChart
	chart := plain{Version: "2.12.0"}
	if err := json.Unmarshal(raw, &chart); err != nil {
		return err
	}
	*c = ExternalSecretsChart(chart)
	return nil
}

// checkCharts reports a version that is too old, and an environment in the namespace of a chart: the
// Pod Security level, the quota and the network policies of the one would be those of the other.
func (e *Environment) checkCharts(problems *Problems) {
	for _, chart := range e.InstalledCharts() {
		if compareVersions(strings.TrimPrefix(chart.Version, "v"), strings.TrimPrefix(chart.Lowest, "v")) < 0 {
			problems.add(chart.Path+".version", chart.Version, "must be %s or above: the values that the program gives the chart are those of newer ones", chart.Lowest)
		}
		if chart.Namespace == e.Namespace.Name {
			problems.add("namespace.name", e.Namespace.Name, "is the namespace of %s; choose another one", chart.Path)
		}
	}
}

// checkChartsLeft refuses to remove a chart that something still needs. With prepared: on the configuration says that it is
// there, but objects whose controller is no longer there do nothing, and wait for their finalizers when they are removed.
func (e *Environment) checkChartsLeft(from *Environment, problems *Problems) {
	if !e.keepsCluster(from) {
		return
	}
	for _, chart := range from.InstalledCharts() {
		if e.Installs(chart.Groups[0]) {
			continue
		}
		e.needsControllers(func(path string, _ any, what, group string) {
			if slices.Contains(chart.Groups, group) {
				problems.add(chart.Path, nil, "may not be removed while %s needs %s: remove that together with it; to go on with a controller of your own, install it after that, then set %s again with prepared: on", path, what, path)
			}
		})
	}
}
