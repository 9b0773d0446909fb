package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp/limits"
)

// Alarms of the server. A server that evicts keys is full most of the time, so that its memory
// and its evictions ring only where it must not evict
// (https://docs.cloud.google.com/memorystore/docs/redis/supported-monitoring-metrics).
func (c *Cache) Alarms() []Alarm {
	// replicationLagSeconds is far more than replicas are behind in normal operation: they
	// follow within a second.
	const replicationLagSeconds = 60
	// The time of system and user of one thread, for each node.
	node := []string{"resource.label.node_id"}
	alarms := []Alarm{
		c.alarm("cpu", fmt.Sprintf("The %s works at the limit of its one thread. Find expensive commands, or use fewer keys at once.", c.part),
			Condition{Metric: "stats/cpu_utilization_main_thread", Aligner: Rate, Reducer: AddUp, By: node, Threshold: busyShare, Seconds: quarterHour}),
		c.alarm("connections", fmt.Sprintf("The %s has nearly as many clients as it takes, which is %d. Find the process that opens connections and does not close them.", c.part, limits.MaxCacheConnections),
			Condition{Metric: "clients/connected", Aligner: Most, Reducer: Separate, Threshold: nearLimit * limits.MaxCacheConnections, Seconds: quarterHour}),
	}
	if c.eviction == arguments.NoEviction {
		alarms = append(alarms,
			c.alarm("memory", fmt.Sprintf("The memory of the %s is nearly full, and a full one refuses tasks. Let the workers catch up, or give it more memory.", c.part),
				Condition{Metric: "stats/memory/usage_ratio", Aligner: Most, Reducer: Separate, Threshold: nearLimit, Seconds: quarterHour}),
			c.alarm("evictions", fmt.Sprintf("The %s has deleted keys because its memory was full, which may have been tasks. Give it more memory.", c.part),
				Condition{Metric: "stats/evicted_keys", Aligner: Delta, Reducer: Separate}))
	}
	if c.replicated {
		alarms = append(alarms, c.alarm("lag", fmt.Sprintf("A replica of the %s is far behind, so that reads are old and a failover loses writes.", c.part),
			Condition{Metric: "replication/master/slaves/lag", Aligner: Most, Reducer: Separate, Threshold: replicationLagSeconds, Seconds: quarterHour}))
	}
	return alarms
}

// alarm completes the condition of the server. usage_ratio and the rate of
// cpu_utilization_main_thread are shares of one, lag is in seconds, and the others are numbers.
// The label instance_id has the whole name
// (https://docs.cloud.google.com/monitoring/api/resources#tag_redis_instance).
func (c *Cache) alarm(name, description string, condition Condition) Alarm {
	condition.Metric = "redis.googleapis.com/" + condition.Metric
	condition.Resource, condition.Comparison = "redis_instance", Above
	condition.Labels = pulumi.StringMap{"resource.label.instance_id": c.id}
	return Alarm{Name: c.part + "-" + name, Description: description, Conditions: []Condition{condition}}
}
