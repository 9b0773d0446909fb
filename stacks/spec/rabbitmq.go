package spec

// QueueType is the type of the queues that RabbitMQ creates.
type QueueType string

// QuorumQueues write every message to disk before they confirm it. ClassicQueues work with
// every version of Celery.
const (
	QuorumQueues  QueueType = "quorum"
	ClassicQueues QueueType = "classic"
)

// rabbitImage is Docker's official image, as those of the other services in the cluster.
const rabbitImage = "docker.io/library/rabbitmq:4"

// leastRabbitMemory is what RabbitMQ 4 uses without a message, 100Mi, and a few queues.
const leastRabbitMemory = "192Mi"

// leastConsumerTimeout is RabbitMQ's own default, in seconds
// (https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout).
const leastConsumerTimeout = 1800

// RunsRabbitMQ reports whether RabbitMQ is the broker and runs in the cluster.
func (e *Environment) RunsRabbitMQ() bool {
	return e.Broker.Kind == InCluster && e.Broker.Engine == RabbitMQ
}

// ConsumerTimeoutSeconds is how long a worker may take to acknowledge a task to RabbitMQ in
// the cluster.
func (e *Environment) ConsumerTimeoutSeconds() int {
	needed, _, _ := e.neededVisibility()
	return max(leastConsumerTimeout, needed)
}

// deriveBroker fills in the defaults that follow from the broker's engine.
func (e *Environment) deriveBroker() {
	memory, image := Quantity("64Mi"), ImageName(redisImage)
	if e.Tier == Production {
		memory = "256Mi"
	}
	if e.RunsRabbitMQ() {
		image, memory = rabbitImage, "256Mi"
		if e.Tier == Production {
			memory = "1Gi"
		}
	}
	if e.Broker.Image == "" {
		e.Broker.Image = image
	}
	if e.Broker.Memory == "" {
		e.Broker.Memory = memory
	}
	if e.Broker.QueueType == "" && e.RunsRabbitMQ() {
		e.Broker.QueueType = QuorumQueues
	}
	e.Broker.External.derive(e.Broker.Engine)
}

func (e *Environment) checkRabbitMQ(problems *Problems) {
	if e.Broker.Engine != RabbitMQ {
		return
	}
	if !e.RunsRabbitMQ() && e.Broker.Kind != External && (e.Broker.Kind != Managed || e.Cloud != AWSCloud) {
		problems.add("broker.engine", string(RabbitMQ), "needs broker.kind in-cluster or external, or managed with cloud aws; elsewhere: redis")
	}
	if e.RunsRabbitMQ() {
		atLeast(problems, "broker.memory", e.Broker.Memory, leastRabbitMemory)
	}
}
