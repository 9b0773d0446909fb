package spec

// Cache is a Redis that evicts keys when it is full (allkeys-lru), or Memcached.
type Cache struct {
	Origin
	// in-cluster: pods of Redis or Memcached; external: an existing Redis; managed: managed servers of the cloud; none: no cache.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=in-cluster,enum=external,enum=managed,enum=none"`
	// redis, or memcached with kind in-cluster.
	Engine CacheEngine `json:"engine,omitempty" jsonschema:"enum=redis,enum=memcached"`
	// The in-cluster server's image.
	Image ImageName `json:"image,omitempty" default:"docker.io/library/redis:8; with engine memcached docker.io/library/memcached:1.6"`
	// Number of Memcached servers, each a pod with a part of the keys: one that stops takes only its part along. CACHE_URL and CACHE_LOCATION list them all.
	Servers int `json:"servers,omitempty" jsonschema:"minimum=1,maximum=20"`
	// Number of read replicas of the Redis in the cluster, each a pod with all keys. CACHE_LOCATION lists the server first and then the replicas, which Django reads from; writes go to the server.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0,maximum=5"`
	// Memory for keys of each server; when it is full, the least recently used are evicted.
	Memory Quantity `json:"memory,omitempty"`
	// CPU request of each server in the cluster.
	CPU Quantity `json:"cpu,omitempty"`
	// Parameters of the in-cluster server: of Redis those of redis.conf, for instance timeout: "300"; of Memcached the options conn-limit, max-item-size and threads. A change restarts it.
	Parameters map[string]string `json:"parameters,omitempty"`
	// Whether the cache in the cluster accepts TLS only. Memcached has none: off leaves what the app caches in plain text on the cluster's network.
	TLS string `json:"tls,omitempty" jsonschema:"enum=required,enum=off" default:"namespace.tls"`
	// The external server; with kind external.
	External *ExternalRedis `json:"external,omitempty"`
	// The managed servers; with kind managed.
	Managed ManagedRedis `json:"managed,omitempty"`
}

// Broker is the message queue between web and workers: a Redis that evicts nothing
// (noeviction, append-only file), or RabbitMQ.
type Broker struct {
	Origin
	// in-cluster: one pod of Redis or RabbitMQ with a volume; external: an existing server; managed: managed servers of the cloud; none: no broker.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=in-cluster,enum=external,enum=managed,enum=none" default:"in-cluster with workers or beat, otherwise none"`
	// redis, or rabbitmq: with kind in-cluster or external, or Amazon MQ with cloud aws and kind managed.
	Engine BrokerEngine `json:"engine,omitempty" jsonschema:"enum=redis,enum=rabbitmq"`
	// Type of the queues that RabbitMQ in the cluster creates. quorum needs Celery 5.5 or later with task_default_queue_type quorum: workers without a command get it, and CELERY_TASK_DEFAULT_QUEUE_TYPE holds it for the app; classic works with every version.
	QueueType QueueType `json:"queueType,omitempty" jsonschema:"enum=quorum,enum=classic" default:"quorum with engine rabbitmq and kind in-cluster"`
	// The in-cluster server's image.
	Image ImageName `json:"image,omitempty" default:"docker.io/library/redis:8; with engine rabbitmq docker.io/library/rabbitmq:4"`
	// Whether connections to the in-cluster server use TLS. off is for an app that has no setting for it.
	TLS string `json:"tls,omitempty" jsonschema:"enum=required,enum=off" default:"namespace.tls"`
	// Memory for messages; when it is full, new ones are refused. With RabbitMQ in the cluster, all that the server uses.
	Memory Quantity `json:"memory,omitempty" default:"64Mi in staging, 256Mi in production; with RabbitMQ in the cluster 256Mi in staging, 1Gi in production"`
	// CPU request of the in-cluster server.
	CPU Quantity `json:"cpu,omitempty"`
	// Parameters of the in-cluster server (redis.conf), for instance timeout: "300". A change restarts it.
	Parameters map[string]string `json:"parameters,omitempty"`
	// The in-cluster server's volume.
	Volume Volume `json:"volume,omitempty"`
	// Seconds after which Redis delivers an unacknowledged task again (CELERY_VISIBILITY_TIMEOUT); the app must pass it to Celery.
	VisibilityTimeoutSeconds int `json:"visibilityTimeoutSeconds,omitempty" jsonschema:"minimum=1,maximum=1209600" default:"3600, or more if the longest task or delay needs it"`
	// Longest delay of a task in seconds, by countdown or eta.
	LongestDelaySeconds int `json:"longestDelaySeconds,omitempty" jsonschema:"minimum=0,maximum=1209600"`
	// The external server; with kind external.
	External *ExternalBroker `json:"external,omitempty"`
	// The managed servers; with kind managed.
	Managed ManagedRedis `json:"managed,omitempty"`
}

// BrokerEngine is the software of a broker.
type BrokerEngine string

// RedisBroker keeps messages in memory. RabbitMQ keeps them on disk and confirms each one.
const (
	RedisBroker BrokerEngine = "redis"
	RabbitMQ    BrokerEngine = "rabbitmq"
)

// ManagedRedis is a managed Redis of the cloud; with kind managed.
type ManagedRedis struct {
	// Replicas that take over when the primary fails. On Google Cloud 2 or more also serve reads, and a change between 0, 1 and more replaces the server with an empty one, which a protected broker refuses.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0,maximum=5"`
}

func (e *Environment) checkRedis(problems *Problems) {
	e.checkRabbitMQ(problems)
	e.checkMemcached(problems)
	e.checkExternal(problems)
}
