package limits

import (
	"fmt"

	"github.com/djangostack/djangostack/components/sizes"
)

// databaseClasses lists classes of RDS for PostgreSQL from small to large: burstable
// Graviton2 below 8 GiB, Graviton3 above, in its general and its memory-rich form
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html).
func databaseClasses() []sizes.Class {
	return []sizes.Class{
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

// cacheNodeTypes lists node types of ElastiCache from small to large, with their maxmemory
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html).
func cacheNodeTypes() []sizes.Class {
	return []sizes.Class{
		{Name: "cache.t4g.micro", CPU: 2, GiB: 0.5}, {Name: "cache.t4g.small", CPU: 2, GiB: 1.37}, {Name: "cache.t4g.medium", CPU: 2, GiB: 3.09},
		{Name: "cache.m7g.large", CPU: 2, GiB: 6.38}, {Name: "cache.r7g.large", CPU: 2, GiB: 13.07},
		{Name: "cache.m7g.xlarge", CPU: 4, GiB: 12.93}, {Name: "cache.r7g.xlarge", CPU: 4, GiB: 26.32},
		{Name: "cache.m7g.2xlarge", CPU: 8, GiB: 26.04}, {Name: "cache.r7g.2xlarge", CPU: 8, GiB: 52.82},
		{Name: "cache.r7g.4xlarge", CPU: 16, GiB: 105.81},
	}
}

// brokerInstanceTypes lists instance types of Amazon MQ for RabbitMQ from small to large
// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rmq-broker-instance-types.html).
func brokerInstanceTypes() []sizes.Class {
	return []sizes.Class{
		{Name: "mq.m7g.medium", CPU: 1, GiB: 4}, {Name: "mq.m7g.large", CPU: 2, GiB: 8}, {Name: "mq.m7g.xlarge", CPU: 4, GiB: 16},
		{Name: "mq.m7g.2xlarge", CPU: 8, GiB: 32}, {Name: "mq.m7g.4xlarge", CPU: 16, GiB: 64},
	}
}

// searchInstanceTypes lists instance types of OpenSearch Service from small to large
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html).
func searchInstanceTypes() []sizes.Class {
	return []sizes.Class{
		{Name: "t3.small.search", CPU: 2, GiB: 2}, {Name: "t3.medium.search", CPU: 2, GiB: 4},
		{Name: "m6g.large.search", CPU: 2, GiB: 8}, {Name: "r6g.large.search", CPU: 2, GiB: 16},
		{Name: "m6g.xlarge.search", CPU: 4, GiB: 16}, {Name: "r6g.xlarge.search", CPU: 4, GiB: 32},
		{Name: "r6g.2xlarge.search", CPU: 8, GiB: 64}, {Name: "r6g.4xlarge.search", CPU: 16, GiB: 128},
	}
}

// searchVolumes are the largest gp3 volumes that the instance types of OpenSearch Service
// take, in GiB
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#ebsresource).
func searchVolumes() map[string]int {
	return map[string]int{
		"t3.small.search": 100, "t3.medium.search": 200, "m6g.large.search": 1024, "r6g.large.search": 2048,
		"m6g.xlarge.search": 2048, "r6g.xlarge.search": 3072, "r6g.2xlarge.search": 6144, "r6g.4xlarge.search": 12288,
	}
}

// DatabaseClass returns the smallest class of RDS with at least these CPUs and this
// memory, in Kubernetes' notation. The error lists all classes if none is large enough.
func DatabaseClass(cpu int, memory string) (string, error) {
	return sizes.Smallest("database", databaseClasses(), cpu, memory)
}

// DatabaseMemory returns the memory of a class of DatabaseClass in bytes.
func DatabaseMemory(class string) (int64, error) {
	return sizes.Memory("database", databaseClasses(), class)
}

// CacheNodeType returns the smallest node type of ElastiCache with at least this memory
// for keys, in Kubernetes' notation: ElastiCache keeps a quarter of a node's memory for
// snapshots and failovers (reserved-memory-percent,
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-memory-management.html).
func CacheNodeType(memory string) (string, error) {
	const forKeys = 0.75
	types := cacheNodeTypes()
	for i := range types {
		types[i].GiB *= forKeys
	}
	return sizes.Smallest("cache", types, 0, memory)
}

// BrokerInstanceType returns the smallest instance type of Amazon MQ with at least this
// memory, in Kubernetes' notation, for a broker of so many nodes. A cluster needs
// instances of size large or above
// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rmq-broker-instance-types.html).
func BrokerInstanceType(nodes int, memory string) (string, error) {
	const largeCPU = 2
	if nodes > 1 {
		return sizes.Smallest("broker", brokerInstanceTypes(), largeCPU, memory)
	}
	return sizes.Smallest("broker", brokerInstanceTypes(), 0, memory)
}

// SearchInstanceType returns the smallest instance type of OpenSearch Service with at
// least this memory, in Kubernetes' notation.
func SearchInstanceType(memory string) (string, error) {
	return sizes.Smallest("search", searchInstanceTypes(), 0, memory)
}

// CheckSearchVolume returns an error unless an instance type of SearchInstanceType takes
// a volume of so many GiB.
func CheckSearchVolume(instanceType string, gib int) error {
	if largest := searchVolumes()[instanceType]; gib < MinSearchVolumeGiB || gib > largest {
		return fmt.Errorf("must be from %dGi to %dGi with %s", MinSearchVolumeGiB, largest, instanceType)
	}
	return nil
}

// DatabaseConnections returns max_connections of a server on RDS whose class has so many
// bytes of memory: LEAST(DBInstanceClassMemory/9531392, 5000), where
// DBInstanceClassMemory is what RDS leaves of the class' memory. That is about three
// quarters: a db.t3.micro has 81 connections
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html).
func DatabaseConnections(memory int64) int {
	const bytesPerConnection, largest = 9531392, 5000
	return int(min(memory/4*3/bytesPerConnection, largest))
}
