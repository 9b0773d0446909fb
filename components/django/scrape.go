package django

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Scraping says how Prometheus finds the pods.
type Scraping string

// The ways to find pods: by annotations, or by an object of the Prometheus operator, which
// the cluster must run (https://prometheus-operator.dev/docs/api-reference/api/).
const (
	ByAnnotations    Scraping = "annotations"
	ByPodMonitor     Scraping = "podMonitor"
	ByServiceMonitor Scraping = "serviceMonitor"
)

// Scrape lets Prometheus find the web pods.
type Scrape struct {
	By Scraping
	// Port of the metrics, and its name in the pods.
	Port     int
	PortName string
	Path     string
	// Labels that the operator's Prometheus selects objects by.
	Labels map[string]string
	// Interval between two scrapes, in seconds; for objects of the operator.
	Interval int
}

func (s *Scrape) check() error {
	if s == nil {
		return nil
	}
	if s.Port == 0 || s.PortName == "" {
		return fmt.Errorf("Web: Scrape.Port and Scrape.PortName are required")
	}
	if s.By == ByAnnotations {
		return nil
	}
	if s.By != ByPodMonitor && s.By != ByServiceMonitor {
		return fmt.Errorf("Web: Scrape.By is %q; allowed are %q, %q and %q", s.By, ByAnnotations, ByPodMonitor, ByServiceMonitor)
	}
	if s.Interval < 1 {
		return fmt.Errorf("Web: Scrape.Interval is required with Scrape.By %q", s.By)
	}
	return nil
}

// podsWithAnnotations adds the annotations that Prometheus looks for.
func (a *WebArgs) podsWithAnnotations() Pods {
	if a.Scrape == nil || a.Scrape.By != ByAnnotations {
		return a.Pods
	}
	pods := a.Pods
	pods.Annotations = map[string]string{
		"prometheus.io/scrape": "true",
		"prometheus.io/port":   strconv.Itoa(a.Scrape.Port),
		"prometheus.io/path":   a.Scrape.Path,
	}
	maps.Copy(pods.Annotations, a.Pods.Annotations)
	return pods
}

// monitor registers the PodMonitor or ServiceMonitor.
func (a *WebArgs) monitor(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	if a.Scrape == nil || a.Scrape.By == ByAnnotations {
		return nil
	}
	kind, endpoints, port := "PodMonitor", "podMetricsEndpoints", "port"
	if a.Scrape.By == ByServiceMonitor {
		// The pods' port: the Service need not have it.
		kind, endpoints, port = "ServiceMonitor", "endpoints", "targetPort"
	}
	metadata := a.named(WebPart)
	labels := a.Labels.For(WebPart)
	for label, value := range a.Scrape.Labels {
		labels[label] = pulumi.String(value)
	}
	metadata.Labels = labels
	_, err := apiextensions.NewCustomResource(ctx, name+"-web-metrics", &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String(kind),
		Metadata:   metadata,
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"selector": pulumi.Map{"matchLabels": a.Labels.Selector(WebPart)},
			endpoints: pulumi.Array{pulumi.Map{
				port:       pulumi.String(a.Scrape.PortName),
				"path":     pulumi.String(a.Scrape.Path),
				"interval": pulumi.String(strconv.Itoa(a.Scrape.Interval) + "s"),
			}},
		}},
	}, pulumi.Parent(parent))
	return wrap(err, "registering the %s of web", kind)
}
