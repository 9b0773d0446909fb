package spec

import "encoding/json"

// Monitoring is how the app is monitored. Whatever else a monitor reads, such as SENTRY_DSN
// or NEW_RELIC_LICENSE_KEY, is a variable of the app: see app.env, app.secretEnv and
// app.bindings.
type Monitoring struct {
	// on: newrelic-admin run-program runs every process; the image contains it.
	NewRelic Switch `json:"newRelic,omitempty" jsonschema:"enum=on,enum=off"`
	// Prometheus scrapes the web pods; not when left out. It requests them by their IP address, so the app must allow the host POD_IP.
	Prometheus *Prometheus `json:"prometheus,omitempty"`
	// Exporters of the data services in the cluster, each as a Deployment: of PostgreSQL and of Redis. A new one restarts no data service, except PostgreSQL where its four connections raise the default of database.maxConnections. Prometheus finds them as prometheus says for web. alerts and dashboards use their metrics. None when left out.
	Exporters *Exporters `json:"exporters,omitempty"`
	// Alert rules for Prometheus' operator, which must be in the cluster, see cluster.charts, as one PrometheusRule: for pods, the release, scheduled commands, backups, volumes, queues, and data services with exporters. None when left out.
	Alerts *Alerts `json:"alerts,omitempty"`
	// on: a dashboard for Grafana, whose sidecar finds it by the label grafana_dashboard, as one ConfigMap: for web, workers, queues, data services in the cluster, volumes and scheduled commands. Requests and their latency are of django-prometheus, with prometheus.
	Dashboards Switch `json:"dashboards,omitempty" jsonschema:"enum=on,enum=off"`
	// Where the logs of the environment's pods are sent by an OpenTelemetry Collector on each node, with their node, namespace, pod, container and process. It runs in a namespace that the stack creates, named after the app and the stack and ending in -logs, whose Pod Security level is privileged, because the collector reads files of the node. cluster.workloadLogs, the cloud's own collection, sends the same lines to the cloud. No collector when left out.
	Logs *Logs `json:"logs,omitempty"`
	// Alarms of the managed services in the cloud's own monitoring, by mail: CloudWatch on AWS, Cloud Monitoring on Google Cloud. For the database, the cache, the broker, the search engine, the load balancer and the certificate. None when left out.
	Alarms *Alarms `json:"alarms,omitempty"`
}

// Alerts are the alert rules of the environment. Which rules there are follows from what the
// environment has.
type Alerts struct {
	// Labels by which the operator's Prometheus picks the rules, for instance release: prometheus.
	Labels map[string]string `json:"labels,omitempty"`
}

// Scrape is how Prometheus discovers the pods.
type Scrape string

// By annotations of the pods, or by an object of Prometheus' operator, which must be in
// the cluster.
const (
	ByAnnotations    Scrape = "annotations"
	ByPodMonitor     Scrape = "podMonitor"
	ByServiceMonitor Scrape = "serviceMonitor"
)

// Prometheus is how the web pods are scraped.
type Prometheus struct {
	// annotations: prometheus.io/scrape on the pods; podMonitor, serviceMonitor: an object for Prometheus' operator.
	Scrape Scrape `json:"scrape" jsonschema:"enum=annotations,enum=podMonitor,enum=serviceMonitor"`
	// Port of the metrics: that of web, or one of web.ports, for instance of an exporter in a sidecar.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535" default:"web.port"`
	// Path of the metrics.
	Path string `json:"path,omitempty" jsonschema:"pattern=^/"`
	// Labels by which the operator's Prometheus picks the object, for instance release: prometheus.
	Labels map[string]string `json:"labels,omitempty"`
	// Seconds between two scrapes, by an object.
	IntervalSeconds int `json:"intervalSeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
}

// UnmarshalJSON fills in the defaults before decoding.
func (p *Prometheus) UnmarshalJSON(raw []byte) error {
	type plain Prometheus
	prometheus := plain{Path: "/metrics", IntervalSeconds: 30}
	if err := json.Unmarshal(raw, &prometheus); err != nil {
		return err
	}
	*p = Prometheus(prometheus)
	return nil
}

// MetricsPort returns the port of the metrics and its name in the pods.
func (e *Environment) MetricsPort() (name string, port int) {
	wanted := e.Monitoring.Prometheus.Port
	for _, other := range e.Web.Ports {
		if other.ContainerPort == wanted && other.Protocol != UDP {
			return other.Name, wanted
		}
	}
	return mainPort, e.Web.Port
}

func (e *Environment) checkMonitoring(problems *Problems) {
	if e.Monitoring.Prometheus == nil || e.Monitoring.Prometheus.Port == 0 {
		return
	}
	if _, port := e.MetricsPort(); port != e.Monitoring.Prometheus.Port {
		problems.add("monitoring.prometheus.port", e.Monitoring.Prometheus.Port, "is not a port of the web pods that others may connect to: add it to web.ports, or leave it out for web.port")
	}
}

func (e *Environment) checkMonitoringStated(problems *Problems, value any) {
	e.checkExporters(problems, value)
	prometheus := e.Monitoring.Prometheus
	if prometheus == nil || prometheus.Scrape != ByAnnotations {
		return
	}
	for _, field := range []string{"labels", "intervalSeconds"} {
		if lookup(value, []string{"monitoring", "prometheus", field}) != nil {
			problems.add("monitoring.prometheus."+field, nil, "would be ignored, because monitoring.prometheus.scrape is annotations")
		}
	}
}

// ReleaseName returns the tag or digest of the app's image.
func (e *Environment) ReleaseName() string { return imageTag(string(e.App.Image)) }
