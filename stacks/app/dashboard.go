package app

import (
	"github.com/djangostack/djangostack/components/dashboards"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/spec"
)

// dashboard registers the dashboard of the environment, of the same objects as the alerts.
func (w wiring) dashboard() error {
	if w.environment.Monitoring.Dashboards != spec.On {
		return nil
	}
	objects, err := w.alertObjects()
	if err != nil {
		return err
	}
	environment := dashboards.Environment{
		Name:     names.Environment(names.MaxDNSLabel, w.name, w.ctx.Stack()),
		Objects:  objects,
		Requests: w.environment.Monitoring.Prometheus != nil,
	}
	text, err := environment.JSON()
	if err != nil {
		return err
	}
	_, err = kubernetes.NewDashboard(w.ctx, w.name, &kubernetes.DashboardArgs{
		Namespace: w.namespace,
		Labels:    w.labels,
		File:      environment.UID(),
		JSON:      text,
	}, w.options...)
	return err
}
