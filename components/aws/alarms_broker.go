package aws

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Alarms of the broker. So many messages may wait before somebody should look.
func (b *Broker) Alarms(queueLength int) []Alarm {
	memory := above("broker-memory", "The broker has used most of the memory that it allows itself. At its limit it blocks whoever sends tasks. Let the workers catch up, or give it more memory.",
		Metric{}, nearLimit*percent)
	memory.Expression = "100 * used / allowed"
	memory.Metrics = map[string]Metric{"used": b.metric("RabbitMQMemUsed", Maximum), "allowed": b.metric("RabbitMQMemLimit", Minimum)}

	// The broker blocks whoever sends tasks once the free space is at its limit.
	const timesReserved = 2
	disk := below("broker-disk", "The disk of the broker is nearly full. At its limit it blocks whoever sends tasks. Let the workers catch up.", Metric{}, timesReserved)
	disk.Expression = "free / reserved"
	disk.Metrics = map[string]Metric{"free": b.metric("RabbitMQDiskFree", Minimum), "reserved": b.metric("RabbitMQDiskFreeLimit", Maximum)}

	return []Alarm{
		above("broker-cpu", "The CPU of the broker is busy. Give it more memory, which comes with a larger instance.", b.metric("SystemCpuUtilization", Average), busyPercent),
		memory,
		disk,
		above("broker-queue", fmt.Sprintf("More than %d tasks wait. See whether the workers run and take tasks, and whether there are enough of them.", queueLength),
			b.metric("MessageReadyCount", Maximum), float64(queueLength)),
	}
}

// metric is a metric of the whole broker. SystemCpuUtilization is in percent, memory and disk
// are in bytes, and MessageReadyCount is a number
// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html).
func (b *Broker) metric(name string, statistic Statistic) Metric {
	return Metric{Namespace: "AWS/AmazonMQ", Name: name, Statistic: statistic, Dimensions: pulumi.StringMap{"Broker": b.name}}
}
