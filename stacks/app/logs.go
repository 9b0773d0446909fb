package app

import (
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// logs registers the collector before anything that runs, so that the logs of a release that fails are sent too.
func (w wiring) logs() error {
	wanted := w.environment.Monitoring.Logs
	if wanted == nil {
		return nil
	}
	_, err := kubernetes.NewLogs(w.ctx, w.name, &kubernetes.LogsArgs{
		Name:        w.environment.LogsNamespace(),
		Namespace:   w.namespace,
		Source:      w.environment.Namespace.Name,
		Labels:      w.labels,
		App:         w.name,
		Environment: w.ctx.Stack(),
		Image:       string(wanted.Image),
		Resources:   resources(wanted.Resources),
		GRPC:        wanted.Exporter == spec.OTLPOverGRPC,
		Endpoint:    wanted.Endpoint,
		Headers:     wanted.Headers,
		Egress:      logsEgress(wanted),
	}, w.options...)
	return err
}

// logsEgress allows the API server and the receiver. A NetworkPolicy sees the port of the pods
// behind a Service, which may be another than the Service's.
func logsEgress(wanted *spec.Logs) []kubernetes.EgressRule {
	rules := append([]kubernetes.EgressRule{{CIDRs: everywhere(), Ports: apiServer()}}, toServers(wanted.Port(), wanted.Host())...)
	if isService(wanted.Host()) {
		rules = append(rules, kubernetes.EgressRule{Pods: true})
	}
	return rules
}
