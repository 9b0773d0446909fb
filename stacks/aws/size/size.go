// Package size turns what an environment asks for, CPUs and memory, into the
// instance classes of AWS. It is pure, so that a size is known before anything
// is touched.
package size

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// class is one instance class and what it has.
type class struct {
	name   string
	cpu    int
	memory float64 // GiB
}

// database lists classes of RDS for PostgreSQL from small to large: burstable
// Graviton2 below 8 GiB, Graviton3 above, in its general and its memory-rich form
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html).
func database() []class {
	return []class{
		{"db.t4g.micro", 2, 1}, {"db.t4g.small", 2, 2}, {"db.t4g.medium", 2, 4},
		{"db.m7g.large", 2, 8}, {"db.r7g.large", 2, 16},
		{"db.m7g.xlarge", 4, 16}, {"db.r7g.xlarge", 4, 32},
		{"db.m7g.2xlarge", 8, 32}, {"db.r7g.2xlarge", 8, 64},
		{"db.m7g.4xlarge", 16, 64}, {"db.r7g.4xlarge", 16, 128},
		{"db.m7g.8xlarge", 32, 128}, {"db.r7g.8xlarge", 32, 256},
		{"db.m7g.12xlarge", 48, 192}, {"db.r7g.12xlarge", 48, 384},
		{"db.m7g.16xlarge", 64, 256}, {"db.r7g.16xlarge", 64, 512},
	}
}

// cache lists node types of ElastiCache from small to large, with the memory that
// is left for keys
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html).
func cache() []class {
	return []class{
		{"cache.t4g.micro", 2, 0.5}, {"cache.t4g.small", 2, 1.37}, {"cache.t4g.medium", 2, 3.09},
		{"cache.m7g.large", 2, 6.38}, {"cache.r7g.large", 2, 13.07},
		{"cache.m7g.xlarge", 4, 12.93}, {"cache.r7g.xlarge", 4, 26.32},
		{"cache.m7g.2xlarge", 8, 26.04}, {"cache.r7g.2xlarge", 8, 52.82},
		{"cache.r7g.4xlarge", 16, 105.81},
	}
}

// node lists instance types of EC2 from small to large; amd64, because an image
// of unknown make runs there.
func node() []class {
	return []class{
		{"t3.medium", 2, 4}, {"t3.large", 2, 8}, {"m7i.large", 2, 8}, {"r7i.large", 2, 16},
		{"m7i.xlarge", 4, 16}, {"r7i.xlarge", 4, 32},
		{"m7i.2xlarge", 8, 32}, {"r7i.2xlarge", 8, 64},
		{"m7i.4xlarge", 16, 64}, {"r7i.4xlarge", 16, 128},
	}
}

// queue lists instance types of Amazon MQ for RabbitMQ; a cluster takes the large
// ones and above
// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rmq-broker-instance-types.html).
func queue() []class {
	return []class{
		{"mq.m7g.medium", 1, 4}, {"mq.m7g.large", 2, 8}, {"mq.m7g.xlarge", 4, 16},
		{"mq.m7g.2xlarge", 8, 32}, {"mq.m7g.4xlarge", 16, 64},
	}
}

// search lists instance types of OpenSearch Service from small to large
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html).
func search() []class {
	return []class{
		{"t3.small.search", 2, 2}, {"t3.medium.search", 2, 4},
		{"m6g.large.search", 2, 8}, {"r6g.large.search", 2, 16},
		{"m6g.xlarge.search", 4, 16}, {"r6g.xlarge.search", 4, 32},
		{"r6g.2xlarge.search", 8, 64}, {"r6g.4xlarge.search", 16, 128},
	}
}

// clusteredCPU is what the nodes of a RabbitMQ cluster have at least.
const clusteredCPU = 2

// Queue is the smallest instance type of Amazon MQ with at least this memory for so
// many nodes.
func Queue(nodes int, memory string) (string, error) {
	if nodes > 1 {
		return smallest("broker", queue(), clusteredCPU, memory)
	}
	return smallest("broker", queue(), 0, memory)
}

// Search is the smallest instance type of OpenSearch Service with at least this
// memory.
func Search(memory string) (string, error) {
	return smallest("search", search(), 0, memory)
}

// Database is the smallest class of RDS with at least these CPUs and this memory,
// in Kubernetes' notation. The error names the largest where none is enough.
func Database(cpu int, memory string) (string, error) {
	return smallest("database", database(), cpu, memory)
}

// Cache is the smallest node type of ElastiCache with at least this memory.
func Cache(memory string) (string, error) {
	return smallest("cache", cache(), 0, memory)
}

// Node is the smallest instance type of EC2 with at least these CPUs and this
// memory.
func Node(cpu int, memory string) (string, error) {
	return smallest("node", node(), cpu, memory)
}

func smallest(what string, classes []class, cpu int, memory string) (string, error) {
	wanted, err := resource.ParseQuantity(memory)
	if err != nil {
		return "", fmt.Errorf("%s memory %q: %w", what, memory, err)
	}
	const gibibyte = 1 << 30
	best := class{}
	for _, candidate := range classes {
		enough := candidate.cpu >= cpu && candidate.memory*gibibyte >= float64(wanted.Value())
		if enough && (best.name == "" || smaller(candidate, best)) {
			best = candidate
		}
	}
	if best.name == "" {
		return "", fmt.Errorf("no %s has %d CPUs and %s of memory; there are %s", what, cpu, memory, list(classes))
	}
	return best.name, nil
}

func smaller(a, b class) bool {
	if a.memory != b.memory {
		return a.memory < b.memory
	}
	return a.cpu < b.cpu
}

func list(classes []class) string {
	names := make([]string, 0, len(classes))
	for _, each := range classes {
		names = append(names, fmt.Sprintf("%s (%d CPUs, %g GiB)", each.name, each.cpu, each.memory))
	}
	return strings.Join(names, ", ")
}

// GiB is an amount of storage in whole GiB, as AWS takes it, rounded up.
func GiB(amount string) (int, error) {
	parsed, err := resource.ParseQuantity(amount)
	if err != nil {
		return 0, fmt.Errorf("storage %q: %w", amount, err)
	}
	const gibibyte = 1 << 30
	return int((parsed.Value() + gibibyte - 1) / gibibyte), nil
}
