package app

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Charts are the charts that the stack installs, by the API groups of the kinds that they define.
type Charts map[string][]pulumi.Resource

// NewCharts registers the charts of an environment in a cluster that its platform has created.
// Prometheus' operator comes first, because the others bring a ServiceMonitor. Pass the options
// of the platform.
func NewCharts(ctx *pulumi.Context, environment *spec.Environment, options []pulumi.ResourceOption) (Charts, error) {
	charts := Charts{}
	var before []pulumi.Resource
	for _, wanted := range environment.InstalledCharts() {
		args := chartArgs(environment, wanted)
		args.SelectNodes(environment.PodsOfServices())
		args.Namespace, args.Labels = wanted.Namespace, labelsOf(environment, ctx.Stack())
		chart, err := kubernetes.NewChart(ctx, environment.App.Name, args, component.With(options, pulumi.DependsOn(before))...)
		if err != nil {
			return nil, err
		}
		if wanted.Name == spec.PrometheusOperator {
			before = []pulumi.Resource{chart}
		}
		for _, group := range wanted.Groups {
			charts[group] = []pulumi.Resource{chart}
		}
	}
	return charts, nil
}

func chartArgs(environment *spec.Environment, wanted spec.InstalledChart) *kubernetes.ChartArgs {
	monitored := environment.Cluster.Charts.PrometheusOperator != nil
	switch wanted.Name {
	case spec.KEDA:
		return kubernetes.KEDA(wanted.Version, monitored)
	case spec.CertManager:
		return kubernetes.CertManager(wanted.Version, wanted.Namespace, monitored)
	case spec.ExternalSecrets:
		return kubernetes.ExternalSecrets(wanted.Version, monitored)
	default:
		return kubernetes.PrometheusOperator(wanted.Version, wanted.Namespace)
	}
}

// defining returns options that are also after the chart that defines the kinds of an API group. A
// cluster that exists already has them.
func (c Charts) defining(group string, options []pulumi.ResourceOption) []pulumi.ResourceOption {
	if len(c[group]) == 0 {
		return options
	}
	return component.With(options, pulumi.DependsOn(c[group]))
}

// belowNamespace returns the options of the environment's namespace. With objects of cert-manager's kinds it comes after
// cert-manager and goes before it: what cert-manager makes of a Certificate outlives it for a while, and a challenge that
// no one has answered has a finalizer, which only cert-manager takes off, and for which the namespace waits
// (https://cert-manager.io/docs/troubleshooting/acme/). All pods wait for these objects anyway.
func (c Charts) belowNamespace(environment *spec.Environment, options []pulumi.ResourceOption) []pulumi.ResourceOption {
	of := func(m spec.Manifest) bool { return m.Kind().Group == spec.CertManagerGroup }
	if !slices.ContainsFunc(environment.Manifests(), of) {
		return options
	}
	return c.defining(spec.CertManagerGroup, options)
}

// chartsOfWeb are the charts whose kinds the web pods' component uses.
func (w wiring) chartsOfWeb() []pulumi.Resource {
	if prometheus := w.environment.Monitoring.Prometheus; prometheus == nil || prometheus.Scrape == spec.ByAnnotations {
		return nil
	}
	return w.platform.Charts[spec.PrometheusGroup]
}

// chartsOf are the charts whose kinds a worker's component uses.
func (w wiring) chartsOf(worker spec.Worker) []pulumi.Resource {
	if worker.ScaledBy() == "" {
		return nil
	}
	return w.platform.Charts[spec.KEDAGroup]
}
