package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
)

// DatabaseSize is what the thresholds of a database's alarms follow from.
type DatabaseSize struct {
	// MemoryBytes of the instance class.
	MemoryBytes int64
	// StorageGiB is the first size of the disk, and MaxStorageGiB how far it grows.
	StorageGiB, MaxStorageGiB int
}

// Alarms of the server and of its replicas
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html).
func (d *Database) Alarms(size DatabaseSize) []Alarm {
	alarms := size.alarms("database", d.InstanceID)
	alarms = append(alarms, above("database-transaction-ids",
		"Transaction IDs of the database are not given back: at 2 billion it stops taking writes. Find the transaction, the prepared transaction or the replication slot that keeps autovacuum from freezing rows.",
		rdsMetric("MaximumUsedTransactionIDs", Maximum, d.InstanceID), wraparoundIDs))
	for i, replica := range d.replicaIDs {
		name := fmt.Sprintf("database-replica-%d", i)
		alarms = append(alarms, size.alarms(name, replica)...)
		alarms = append(alarms, above(name+"-lag",
			"A read replica is far behind the database, so that reads are old. See whether it has enough CPU and disk throughput, and whether a long query on it holds up the replay.",
			rdsMetric("ReplicaLag", Maximum, replica), replicaLagSeconds))
	}
	return alarms
}

const (
	busyPercent = 90
	// nearLimit is the share of a limit from which on somebody should look.
	nearLimit = 0.8
	// A server with less than this share of its memory left begins to swap.
	freeMemoryShare = 0.05
	// RDS grows a disk that has less than a tenth free, so that less than a twentieth means that
	// it cannot. A disk that does not grow needs somebody from a tenth on
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html).
	freeDiskShare, freeGrowingDiskShare = 0.1, 0.05
	// A replica of a server that writes nothing is up to five minutes behind by this metric
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.Monitor.html).
	replicaLagSeconds = 600
	// AWS advises an alarm at one billion
	// (https://aws.amazon.com/blogs/database/implement-an-early-warning-system-for-transaction-id-wraparound-in-amazon-rds-for-postgresql/).
	wraparoundIDs = 1e9

	gibibyte = 1 << 30
)

func (s DatabaseSize) alarms(name string, instance pulumi.StringInput) []Alarm {
	disk := freeDiskShare
	if s.MaxStorageGiB > s.StorageGiB {
		disk = freeGrowingDiskShare
	}
	connections := limits.DatabaseConnections(s.MemoryBytes)
	return []Alarm{
		above(name+"-cpu", "The CPU of the database is busy. Find the queries that need it in Performance Insights, or give it more CPU.",
			rdsMetric("CPUUtilization", Average, instance), busyPercent),
		below(name+"-memory", "The database has little memory left. Lower the number of connections, or give it more memory.",
			rdsMetric("FreeableMemory", Average, instance), freeMemoryShare*float64(s.MemoryBytes)),
		below(name+"-storage", "The disk of the database is nearly full. Make it larger, or the size that it grows to; a full disk stops the server.",
			rdsMetric("FreeStorageSpace", Minimum, instance), disk*float64(s.StorageGiB)*gibibyte),
		above(name+"-connections", fmt.Sprintf("The database has used %d of about %d connections, and refuses more than that. Lower the number of processes, or use a connection pooler; more memory allows more.", int(nearLimit*float64(connections)), connections),
			rdsMetric("DatabaseConnections", Maximum, instance), nearLimit*float64(connections)),
	}
}

// rdsMetric is a metric of an instance. CPUUtilization is in percent, FreeableMemory and
// FreeStorageSpace in bytes, ReplicaLag in seconds, and the others are numbers.
func rdsMetric(name string, statistic Statistic, instance pulumi.StringInput) Metric {
	return Metric{Namespace: "AWS/RDS", Name: name, Statistic: statistic, Dimensions: pulumi.StringMap{"DBInstanceIdentifier": instance}}
}
