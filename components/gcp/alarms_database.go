package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
)

// DatabaseSize is what the thresholds of a database's alarms follow from.
type DatabaseSize struct {
	// MemoryBytes of the machine.
	MemoryBytes int64
	// StorageGiB is the first size of the disk, and MaxStorageGiB how far it grows.
	StorageGiB, MaxStorageGiB int
}

const (
	// busyShare of a CPU, for a quarter of an hour.
	busyShare = 0.9
	// nearLimit is the share of a limit from which on somebody should look.
	nearLimit = 0.8
	// fullShare of memory or of a disk.
	fullShare = 0.9
	// replicaLagSeconds is far more than a replica is behind in normal operation.
	replicaLagSeconds = 600

	gibibyte = 1 << 30
)

// Alarms of the server and of its replicas
// (https://docs.cloud.google.com/sql/docs/postgres/admin-api/metrics).
func (d *Database) Alarms(size DatabaseSize) []Alarm {
	alarms := d.serverAlarms("database", d.InstanceName, size)
	alarms = append(alarms, d.alarm("database-failover", "The database has failed over to its standby in the other zone. Connections broke; see whether the app has new ones, and why the zone failed.",
		Condition{Metric: "database/auto_failover_request_count", Aligner: Delta, Reducer: Separate}, d.InstanceName))
	for i, replica := range d.replicaNames {
		name := fmt.Sprintf("database-replica-%d", i)
		alarms = append(alarms, d.serverAlarms(name, replica, size)...)
		alarms = append(alarms, d.alarm(name+"-lag", "A read replica is far behind the database, so that reads are old. See whether it has enough CPU and disk throughput, and whether a long query on it holds up the replay.",
			Condition{Metric: "database/replication/replica_lag", Aligner: Most, Reducer: Separate, Threshold: replicaLagSeconds, Seconds: quarterHour}, replica))
	}
	return alarms
}

func (d *Database) serverAlarms(name string, instance pulumi.StringOutput, size DatabaseSize) []Alarm {
	connections := limits.DatabaseConnections(size.MemoryBytes)
	return []Alarm{
		d.alarm(name+"-cpu", "The CPU of the database is busy. Find the queries that need it in Query Insights, or give it more CPU.",
			Condition{Metric: "database/cpu/utilization", Aligner: Mean, Reducer: Separate, Threshold: busyShare, Seconds: quarterHour}, instance),
		d.alarm(name+"-memory", "The database has little memory left. Lower the number of connections, or give it more memory.",
			Condition{Metric: "database/memory/utilization", Aligner: Mean, Reducer: Separate, Threshold: fullShare, Seconds: quarterHour}, instance),
		d.alarm(name+"-storage", "The data of the database nearly fills its disk at the largest size. Make the disk, or the size that it grows to, larger; a full disk stops the server.",
			Condition{Metric: "database/disk/bytes_used", Aligner: Most, Reducer: Separate, Threshold: fullShare * float64(max(size.StorageGiB, size.MaxStorageGiB)) * gibibyte, Seconds: quarterHour}, instance),
		// Cloud SQL counts them for each database of the server.
		d.alarm(name+"-connections", fmt.Sprintf("The database has used %d of %d connections, and refuses more than that. Lower the number of processes, or use a connection pooler; more memory allows more.", int(nearLimit*float64(connections)), connections),
			Condition{Metric: "database/postgresql/num_backends", Aligner: Most, Reducer: AddUp, By: []string{databaseLabel}, Threshold: nearLimit * float64(connections), Seconds: quarterHour}, instance),
	}
}

// databaseLabel has PROJECT:INSTANCE
// (https://docs.cloud.google.com/monitoring/api/resources#tag_cloudsql_database).
const databaseLabel = "resource.label.database_id"

// alarm completes the condition of an instance. Utilization is a share of one, bytes_used is in
// bytes, replica_lag in seconds, and the others are numbers.
func (d *Database) alarm(name, description string, condition Condition, instance pulumi.StringOutput) Alarm {
	condition.Metric = "cloudsql.googleapis.com/" + condition.Metric
	condition.Resource, condition.Comparison = "cloudsql_database", Above
	condition.Labels = pulumi.StringMap{databaseLabel: pulumi.Sprintf("%s:%s", d.project, instance)}
	return Alarm{Name: name, Description: description, Conditions: []Condition{condition}}
}
