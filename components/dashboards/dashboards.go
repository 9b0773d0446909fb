// Package dashboards writes the dashboard of one environment for Grafana: web, workers,
// queues, data services in the cluster, volumes and scheduled commands, by the names of the
// environment's objects, as components/alerts selects them.
//
// The metrics are those of kube-state-metrics, the kubelet and its cAdvisor, KEDA, the exporters
// and, if Prometheus scrapes the web pods, django-prometheus:
// https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics,
// https://kubernetes.io/docs/reference/instrumentation/metrics/,
// https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md,
// https://keda.sh/docs/latest/integrations/prometheus/,
// https://github.com/korfuri/django-prometheus/blob/master/documentation/exports.md,
// https://github.com/prometheus-community/postgres_exporter and
// https://github.com/oliver006/redis_exporter.
package dashboards

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/components/names"
)

// Environment is what a dashboard is about.
type Environment struct {
	// Name of the environment, for instance shop-production.
	Name string
	// Objects are the names of the environment's objects.
	Objects alerts.Objects
	// Requests says whether Prometheus scrapes the web pods.
	Requests bool
}

// uidLength is the length of a dashboard's identifier
// (https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/#identifier-id-vs-unique-identifier-uid).
const uidLength = 40

// JSON returns the dashboard as Grafana reads it
// (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
func (e Environment) JSON() (string, error) {
	text, err := json.MarshalIndent(e.dashboard(), "", "  ")
	if err != nil {
		return "", fmt.Errorf("writing the dashboard of %s: %w", e.Name, err)
	}
	return string(text) + "\n", nil
}

// UID is the identifier of the dashboard, which no other environment has.
func (e Environment) UID() string { return names.Fit(uidLength, e.Objects.Namespace, e.Name) }

// Queries are the expressions of all panels.
func (e Environment) Queries() []string {
	var queries []string
	for _, panel := range e.dashboard().Panels {
		for _, target := range panel.Targets {
			queries = append(queries, target.Expr)
		}
	}
	return queries
}

func (e Environment) dashboard() dashboard {
	d := dashboard{
		Title:         e.Name,
		UID:           e.UID(),
		Tags:          []string{"djangostack"},
		Editable:      true,
		Refresh:       "1m",
		SchemaVersion: schemaVersion,
		Time:          span{From: "now-6h", To: "now"},
		Templating: templating{List: []variable{{
			Name: "datasource", Label: "Prometheus", Type: "datasource", Query: "prometheus", Hide: 0,
		}}},
	}
	for _, row := range slices.Concat(e.web(), e.processes(), e.queues(), e.servers(), e.measured(), e.volumes(), e.cron()) {
		d.add(row)
	}
	return d
}

// schemaVersion is that of Grafana 10, which later versions read.
const schemaVersion = 39
