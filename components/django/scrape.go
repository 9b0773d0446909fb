package django

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/scrape"
)

// podsWithAnnotations adds the annotations that Prometheus looks for.
func (a *WebArgs) podsWithAnnotations() Pods {
	annotations := a.Scrape.Annotations()
	if annotations == nil {
		return a.Pods
	}
	pods := a.Pods
	maps.Copy(annotations, a.Pods.Annotations)
	pods.Annotations = annotations
	return pods
}

// monitor registers the PodMonitor or ServiceMonitor.
func (a *WebArgs) monitor(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	return a.Scrape.Monitor(ctx, name+"-web-metrics", scrape.Pods{
		Name:      pulumi.String(a.Labels.ObjectName(WebPart)),
		Namespace: a.Namespace,
		Labels:    a.Labels.For(WebPart),
		Selector:  a.Labels.Selector(WebPart),
	}, parent)
}
