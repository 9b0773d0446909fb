package spec

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/djangostack/djangostack/components/names"
)

// LogExporter is the protocol by which logs leave the cluster.
type LogExporter string

// OTLP over HTTP is what Loki and most services take, OTLP over gRPC what another collector does.
const (
	OTLPOverHTTP LogExporter = "otlphttp"
	OTLPOverGRPC LogExporter = "otlp"
)

// Logs are sent out of the cluster by an OpenTelemetry Collector on each node.
type Logs struct {
	// otlphttp: OTLP over HTTP, for instance to Loki; otlp: OTLP over gRPC, for instance to another collector.
	Exporter LogExporter `json:"exporter,omitempty" jsonschema:"enum=otlphttp,enum=otlp"`
	// Where the logs are sent. otlphttp adds /v1/logs, so that of Loki is for instance https://loki.example.com/otlp; otlp needs the port and has no path. A Service in the cluster is NAME.NAMESPACE.svc. http is without TLS.
	Endpoint string `json:"endpoint" jsonschema:"pattern=^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$"`
	// Headers of each request, in a Secret, for instance Authorization. Set them with djangostack config secret.
	Headers map[string]string `json:"headers,omitempty" secret:"true"`
	// Image of the collector: its distribution for Kubernetes, of version 0.164 or newer.
	Image ImageName `json:"image,omitempty"`
	// Requests and limits of the collector on each node.
	Resources Resources `json:"resources,omitempty"`
}

// UnmarshalJSON fills in the defaults before decoding.
func (l *Logs) UnmarshalJSON(raw []byte) error {
	type plain Logs
	logs := plain{
		Exporter:  OTLPOverHTTP,
		Image:     "docker.io/otel/opentelemetry-collector-k8s:0.164.0",
		Resources: resources("25m", "128Mi", "256Mi", "128Mi"),
	}
	if err := json.Unmarshal(raw, &logs); err != nil {
		return fmt.Errorf("decoding monitoring.logs: %w", err)
	}
	*l = Logs(logs)
	return nil
}

// Host returns the host name or address of the endpoint.
func (l *Logs) Host() string { return l.address().Hostname() }

// Port returns the TCP port of the endpoint.
func (l *Logs) Port() int {
	address := l.address()
	if port, err := strconv.Atoi(address.Port()); err == nil {
		return port
	}
	if address.Scheme == "http" {
		return 80
	}
	return 443
}

// address returns the endpoint, which the check has found to be a URL.
func (l *Logs) address() *url.URL {
	address, err := url.Parse(l.Endpoint)
	if err != nil {
		return &url.URL{}
	}
	return address
}

// LogsNamespace is the namespace of the collector, which reads files of the node: no pod of the
// app's namespace may.
func (e *Environment) LogsNamespace() string {
	return names.Fit(names.MaxDNSLabel, names.Environment(names.MaxDNSLabel, e.App.Name, e.stack), "logs")
}

// checkHost refuses what the collector cannot reach from its namespace.
func (l *Logs) checkHost(problems *Problems, at string) {
	host := l.Host()
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "localhost" || err == nil && (ip.IsLoopback() || ip.IsUnspecified()):
		problems.add(at, l.Endpoint, "is the collector's own pod: name the receiver as pods reach it")
	case err == nil && ip.IsLinkLocalUnicast():
		problems.add(at, l.Endpoint, "is a link-local address, where clouds answer for credentials, which no pod reaches")
	case err != nil && !strings.Contains(host, "."):
		problems.add(at, l.Endpoint, "has no namespace, and the collector is in another than the app: write %s.NAMESPACE.svc for a Service", host)
	}
}

var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

func (e *Environment) checkLogs(problems *Problems) {
	logs := e.Monitoring.Logs
	if logs == nil {
		return
	}
	const endpoint = "monitoring.logs.endpoint"
	address, err := url.Parse(logs.Endpoint)
	if err != nil {
		problems.add(endpoint, logs.Endpoint, "is not a URL")
		return
	}
	const lastPort = 65535
	if port := logs.Port(); port < 1 || port > lastPort {
		problems.add(endpoint, logs.Endpoint, "has a port that is not between 1 and %d", lastPort)
	}
	logs.checkHost(problems, endpoint)
	if logs.Exporter == OTLPOverGRPC && (address.Port() == "" || address.Path != "") {
		problems.add(endpoint, logs.Endpoint, "needs a port and no path with exporter otlp, for instance https://collector.example.com:4317")
	}
	for _, name := range sortedNames(logs.Headers) {
		if !headerName.MatchString(name) {
			problems.add("monitoring.logs.headers."+name, nil, "is not the name of a header: letters, digits and hyphens, beginning with a letter, for instance Authorization")
		}
		if strings.ContainsFunc(logs.Headers[name], unicode.IsControl) {
			problems.add("monitoring.logs.headers."+name, nil, "has a line break or another control character, which no header may have: remove it, for instance with printf in place of echo")
		}
	}
	if e.Namespace.Name == e.LogsNamespace() {
		problems.add("namespace.name", e.Namespace.Name, "is the name of the namespace that monitoring.logs creates for its collector: choose another")
	}
}
