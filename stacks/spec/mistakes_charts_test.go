package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	generator    = "{apiVersion: generators.external-secrets.io/v1alpha1, kind: Password, metadata: {name: token}, spec: {length: 42}}"
	sealedSecret = "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: smtp}, spec: {template: {metadata: {name: mail}}}}"
)

const certificate = "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: outposts}, spec: {secretName: outposts-tls}}"

func TestMistakesAboutChartsAreReported(t *testing.T) {
	charts := func(pairs ...any) map[string]any { return map[string]any{"cluster.charts": object(pairs...)} }
	for _, mistake := range []wrong{
		{"charts on a cluster of somebody else", minimal, "", charts("keda", object()), `cluster.charts: would be ignored, because cluster.source is not create`},
		{"a metrics server beside that of EKS", onAWS, "", charts("metricsServer", object()), `cluster.charts.metricsServer`},
		{"a Gateway controller beside that of GKE", onGCP, "", charts("gateway", object()), `cluster.charts.gateway`},
		{"a range of versions", onAWS, "", charts("keda", object("version", "^2.0")), `cluster.charts.keda.version: "^2.0": must be the version of a chart: three numbers, for instance 2.21.0`},
		{"cert-manager without its v", onGCP, "", charts("certManager", object("version", "1.21.2")), `cluster.charts.certManager.version: "1.21.2": must be the version of a chart: v and three numbers, for instance v1.21.2`},
		{"an old KEDA", onAWS, "", charts("keda", object("version", "2.19.5")), `cluster.charts.keda.version: "2.19.5": must be 2.20.0 or above: the values that the program gives the chart are those of newer ones`},
		{"an old cert-manager", onGCP, "", charts("certManager", object("version", "v1.9.0")), `cluster.charts.certManager.version: "v1.9.0": must be v1.20.0 or above`},
		{"an old Prometheus' operator", onAWS, "", charts("prometheusOperator", object("version", "9.100.200")), `cluster.charts.prometheusOperator.version: "9.100.200": must be 83.0.0 or above`},
		{"an old External Secrets", onGCP, "", charts("externalSecrets", object("version", "0.20.4")), `cluster.charts.externalSecrets.version: "0.20.4": must be 2.0.0 or above`},
		{"the oldest charts", onAWS, "", charts("externalSecrets", object("version", "2.0.0"), "keda", object("version", "2.20.0"), "certManager", object("version", "v1.20.0"), "prometheusOperator", object("version", "83.0.0")), ""},
		{"the environment in KEDA's namespace", onAWS, "", map[string]any{"cluster.charts": object("keda", object()), "namespace.name": "keda"}, `namespace.name: "keda": is the namespace of cluster.charts.keda; choose another one`},
		{"the environment in a namespace that no chart has", onAWS, "", map[string]any{"cluster.charts": object("keda", object()), "namespace.name": "monitoring"}, ""},
		{"a Certificate without cert-manager", onAWS, "objects", manifest(certificate), `objects[0].manifest: needs the kind Certificate of cert-manager.io, which a cluster that this stack creates does not have: set cluster.charts.certManager, which installs it; or run up without both`},
		{"an ExternalSecret without External Secrets", onGCP, "objects", manifest(externalSecret), `objects[0].manifest: needs the kind ExternalSecret of external-secrets.io, which a cluster that this stack creates does not have: set cluster.charts.externalSecrets, which installs it; or run up without both`},
		{"a generator without External Secrets", onAWS, "objects", manifest(generator), `objects[0].manifest: needs the kind Password of generators.external-secrets.io, which a cluster that this stack creates does not have: set cluster.charts.externalSecrets`},
		{"a kind of no chart", onGCP, "objects", manifest(sealedSecret), `objects[0].manifest: needs the kind SealedSecret of bitnami.com, which a cluster that this stack creates does not have at first: run up without it, install its controller, then set it together with prepared: on`},
		{"KEDA for alerts", onGCP, "", map[string]any{"cluster.charts": object("keda", object()), "monitoring.alerts": object()}, `monitoring.alerts: needs Prometheus' operator`},
		{"all that is needed", onGCP, "", map[string]any{
			"cluster.charts":    object("keda", object(), "certManager", object(), "prometheusOperator", object(), "externalSecrets", object()),
			"monitoring":        object("alerts", object(), "prometheus", object("scrape", "serviceMonitor")),
			"workers":           list(object("name", "default", "autoscaling", object("by", "queue", "maxReplicas", 5))),
			"objects":           manifest(certificate + "\n---\n" + externalSecret + "\n---\n" + generator),
			"app.celeryApp":     "blog",
			"broker.kind":       "in-cluster",
			"namespace.name":    "blog",
			"app.manageCommand": list("python", "manage.py"),
		}, ""},
	} {
		t.Run(mistake.name, func(t *testing.T) {
			_, err := parse(t, mistake.text(t))
			if mistake.want == "" {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, mistake.want)
		})
	}
}

