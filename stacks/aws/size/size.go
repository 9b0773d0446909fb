// Package size turns what an environment asks for, CPUs and memory, into the
// instance classes of AWS.
package size

import (
	"fmt"

	"github.com/djangostack/djangostack/stacks/size"
)

// database lists classes of RDS for PostgreSQL from small to large: burstable
// Graviton2 below 8 GiB, Graviton3 above, in its general and its memory-rich form
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html).
func database() []size.Class {
	return []size.Class{
		{Name: "db.t4g.micro", CPU: 2, GiB: 1}, {Name: "db.t4g.small", CPU: 2, GiB: 2}, {Name: "db.t4g.medium", CPU: 2, GiB: 4},
		{Name: "db.m7g.large", CPU: 2, GiB: 8}, {Name: "db.r7g.large", CPU: 2, GiB: 16},
		{Name: "db.m7g.xlarge", CPU: 4, GiB: 16}, {Name: "db.r7g.xlarge", CPU: 4, GiB: 32},
		{Name: "db.m7g.2xlarge", CPU: 8, GiB: 32}, {Name: "db.r7g.2xlarge", CPU: 8, GiB: 64},
		{Name: "db.m7g.4xlarge", CPU: 16, GiB: 64}, {Name: "db.r7g.4xlarge", CPU: 16, GiB: 128},
		{Name: "db.m7g.8xlarge", CPU: 32, GiB: 128}, {Name: "db.r7g.8xlarge", CPU: 32, GiB: 256},
		{Name: "db.m7g.12xlarge", CPU: 48, GiB: 192}, {Name: "db.r7g.12xlarge", CPU: 48, GiB: 384},
		{Name: "db.m7g.16xlarge", CPU: 64, GiB: 256}, {Name: "db.r7g.16xlarge", CPU: 64, GiB: 512},
	}
}

// cache lists node types of ElastiCache from small to large, with the memory that
// is left for keys
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html).
func cache() []size.Class {
	return []size.Class{
		{Name: "cache.t4g.micro", CPU: 2, GiB: 0.5}, {Name: "cache.t4g.small", CPU: 2, GiB: 1.37}, {Name: "cache.t4g.medium", CPU: 2, GiB: 3.09},
		{Name: "cache.m7g.large", CPU: 2, GiB: 6.38}, {Name: "cache.r7g.large", CPU: 2, GiB: 13.07},
		{Name: "cache.m7g.xlarge", CPU: 4, GiB: 12.93}, {Name: "cache.r7g.xlarge", CPU: 4, GiB: 26.32},
		{Name: "cache.m7g.2xlarge", CPU: 8, GiB: 26.04}, {Name: "cache.r7g.2xlarge", CPU: 8, GiB: 52.82},
		{Name: "cache.r7g.4xlarge", CPU: 16, GiB: 105.81},
	}
}

// node lists instance types of EC2 from small to large; amd64, because an image
// of unknown make runs there.
func node() []size.Class {
	return []size.Class{
		{Name: "t3.medium", CPU: 2, GiB: 4}, {Name: "t3.large", CPU: 2, GiB: 8}, {Name: "m7i.large", CPU: 2, GiB: 8}, {Name: "r7i.large", CPU: 2, GiB: 16},
		{Name: "m7i.xlarge", CPU: 4, GiB: 16}, {Name: "r7i.xlarge", CPU: 4, GiB: 32},
		{Name: "m7i.2xlarge", CPU: 8, GiB: 32}, {Name: "r7i.2xlarge", CPU: 8, GiB: 64},
		{Name: "m7i.4xlarge", CPU: 16, GiB: 64}, {Name: "r7i.4xlarge", CPU: 16, GiB: 128},
	}
}

// queue lists instance types of Amazon MQ for RabbitMQ; a cluster takes the large
// ones and above
// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rmq-broker-instance-types.html).
func queue() []size.Class {
	return []size.Class{
		{Name: "mq.m7g.medium", CPU: 1, GiB: 4}, {Name: "mq.m7g.large", CPU: 2, GiB: 8}, {Name: "mq.m7g.xlarge", CPU: 4, GiB: 16},
		{Name: "mq.m7g.2xlarge", CPU: 8, GiB: 32}, {Name: "mq.m7g.4xlarge", CPU: 16, GiB: 64},
	}
}

// search lists instance types of OpenSearch Service from small to large
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html).
func search() []size.Class {
	return []size.Class{
		{Name: "t3.small.search", CPU: 2, GiB: 2}, {Name: "t3.medium.search", CPU: 2, GiB: 4},
		{Name: "m6g.large.search", CPU: 2, GiB: 8}, {Name: "r6g.large.search", CPU: 2, GiB: 16},
		{Name: "m6g.xlarge.search", CPU: 4, GiB: 16}, {Name: "r6g.xlarge.search", CPU: 4, GiB: 32},
		{Name: "r6g.2xlarge.search", CPU: 8, GiB: 64}, {Name: "r6g.4xlarge.search", CPU: 16, GiB: 128},
	}
}

// volumes are the largest gp3 disks that the nodes of OpenSearch Service take, in GiB
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#ebsresource).
func volumes() map[string]int {
	return map[string]int{
		"t3.small.search": 100, "t3.medium.search": 200, "m6g.large.search": 1024, "r6g.large.search": 2048,
		"m6g.xlarge.search": 2048, "r6g.xlarge.search": 3072, "r6g.2xlarge.search": 6144, "r6g.4xlarge.search": 12288,
	}
}

// leastVolume of a node, in GiB.
const leastVolume = 10

// clusteredCPU is what the nodes of a RabbitMQ cluster have at least.
const clusteredCPU = 2

// Queue is the smallest instance type of Amazon MQ with at least this memory for so
// many nodes.
func Queue(nodes int, memory string) (string, error) {
	if nodes > 1 {
		return size.Smallest("broker", queue(), clusteredCPU, memory)
	}
	return size.Smallest("broker", queue(), 0, memory)
}

// Search is the smallest instance type of OpenSearch Service with at least this
// memory.
func Search(memory string) (string, error) {
	return size.Smallest("search", search(), 0, memory)
}

// SearchDisk returns an error unless a node of an instance type takes a disk of so many
// GiB.
func SearchDisk(instance string, disk int) error {
	if most := volumes()[instance]; disk < leastVolume || disk > most {
		return fmt.Errorf("must be from %dGi to %dGi with %s", leastVolume, most, instance)
	}
	return nil
}

// Database is the smallest class of RDS with at least these CPUs and this memory,
// in Kubernetes' notation. The error names the largest where none is enough.
func Database(cpu int, memory string) (string, error) {
	return size.Smallest("database", database(), cpu, memory)
}

// Cache is the smallest node type of ElastiCache with at least this memory.
func Cache(memory string) (string, error) {
	return size.Smallest("cache", cache(), 0, memory)
}

// Node is the smallest instance type of EC2 with at least these CPUs and this
// memory.
func Node(cpu int, memory string) (string, error) {
	return size.Smallest("node", node(), cpu, memory)
}

// GiB is an amount of storage in whole GiB, as AWS takes it, rounded up.
func GiB(amount string) (int, error) {
	return size.GiB(amount)
}
