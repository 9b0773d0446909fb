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
		// The pods of others are among it: the receiver may be in the cluster.
		Egress: []kubernetes.EgressRule{{CIDRs: everywhere(), Pods: true, Ports: append(apiServer(), wanted.Port())}},
	}, w.options...)
	return err
}
