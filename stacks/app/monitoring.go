package app

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// monitoring adds what the app's monitors read.
func (w wiring) monitoring(values django.Values) {
	if sentry := w.e.Monitoring.Sentry; sentry != nil {
		values[contract.SentryDSN] = secret(sentry.DSN)
		values[contract.SentryEnvironment] = pulumi.String(sentry.Environment)
		values[contract.SentryRelease] = pulumi.String(w.e.ReleaseName())
		values[contract.SentryTraces] = pulumi.String(strconv.FormatFloat(sentry.TracesSampleRate, 'f', -1, 64))
	}
	agent := w.e.Monitoring.NewRelic
	if agent == nil {
		return
	}
	values[contract.NewRelicKey] = secret(agent.LicenseKey)
	values[contract.NewRelicApp] = pulumi.String(agent.AppName)
	values[contract.NewRelicEnvironment] = pulumi.String(w.ctx.Stack())
	if agent.ConfigFile != "" {
		values[contract.NewRelicFile] = pulumi.String(agent.ConfigFile)
	}
}

// watched is the command of a process with New Relic's agent around it
// (https://docs.newrelic.com/docs/apm/agents/python-agent/installation/python-agent-admin-script-advanced-usage/).
func (w wiring) watched(command []string) []string {
	if w.e.Monitoring.NewRelic == nil {
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