// The kinds of a chart are not looked up in a cluster that gets them in the same update.
func TestWhatAChartDefinesIsNotExpected(t *testing.T) {
	definitions := func(changes map[string]any) (names []string) {
		changes["workers"] = list(object("name", "default", "autoscaling", object("by", "queue", "maxReplicas", 5)))
		changes["monitoring"] = object("alerts", object(), "prometheus", object("scrape", "podMonitor"))
		environment, err := parse(t, wrong{base: onAWS, value: changes}.text(t))
		require.NoError(t, err)
		for _, expected := range environment.Expected() {
			if expected.Kind == "CustomResourceDefinition" {
				names = append(names, expected.Path+": "+expected.Name)
			}
		}
		return names
	}
	prometheus := []string{"monitoring.prometheus.scrape: podmonitors.monitoring.coreos.com", "monitoring.alerts: prometheusrules.monitoring.coreos.com"}
	assert.Equal(t, append([]string{"workers[0].autoscaling.by: scaledobjects.keda.sh"}, prometheus...), definitions(map[string]any{"prepared": "on"}))
	assert.Equal(t, prometheus, definitions(map[string]any{"prepared": "on", "cluster.charts": object("keda", object())}))
	assert.Empty(t, definitions(map[string]any{"cluster.charts": object("keda", object(), "prometheusOperator", object())}))
}

// With prepared: on an environment is valid without the chart. Objects whose controller is no longer there wait for their finalizers.
func TestAChartIsNotRemovedBeforeWhatNeedsIt(t *testing.T) {
	scaled := list(object("name", "default", "autoscaling", object("by", "queue", "maxReplicas", 5)))
	before := map[string]any{
		"prepared": "on", "cluster.charts": object("keda", object(), "certManager", object(), "externalSecrets", object()), "workers": scaled,
		"objects": manifest(certificate + "\n---\n" + externalSecret),
	}
	for name, row := range map[string]struct {
		changes map[string]any
		want    []string
	}{
		"nothing": {nil, nil},
		"KEDA alone": {map[string]any{"cluster.charts": object("certManager", object(), "externalSecrets", object())}, []string{
			"cluster.charts.keda: may not be removed while workers[0].autoscaling.by needs KEDA: remove that together with it"}},
		"cert-manager alone": {map[string]any{"cluster.charts": object("keda", object(), "externalSecrets", object())}, []string{
			"cluster.charts.certManager: may not be removed while objects[0].manifest needs the kind Certificate of cert-manager.io"}},
		"External Secrets alone": {map[string]any{"cluster.charts": object("keda", object(), "certManager", object())}, []string{
			"cluster.charts.externalSecrets: may not be removed while objects[0].manifest needs the kind ExternalSecret of external-secrets.io"}},
		"KEDA and its workers":    {map[string]any{"cluster.charts": object("certManager", object(), "externalSecrets", object()), "workers": list(object("name", "default"))}, nil},
		"all and what needs them": {map[string]any{"cluster.charts": nil, "workers": nil, "objects": nil}, nil},
		"in another cluster":      {map[string]any{"cluster.charts": nil, "aws.region": "us-east-1"}, nil},
	} {
		document := func(changes map[string]any) map[string]any {
			document := stated(t, onAWS, "", nil)
			for _, some := range []map[string]any{before, changes} {
				for path, value := range some {
					put(document, path, value)
				}
			}
			return document
		}
		problems := spec.CheckChange(document(nil), document(row.changes), "production")
		require.Len(t, problems, len(row.want), "%s: %v", name, problems)
		for _, want := range row.want {
			assert.Contains(t, problems.Error(), want, name)
		}
	}
}

// The default versions are those of the controllers that the local cluster runs in the tests.
func TestChartsHaveTheVersionsThatTheTestsRun(t *testing.T) {
	environment, err := parse(t, wrong{base: onAWS, value: map[string]any{"cluster.charts": object("keda", object(), "certManager", object())}}.text(t))
	require.NoError(t, err)
	for addon, module := range map[string]string{
		"keda":         "github.com/kedacore/keda/v2 v" + environment.Cluster.Charts.KEDA.Version,
		"cert-manager": "github.com/cert-manager/cert-manager " + environment.Cluster.Charts.CertManager.Version,
	} {
		modules, err := os.ReadFile(filepath.Join("..", "..", "local", "addons", addon, "go.mod"))
		require.NoError(t, err)
		assert.True(t, strings.Contains(string(modules), module), "%s is not in the go.mod of %s", module, addon)
	}
}

func TestChartsComeInAnOrderThatServesTheirMonitors(t *testing.T) {
	environment, err := parse(t, wrong{base: onAWS, value: map[string]any{"cluster.charts": object("externalSecrets", object(), "keda", object(), "prometheusOperator", object(), "certManager", object("version", "v1.20.0"))}}.text(t))
	require.NoError(t, err)
	var names, versions []string
	for _, chart := range environment.InstalledCharts() {
		names, versions = append(names, chart.Name), append(versions, chart.Version)
	}
	assert.Equal(t, []string{spec.PrometheusOperator, spec.CertManager, spec.KEDA, spec.ExternalSecrets}, names)
	assert.Equal(t, "v1.20.0", versions[1])
}
