package spec

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/components/sizes"
)

// Exporters read the statistics of data services in the cluster for Prometheus.
type Exporters struct {
	// Exporter of PostgreSQL. It signs in with a role that has the rights of pg_monitor and at most 4 connections, which the sum of the connections counts. Without exporters the role stays on the server, and no one has its password.
	Postgres Exporter `json:"postgres,omitempty"`
	// Exporters of Redis: one of the cache and one of the broker. They sign in with the password of the server, because Redis has no other user.
	Redis Exporter `json:"redis,omitempty"`
}

// Exporter is the pod of an exporter.
type Exporter struct {
	// Image of the exporter.
	Image ImageName `json:"image,omitempty"`
	// Requests and limits of its pod.
	Resources Resources `json:"resources,omitempty"`
}

// UnmarshalJSON fills in the defaults before decoding.
func (x *Exporters) UnmarshalJSON(raw []byte) error {
	type plain Exporters
	pods := resources("10m", "32Mi", "64Mi", "16Mi")
	exporters := plain{
		Postgres: Exporter{Image: "quay.io/prometheuscommunity/postgres-exporter:v0.19.1", Resources: pods},
		Redis:    Exporter{Image: "docker.io/oliver006/redis_exporter:v1.92.1", Resources: pods},
	}
	if err := json.Unmarshal(raw, &exporters); err != nil {
		return fmt.Errorf("decoding monitoring.exporters: %w", err)
	}
	*x = Exporters(exporters)
	return nil
}

// exporterPods are the exporters of one kind of data service, and how many of them run.
type exporterPods struct {
	path, server string
	count        int
	exporter     Exporter
}

// exporters lists every kind of exporter; none without monitoring.exporters.
func (e *Environment) exporters() []exporterPods {
	wanted := e.Monitoring.Exporters
	if wanted == nil {
		return nil
	}
	postgres, redis := len(e.PostgresServers()), 0
	if e.RunsRedisCache() {
		redis++
	}
	if e.RunsRedisBroker() {
		redis++
	}
	return []exporterPods{
		{"monitoring.exporters.postgres", "PostgreSQL", postgres, wanted.Postgres},
		{"monitoring.exporters.redis", "Redis", redis, wanted.Redis},
	}
}

// runningExporters are the exporters that have a pod.
func (e *Environment) runningExporters() []exporterPods {
	var running []exporterPods
	for _, each := range e.exporters() {
		if each.count > 0 {
			running = append(running, each)
		}
	}
	return running
}

// MonitorsPostgres reports whether PostgreSQL in the cluster has exporters, one for each server.
func (e *Environment) MonitorsPostgres() bool {
	return e.Monitoring.Exporters != nil && e.RunsPostgres()
}

// monitorConnections are those of the exporter; none without one.
func (e *Environment) monitorConnections() []connections {
	if !e.MonitorsPostgres() || e.Database.Kind != InCluster {
		return nil
	}
	const most = sizes.PostgresMonitorConnections
	return []connections{{most, fmt.Sprintf("exporter %d", most)}}
}

func (e *Environment) checkExporters(problems *Problems, value any) {
	if e.Monitoring.Exporters == nil {
		return
	}
	if e.Monitoring.Prometheus == nil {
		problems.add("monitoring.exporters", nil, "needs monitoring.prometheus, which says how Prometheus finds them")
	}
	if len(e.runningExporters()) == 0 {
		problems.add("monitoring.exporters", nil, "would be ignored, because neither PostgreSQL nor Redis runs in the cluster")
		return
	}
	for _, each := range e.exporters() {
		if each.count == 0 && lookup(value, strings.Split(each.path, ".")) != nil {
			problems.add(each.path, nil, "would be ignored, because %s does not run in the cluster", each.server)
		}
	}
}
