// Package alerts writes the alert rules of one environment for Prometheus. Every rule selects by the
// namespace and by the names of the environment's objects, because several environments can share a
// namespace. Rules exist only for what the environment has.
//
// The metrics are those of kube-state-metrics, the kubelet, KEDA, cert-manager and the exporters:
// https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics,
// https://kubernetes.io/docs/reference/instrumentation/metrics/,
// https://keda.sh/docs/latest/integrations/prometheus/,
// https://cert-manager.io/docs/devops-tips/prometheus-metrics/,
// https://github.com/prometheus-community/postgres_exporter and
// https://github.com/oliver006/redis_exporter.
package alerts

import (
	"slices"
	"time"
)

// Objects are the names of what the alerts of one environment are about. What is left empty has no
// alerts.
type Objects struct {
	// Namespace of all objects.
	Namespace string
	// Web is the Deployment of the web pods.
	Web string
	// Processes are the Deployments of workers, other processes and beat that always have a pod.
	// Sleepers are those that have none while there is nothing to do.
	Processes, Sleepers []string
	// Servers are the StatefulSets of the data services, and Poolers the Deployments before them.
	Servers, Poolers []string
	// Exporters are the Deployments that measure data services.
	Exporters []Exporter
	// ReleaseJobs are the Jobs of the release.
	ReleaseJobs []string
	// CronJobs are the commands that run on a schedule and are not suspended.
	CronJobs []CronJob
	// Backup and RestoreDrill are the CronJobs of the database's backups; nil without them.
	Backup, RestoreDrill *CronJob
	// Claims are the volumes that pods mount for as long as the environment runs. BackupClaim is
	// mounted only while a backup runs.
	Claims      []string
	BackupClaim string
	// Autoscalers are the HorizontalPodAutoscalers whose least and most pods differ.
	Autoscalers []string
	// Queues are the queues that KEDA measures.
	Queues []Queue
	// Certificates are those that cert-manager issues for the routes.
	Certificates []string
}

// Engine is what an exporter measures.
type Engine string

// The data services that have exporters. RedisBroker refuses what does not fit into its memory, and
// RedisCache evicts something else for it.
const (
	Postgres    Engine = "postgres"
	RedisCache  Engine = "redis-cache"
	RedisBroker Engine = "redis-broker"
)

// Exporter is the Deployment that measures a data service, which is a StatefulSet.
type Exporter struct {
	Deployment, Server string
	Engine             Engine
}

// CronJob is a CronJob that must succeed from time to time.
type CronJob struct {
	Name string
	// Oldest is how long ago the last success may be; 0 for a schedule that says nothing about it.
	Oldest time.Duration
}

// Queue is what KEDA measures for the workers of one ScaledObject.
type Queue struct {
	ScaledObject string
	// LongestTask is how long a worker may take for one task.
	LongestTask time.Duration
}

// Rule is one alert rule, in the form of Prometheus' rule files
// (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/).
type Rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// Rules returns the rules of an environment.
func Rules(o Objects) []Rule {
	return slices.Concat(o.pods(), o.jobs(), o.cron(), o.volumes(), o.scaling(), o.certificates(), o.exporters())
}

// rule returns a rule of the catalogue with the expression that is its cause.
func (o Objects) rule(name, expr string) []Rule {
	alert := find(name)
	return []Rule{{
		Alert: alert.Name,
		Expr:  expr,
		For:   duration(alert.For),
		Labels: map[string]string{
			"severity": string(alert.Severity),
			// Metrics of KEDA and cert-manager may have it under another name. Routes of Alertmanager
			// go by it.
			namespaceLabel: o.Namespace,
		},
		Annotations: map[string]string{
			"summary":     alert.Object + " in " + o.Namespace + ": " + alert.Cause,
			"description": alert.description(o.Namespace),
		},
	}}
}
