// Package scrape says how Prometheus finds pods: by annotations, or by an object of the Prometheus
// operator, which the cluster must run (https://prometheus-operator.dev/docs/api-reference/api/).
//
// The package imports the Kubernetes SDK and no other package of this program.
package scrape

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Way says how Prometheus finds the pods.
type Way string

// The ways to find pods: by annotations, or by an object of the Prometheus operator.
const (
	ByAnnotations    Way = "annotations"
	ByPodMonitor     Way = "podMonitor"
	ByServiceMonitor Way = "serviceMonitor"
)

// Target is a port of pods that Prometheus scrapes.
type Target struct {
	By Way
	// Port of the metrics, and its name in the pods.
	Port     int
	PortName string
	Path     string
	// Labels that the operator's Prometheus selects objects by.
	Labels map[string]string
	// Interval between two scrapes, in seconds; for objects of the operator.
	Interval int
}

// Check reports what the target of a component lacks; a nil target lacks nothing.
func (t *Target) Check(component string) error {
	if t == nil {
		return nil
	}
	if t.Port == 0 || t.PortName == "" {
		return fmt.Errorf("%s: Scrape.Port and Scrape.PortName are required", component)
	}
	if t.By == ByAnnotations {
		return nil
	}
	if t.By != ByPodMonitor && t.By != ByServiceMonitor {
		return fmt.Errorf("%s: Scrape.By is %q; allowed are %q, %q and %q", component, t.By, ByAnnotations, ByPodMonitor, ByServiceMonitor)
	}
	if t.Interval < 1 {
		return fmt.Errorf("%s: Scrape.Interval is required with Scrape.By %q", component, t.By)
	}
	return nil
}

// Annotations are those of the pods that Prometheus looks for; nil for a target that an object names,
// and for none.
func (t *Target) Annotations() map[string]string {
	if t == nil || t.By != ByAnnotations {
		return nil
	}
	return map[string]string{
		"prometheus.io/scrape": "true",
		"prometheus.io/port":   strconv.Itoa(t.Port),
		"prometheus.io/path":   t.Path,
	}
}

// Pods are the pods of a target, and the object that names them.
type Pods struct {
	// Name and Namespace of the object, and Labels to which those of the target are added.
	Name, Namespace pulumi.StringInput
	Labels          pulumi.StringMap
	// Selector of the pods, or of their Service.
	Selector pulumi.StringMap
}

// Monitor registers the PodMonitor or ServiceMonitor; nothing for a target by annotations, and for none.
func (t *Target) Monitor(ctx *pulumi.Context, name string, pods Pods, parent pulumi.Resource) error {
	if t == nil || t.By == ByAnnotations {
		return nil
	}
	kind, endpoints, port := "PodMonitor", "podMetricsEndpoints", "port"
	if t.By == ByServiceMonitor {
		// The pods' port: the Service need not have it.
		kind, endpoints, port = "ServiceMonitor", "endpoints", "targetPort"
	}
	labels := maps.Clone(pods.Labels)
	for label, value := range t.Labels {
		labels[label] = pulumi.String(value)
	}
	_, err := apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String(kind),
		Metadata: metav1.ObjectMetaArgs{
			Name:      pods.Name.ToStringOutput().ToStringPtrOutput(),
			Namespace: pods.Namespace.ToStringOutput().ToStringPtrOutput(),
			Labels:    labels,
		},
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"selector": pulumi.Map{"matchLabels": pods.Selector},
			endpoints: pulumi.Array{pulumi.Map{
				port:       pulumi.String(t.PortName),
				"path":     pulumi.String(t.Path),
				"interval": pulumi.String(strconv.Itoa(t.Interval) + "s"),
			}},
		}},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the %s %s: %w", kind, name, err)
	}
	return nil
}
