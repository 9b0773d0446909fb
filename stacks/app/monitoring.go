package app

import (
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// watched is the command of a process with New Relic's agent around it
// (https://docs.newrelic.com/docs/apm/agents/python-agent/installation/python-agent-admin-script-advanced-usage/).
func (w wiring) watched(command []string) []string {
	if w.e.Monitoring.NewRelic != spec.On {
		return command
	}
	return append([]string{"newrelic-admin", "run-program"}, command...)
}

func (w wiring) scrape() *django.Scrape {
	wanted := w.e.Monitoring.Prometheus
	if wanted == nil {
		return nil
	}
	return &django.Scrape{By: django.Scraping(wanted.Scrape), Path: wanted.Path, Labels: wanted.Labels, Interval: wanted.IntervalSeconds}
}

func (w wiring) nginx() *django.NGINX {
	if w.e.Static.Server != spec.StaticsNGINX {
		return nil
	}
	return &django.NGINX{
		Image:     w.e.Static.NGINX.Image,
		Resources: resources(w.e.Static.NGINX.Resources),
		AppPort:   w.e.ServedPort(),
		StaticURL: w.e.Static.URL,
		KeepAlive: w.e.KeepAliveSeconds(),
	}
}
