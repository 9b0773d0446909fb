package clouds_test

import (
	"testing"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// tornDown are the environments whose teardown is tested, by cloud and name.
func tornDown(t *testing.T) map[string]map[string]environments.Environment {
	t.Helper()
	set := func(e environments.Environment, parts ...[]string) environments.Environment {
		for _, values := range parts {
			e = e.Set(t, values...)
		}
		return e
	}
	onAWS, onGCP := environments.Small(spec.AWSCloud), environments.Small(spec.GCPCloud)
	return map[string]map[string]environments.Environment{
		"aws": {
			"production":                   environments.Full(spec.AWSCloud, spec.Production),
			"production with every choice": set(environments.Full(spec.AWSCloud, spec.Production), everyProcess(), otherServices()),
			"staging":                      onAWS,
			"staging with nodes":           set(onAWS, nodes(), cdnBeforePods()),
			"staging with charts":          set(onAWS, nodes(), charts()),
		},
		"gcp": {
			"production":                    environments.Full(spec.GCPCloud, spec.Production),
			"staging":                       set(onGCP, cdnBeforePods()),
			"staging with nodes":            set(onGCP, nodes(), []string{"gcp.zones=[b, c]"}),
			"staging with charts":           set(onGCP, charts()),
			"staging with managed services": set(environments.Full(spec.GCPCloud, spec.Staging), everyProcess(), []string{"registry.source=create"}),
		},
	}
}

// everyProcess adds every kind of process that an app can run.
func everyProcess() []string {
	return []string{
		"database={kind: managed, pooler: {kind: pgbouncer}}",
		"processes=[{name: feed, command: [python, manage.py, feed]}]",
		`cron=[{name: clean, schedule: "0 3 * * *", command: [python, manage.py, clearsessions]}]`,
		"web={autoscaling: {maxReplicas: 6}}",
	}
}

// otherServices picks the services that are not the default.
func otherServices() []string {
	return []string{
		"broker={kind: managed, engine: rabbitmq}", "search={kind: managed, serviceRole: create}",
		"loadBalancer.addresses=fixed", "registry.source=create",
	}
}

// cdnBeforePods puts a CDN before static files that the pods serve.
func cdnBeforePods() []string { return []string{`static={cdn: "on"}`} }

func nodes() []string { return []string{`cluster={mode: nodes, workloadLogs: "on"}`} }
