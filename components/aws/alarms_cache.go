package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
)

// Alarms of the nodes. A server that evicts keys is full most of the time, so that its memory
// and its evictions ring only where it must not evict
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html).
func (c *Cache) Alarms() []Alarm {
	var alarms []Alarm
	for i := range c.nodes {
		alarms = append(alarms, c.nodeAlarms(i)...)
	}
	return alarms
}

// replicationLagSeconds is far more than ElastiCache's replicas are behind in normal operation:
// they follow within a second.
const replicationLagSeconds = 60

func (c *Cache) nodeAlarms(number int) []Alarm {
	// The nodes of a group without shards are numbered from 001
	// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.Endpoints.html).
	node := pulumi.Sprintf("%s-%03d", c.groupID, number+1)
	name := c.part
	if c.nodes > 1 {
		name = fmt.Sprintf("%s-%d", c.part, number)
	}
	alarms := []Alarm{
		above(name+"-cpu", fmt.Sprintf("The %s works at the limit of its one thread. Find expensive commands in its slow log, or give it more memory, which comes with a larger node.", c.part),
			cacheMetric("EngineCPUUtilization", Average, node), busyPercent),
		above(name+"-connections", fmt.Sprintf("The %s has nearly as many clients as it takes, which is %d. Find the process that opens connections and does not close them.", c.part, limits.MaxCacheConnections),
			cacheMetric("CurrConnections", Maximum, node), nearLimit*limits.MaxCacheConnections),
	}
	if c.eviction == arguments.NoEviction {
		evictions := above(name+"-evictions", fmt.Sprintf("The %s has deleted keys because its memory was full, which may have been tasks. Give it more memory.", c.part),
			cacheMetric("Evictions", Sum, node), 0)
		evictions.Periods, evictions.MissingData = 1, MissingIsFine
		alarms = append(alarms, evictions,
			above(name+"-memory", fmt.Sprintf("The memory of the %s is nearly full, and a full one refuses tasks. Let the workers catch up, or give it more memory.", c.part),
				cacheMetric("DatabaseMemoryUsagePercentage", Maximum, node), nearLimit*percent))
	}
	if c.nodes > 1 {
		// A primary has no lag, and any node may become one.
		lag := above(name+"-lag", fmt.Sprintf("A replica of the %s is far behind, so that reads are old and a failover loses writes.", c.part),
			cacheMetric("ReplicationLag", Maximum, node), replicationLagSeconds)
		lag.MissingData = MissingIsFine
		alarms = append(alarms, lag)
	}
	return alarms
}

const percent = 100

// cacheMetric is a metric of a node. Utilization and usage are in percent, ReplicationLag is in
// seconds, and the others are numbers
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html).
func cacheMetric(name string, statistic Statistic, node pulumi.StringInput) Metric {
	return Metric{Namespace: "AWS/ElastiCache", Name: name, Statistic: statistic, Dimensions: pulumi.StringMap{"CacheClusterId": node}}
}
