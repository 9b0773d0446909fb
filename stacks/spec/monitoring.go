package spec

import "encoding/json"

// Monitoring watches over the app by configuration alone.
type Monitoring struct {
	// Errors and traces go to Sentry; none when left out.
	Sentry *Sentry `json:"sentry,omitempty"`
	// New Relic's agent wraps every process; none when left out. The image holds newrelic-admin.
	NewRelic *NewRelic `json:"newRelic,omitempty"`
	// Prometheus scrapes the web pods; none when left out. They are asked by their address, which the app must allow: POD_IP.
	Prometheus *Prometheus `json:"prometheus,omitempty"`
}

// Sentry is where errors and traces go.
type Sentry struct {
	// The project's DSN (SENTRY_DSN); set it with djangostack config secret.
	DSN string `json:"dsn" jsonschema:"pattern=^https?://.+$"`
	// Name of the environment (SENTRY_ENVIRONMENT).
	Environment string `json:"environment,omitempty" jsonschema:"pattern=^[^\\s/]{1\\,64}$" default:"the stack's name"`
	// Share of the requests that are traced, 0 to 1 (SENTRY_TRACES_SAMPLE_RATE).
	TracesSampleRate float64 `json:"tracesSampleRate,omitempty" jsonschema:"minimum=0,maximum=1"`
}

// NewRelic is the agent of New Relic.
type NewRelic struct {
	// The account's licence key (NEW_RELIC_LICENSE_KEY); set it with djangostack config secret.
	LicenseKey string `json:"licenseKey" jsonschema:"minLength=1"`
	// Name of the application (NEW_RELIC_APP_NAME).
	AppName string `json:"appName,omitempty" jsonschema:"minLength=1" default:"the app's name and the stack's name"`
	// Path of the agent's own configuration, one of app.files (NEW_RELIC_CONFIG_FILE); none when left out.
	ConfigFile string `json:"configFile,omitempty" jsonschema:"pattern=^/"`
}

// Scrape says how Prometheus finds the pods.
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
	// Path of the metrics.
	Path string `json:"path,omitempty" jsonschema:"pattern=^/"`
	// Labels by which the operator's Prometheus picks the object, for instance release: prometheus.
	Labels map[string]string `json:"labels,omitempty"`
	// Seconds between two scrapes, by an object.
	IntervalSeconds int `json:"intervalSeconds,omitempty" jsonschema:"minimum=1,maximum=3600"`
}

// deriveMonitoring fills in the defaults that follow from names.
func (e *Environment) deriveMonitoring(stack string) {
	if sentry := e.Monitoring.Sentry; sentry != nil && sentry.Environment == "" {
		sentry.Environment = stack
	}
	if agent := e.Monitoring.NewRelic; agent != nil && agent.AppName == "" {
		agent.AppName = e.App.Name + " (" + stack + ")"
	}
}

// UnmarshalJSON fills in the defaults before reading it.
func (p *Prometheus) UnmarshalJSON(raw []byte) error {
	type plain Prometheus
	prometheus := plain{Path: "/metrics", IntervalSeconds: 30}
	if err := json.Unmarshal(raw, &prometheus); err != nil {
		return err
	}
	*p = Prometheus(prometheus)
	return nil
}

func (e *Environment) checkMonitoring(problems *Problems) {
	if agent := e.Monitoring.NewRelic; agent != nil && agent.ConfigFile != "" {
		if _, has := e.App.Files[agent.ConfigFile]; !has {
			problems.add("monitoring.newRelic.configFile", agent.ConfigFile, "is none of app.files")
		}
	}
}

func (e *Environment) checkMonitoringStated(problems *Problems, value any) {
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

// ReleaseName is what Sentry calls the running version: the image's tag or digest.
func (e *Environment) ReleaseName() string { return imageTag(e.App.Image) }
