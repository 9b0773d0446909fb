package dashboards

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/alerts"
)

// Units of Grafana.
const (
	count   = "short"
	bytes   = "bytes"
	seconds = "s"
	share   = "percentunit"
	rate    = "reqps"
)

// window is how far a rate looks back: several scrapes, whatever their interval.
const window = "[5m]"

// in selects series of the namespace by a label that has one of the names.
func (e Environment) in(metric, label string, names []string, further ...string) string {
	matchers := append([]string{fmt.Sprintf("namespace=%q", e.Objects.Namespace)}, further...)
	if len(names) > 0 {
		matchers = append(matchers, fmt.Sprintf("%s=~%q", label, strings.Join(names, "|")))
	}
	return metric + "{" + strings.Join(matchers, ", ") + "}"
}

// podsOf are the names of pods: those of a Deployment have the hash of a template and five
// characters behind its name, and those of a StatefulSet a number.
func podsOf(deployments, statefulSets []string) []string {
	var patterns []string
	for _, name := range deployments {
		patterns = append(patterns, name+"-[a-z0-9]+-[a-z0-9]{5}")
	}
	for _, name := range statefulSets {
		patterns = append(patterns, name+"-[0-9]+")
	}
	return patterns
}

// pods are the graphs that all pods have: what they use, and whether they restart.
func (e Environment) pods(deployments, statefulSets []string) []graph {
	names := podsOf(deployments, statefulSets)
	// cAdvisor also has the sum of a pod, without a container, and the pause container.
	const own = `container!="", container!="POD"`
	return []graph{
		{"CPU", count, []query{{"sum by (pod) (rate(" + e.in("container_cpu_usage_seconds_total", "pod", names, own) + window + "))", "{{pod}}"}}},
		{"Memory", bytes, []query{{"sum by (pod) (" + e.in("container_memory_working_set_bytes", "pod", names, own) + ")", "{{pod}}"}}},
		{"Restarts in an hour", count, []query{{"max by (pod, container) (changes(" + e.in("kube_pod_container_status_restarts_total", "pod", names) + "[1h]))", "{{pod}} {{container}}"}}},
	}
}

// deployed are the pods of Deployments: ready ones, and those that a rollout waits for.
func (e Environment) deployed(names []string) graph {
	of := func(metric string) string {
		return "max by (deployment) (" + e.in(metric, "deployment", names) + ")"
	}
	return graph{"Pods", count, []query{
		{of("kube_deployment_status_replicas_ready"), "{{deployment}} ready"},
		{of("kube_deployment_status_replicas_unavailable"), "{{deployment}} not available"},
	}}
}

func (e Environment) web() []row {
	if e.Objects.Web == "" {
		return nil
	}
	web := []string{e.Objects.Web}
	graphs := append([]graph{e.deployed(web)}, e.pods(web, nil)...)
	if !e.Requests {
		return []row{{"Web", graphs}}
	}
	latency := func(quantile string) query {
		buckets := e.in("django_http_requests_latency_seconds_by_view_method_bucket", "pod", podsOf(web, nil))
		return query{"histogram_quantile(" + quantile + ", sum by (le) (rate(" + buckets + window + ")))", quantile}
	}
	return []row{{"Web", append(graphs,
		graph{"Answers", rate, []query{{"sum by (status) (rate(" + e.in("django_http_responses_total_by_status_total", "pod", podsOf(web, nil)) + window + "))", "{{status}}"}}},
		graph{"Latency", seconds, []query{latency("0.5"), latency("0.95"), latency("0.99")}},
	)}}
}

// processes are workers, beat and other processes.
func (e Environment) processes() []row {
	names := slices.Concat(e.Objects.Processes, e.Objects.Sleepers)
	if len(names) == 0 {
		return nil
	}
	graphs := append([]graph{e.deployed(names)}, e.pods(names, nil)...)
	if scaled := e.Objects.Autoscalers; len(scaled) > 0 {
		of := func(metric string) string {
			return "max by (horizontalpodautoscaler) (" + e.in(metric, "horizontalpodautoscaler", scaled) + ")"
		}
		graphs = append(graphs, graph{"Autoscalers", count, []query{
			{of("kube_horizontalpodautoscaler_status_desired_replicas"), "{{horizontalpodautoscaler}}"},
			{of("kube_horizontalpodautoscaler_spec_max_replicas"), "{{horizontalpodautoscaler}} at most"},
		}})
	}
	return []row{{"Workers and processes", graphs}}
}

// queues are those that KEDA measures. Prometheus renames the namespace of its metrics unless
// it scrapes KEDA with honorLabels.
func (e Environment) queues() []row {
	var names []string
	for _, queue := range e.Objects.Queues {
		names = append(names, queue.ScaledObject)
	}
	if len(names) == 0 {
		return nil
	}
	series := func(namespace string) string {
		return fmt.Sprintf("keda_scaler_metrics_value{%s=%q, scaledObject=~%q}", namespace, e.Objects.Namespace, strings.Join(names, "|"))
	}
	expr := "max by (scaledObject, metric) (" + series("exported_namespace") + " or " + series("namespace") + ")"
	return []row{{"Queues", []graph{{"Tasks that wait", count, []query{{expr, "{{scaledObject}} {{metric}}"}}}}}}
}

