package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/scrape"
	"github.com/djangostack/djangostack/stacks/spec"
)

// postgresExporter registers the exporter of a PostgreSQL in the cluster, if it has one. Nothing waits for it: the app
// runs without.
func (w wiring) postgresExporter(part string, postgres *kubernetes.Postgres) error {
	if postgres.Monitor == nil {
		return nil
	}
	return w.exporter(postgres, w.environment.Monitoring.Exporters.Postgres, &kubernetes.ExporterArgs{Server: part, Postgres: postgres.Monitor})
}

// redisExporter registers the exporter of a Redis in the cluster, if it has one.
func (w wiring) redisExporter(part string, redis *kubernetes.Redis) error {
	if w.environment.Monitoring.Exporters == nil {
		return nil
	}
	return w.exporter(redis, w.environment.Monitoring.Exporters.Redis, &kubernetes.ExporterArgs{Server: part, Redis: &redis.Server})
}

func (w wiring) exporter(server pulumi.Resource, wanted spec.Exporter, args *kubernetes.ExporterArgs) error {
	args.Namespace, args.Labels = w.namespace, w.labels
	args.Image, args.Resources = string(wanted.Image), resources(wanted.Resources)
	prometheus := w.environment.Monitoring.Prometheus
	args.Scrape = scrape.Target{By: scrape.Way(prometheus.Scrape), Labels: prometheus.Labels, Interval: prometheus.IntervalSeconds}
	_, err := kubernetes.NewExporter(w.ctx, w.name, args, component.With(w.options, pulumi.DependsOn([]pulumi.Resource{server}))...)
	return err
}

// exportedServers are the data services with an exporter by their component labels.
func exportedServers(e *spec.Environment) map[string]alerts.Engine {
	servers := map[string]alerts.Engine{}
	if e.Monitoring.Exporters == nil {
		return servers
	}
	for _, part := range postgresParts(e) {
		servers[part] = alerts.Postgres
	}
	if e.RunsRedisCache() {
		servers[redisCache] = alerts.RedisCache
	}
	if e.RunsRedisBroker() {
		servers[redisBroker] = alerts.RedisBroker
	}
	return servers
}

// watchExporters adds the exporters in the order of the data services.
func (w wiring) watchExporters(objects *alerts.Objects) {
	exported := exportedServers(w.environment)
	for _, part := range w.serverParts() {
		if engine, has := exported[part]; has {
			objects.Exporters = append(objects.Exporters, alerts.Exporter{
				Deployment: w.labels.ObjectName(kubernetes.ExporterPart(part)), Server: w.labels.ObjectName(part), Engine: engine,
			})
		}
	}
}
