package app

import (
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/scrape"
	"github.com/djangostack/djangostack/stacks/spec"
)

// watched wraps the command of a process in New Relic's agent, if the environment uses it
// (https://docs.newrelic.com/docs/apm/agents/python-agent/installation/python-agent-admin-script-advanced-usage/).
func (w wiring) watched(command []string) []string {
	if w.environment.Monitoring.NewRelic != spec.On || len(command) == 0 {
		return command
	}
	return append([]string{"newrelic-admin", "run-program"}, command...)
}

func (w wiring) scrape() *scrape.Target {
	wanted := w.environment.Monitoring.Prometheus
	if wanted == nil {
		return nil
	}
	name, port := w.environment.MetricsPort()
	return &scrape.Target{By: scrape.Way(wanted.Scrape), PortName: name, Port: port, Path: wanted.Path, Labels: wanted.Labels, Interval: wanted.IntervalSeconds}
}

func (w wiring) nginx() *django.NGINX {
	if w.environment.Static.Server != spec.StaticsNGINX {
		return nil
	}
	return &django.NGINX{
		Folders:   w.folders(),
		Image:     string(w.environment.Static.NGINX.Image),
		Resources: resources(w.environment.Static.NGINX.Resources),
		AppPort:   w.environment.ServedPort(),
		Reuse:     w.environment.Web.KeepsConnections(),
		StaticURL: w.environment.Static.URL,
		KeepAlive: w.environment.KeepAliveSeconds(),
		Timeouts:  w.environment.WebTimeouts(),
	}
}

// folders are the folders of the web pods' volumes that NGINX serves.
func (w wiring) folders() []django.NGINXFolder {
	var folders []django.NGINXFolder
	volumes := w.environment.Web.Volumes
	for _, wanted := range w.environment.Static.NGINX.Folders {
		for _, volume := range volumes {
			if volume.Name == wanted.Volume {
				folders = append(folders, django.NGINXFolder{Prefix: wanted.Prefix(), Volume: w.volume(volume, sharedWith(volumes, volume.Name))})
			}
		}
	}
	return folders
}