// servers are the database, the cache and the broker in the cluster, and the pooler.
func (e Environment) servers() []row {
	sets, poolers := e.Objects.Servers, e.Objects.Poolers
	if len(sets)+len(poolers) == 0 {
		return nil
	}
	var ready []query
	if len(sets) > 0 {
		ready = append(ready, query{"max by (statefulset) (" + e.in("kube_statefulset_status_replicas_ready", "statefulset", sets) + ")", "{{statefulset}} ready"})
	}
	if len(poolers) > 0 {
		ready = append(ready, query{"max by (deployment) (" + e.in("kube_deployment_status_replicas_ready", "deployment", poolers) + ")", "{{deployment}} ready"})
	}
	return []row{{"Database, cache and broker", append([]graph{{"Pods", count, ready}}, e.pods(poolers, sets)...)}}
}

// measured are the data services that have an exporter. Each exporter has the series of one of them.
func (e Environment) measured() []row {
	var rows []row
	for _, exporter := range e.Objects.Exporters {
		of := func(metric string) string {
			return e.in(metric, "pod", podsOf([]string{exporter.Deployment}, nil))
		}
		switch exporter.Engine {
		case alerts.Postgres:
			rows = append(rows, row{exporter.Server, postgres(of)})
		case alerts.RedisCache, alerts.RedisBroker:
			rows = append(rows, row{exporter.Server, redis(of)})
		}
	}
	return rows
}

// postgres are the graphs of PostgreSQL, by a function that selects the series of a metric.
func postgres(of func(string) string) []graph {
	each := func(metric string) query {
		return query{"max by (datname) (" + of(metric) + ")", "{{datname}}"}
	}
	perSecond := func(metric, legend string) query {
		return query{"sum(max by (datname) (rate(" + of(metric) + window + ")))", legend}
	}
	return []graph{
		{"Connections", count, []query{each("pg_stat_database_numbackends"), {"max(" + of("pg_settings_max_connections") + ")", "at most"}}},
		{"Transactions in a second", count, []query{perSecond("pg_stat_database_xact_commit", "committed"), perSecond("pg_stat_database_xact_rollback", "rolled back")}},
		{"Size", bytes, []query{each("pg_database_size_bytes")}},
	}
}

// redis are the graphs of Redis, by a function that selects the series of a metric.
func redis(of func(string) string) []graph {
	perSecond := func(metric, legend string) query {
		return query{"max(rate(" + of(metric) + window + "))", legend}
	}
	return []graph{
		{"Memory for keys", bytes, []query{{"max(" + of("redis_memory_used_bytes") + ")", "used"}, {"max(" + of("redis_memory_max_bytes") + ")", "at most"}}},
		{"Keys in a second", count, []query{
			perSecond("redis_keyspace_hits_total", "found"), perSecond("redis_keyspace_misses_total", "not found"), perSecond("redis_evicted_keys_total", "evicted"),
		}},
		{"Clients", count, []query{{"max(" + of("redis_connected_clients") + ")", "connected"}}},
	}
}

// volumes are those that pods mount: the kubelet measures no other.
func (e Environment) volumes() []row {
	claims := e.Objects.Claims
	if e.Objects.BackupClaim != "" {
		claims = append(slices.Clone(claims), e.Objects.BackupClaim)
	}
	if len(claims) == 0 {
		return nil
	}
	of := func(metric string) string {
		return "max by (persistentvolumeclaim) (" + e.in(metric, "persistentvolumeclaim", claims) + ")"
	}
	return []row{{"Volumes", []graph{
		{"Used", share, []query{{"1 - " + of("kubelet_volume_stats_available_bytes") + " / " + of("kubelet_volume_stats_capacity_bytes"), "{{persistentvolumeclaim}}"}}},
		{"Left", bytes, []query{{of("kubelet_volume_stats_available_bytes"), "{{persistentvolumeclaim}}"}}},
	}}}
}

// cron are the commands that run on a schedule, backups and restore drills.
func (e Environment) cron() []row {
	var names []string
	for _, job := range e.Objects.CronJobs {
		names = append(names, job.Name)
	}
	if e.Objects.Backup != nil {
		names = append(names, e.Objects.Backup.Name)
	}
	if e.Objects.RestoreDrill != nil {
		names = append(names, e.Objects.RestoreDrill.Name)
	}
	if len(names) == 0 {
		return nil
	}
	expr := "time() - max by (cronjob) (" + e.in("kube_cronjob_status_last_successful_time", "cronjob", names) + ")"
	return []row{{"Scheduled commands", []graph{{"Since the last success", seconds, []query{{expr, "{{cronjob}}"}}}}}}
}
