package spec

import (
	"encoding/json"
)

// Cache is the Redis that may forget (allkeys-lru).
type Cache struct {
	Origin
	// in-cluster: one Redis pod; external: a server that is already there; managed: servers that the cloud looks after; none.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=in-cluster,enum=external,enum=managed,enum=none"`
	// The in-cluster server's image.
	Image string `json:"image,omitempty" jsonschema:"pattern=^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0\\,127})?(@sha256:[a-f0-9]{64})?$"`
	// Memory for keys; above it the least recently used go.
	Memory Quantity `json:"memory,omitempty"`
	// CPU reserved for the in-cluster server.
	CPU Quantity `json:"cpu,omitempty"`
	// The external server; only with kind external.
	External *ExternalRedis `json:"external,omitempty"`
	// The managed servers; only with kind managed.
	Managed ManagedRedis `json:"managed,omitempty"`
}

// Broker is the queue between web and workers: a Redis that may not forget
// (noeviction, append-only file), or RabbitMQ.
type Broker struct {
	Origin
	// in-cluster: one Redis pod with a volume; external: a server that is already there; managed: servers that the cloud looks after; none.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=in-cluster,enum=external,enum=managed,enum=none" default:"in-cluster with workers or beat, otherwise none"`
	// redis, or rabbitmq, which AWS looks after (Amazon MQ).
	Engine BrokerEngine `json:"engine,omitempty" jsonschema:"enum=redis,enum=rabbitmq"`
	// The in-cluster server's image.
	Image string `json:"image,omitempty" jsonschema:"pattern=^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0\\,127})?(@sha256:[a-f0-9]{64})?$"`
	// Memory for messages; above it new ones are refused.
	Memory Quantity `json:"memory,omitempty"`
	// CPU reserved for the in-cluster server.
	CPU Quantity `json:"cpu,omitempty"`
	// The in-cluster server's volume.
	Volume Volume `json:"volume,omitempty"`
	// Seconds after which Redis hands a task out again that nobody has acknowledged (CELERY_VISIBILITY_TIMEOUT); the app passes it on to Celery.
	VisibilityTimeoutSeconds int `json:"visibilityTimeoutSeconds,omitempty" jsonschema:"minimum=1,maximum=1209600" default:"3600, or more if the longest task or delay needs it"`
	// Seconds that a task is put off at most, by countdown or eta.
	LongestDelaySeconds int `json:"longestDelaySeconds,omitempty" jsonschema:"minimum=0,maximum=1209600"`
	// The external server; only with kind external.
	External *ExternalRedis `json:"external,omitempty"`
	// The managed servers; only with kind managed.
	Managed ManagedRedis `json:"managed,omitempty"`
}

// BrokerEngine is the software of a broker.
type BrokerEngine string

// Redis is a queue in memory; RabbitMQ keeps messages on disk and confirms each.
const (
	RedisBroker BrokerEngine = "redis"
	RabbitMQ    BrokerEngine = "rabbitmq"
)

// ExternalRedis is a Redis server that is already there.
type ExternalRedis struct {
	// Host name or address of the server.
	Host string `json:"host" jsonschema:"minLength=1"`
	// Port of the server.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// The password; set it with djangostack config secret.
	Password string `json:"password" jsonschema:"minLength=1"`
	// Hosts of the server's copies, which answer reads; of a cache.
	Replicas []string `json:"replicas,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
	// Whether the connection uses TLS.
	TLS string `json:"tls,omitempty" jsonschema:"enum=required,enum=off"`
}

// UnmarshalJSON fills in an external Redis' defaults before reading it.
func (r *ExternalRedis) UnmarshalJSON(raw []byte) error {
	type plain ExternalRedis
	redis := plain{Port: 6379, TLS: "required"}
	if err := json.Unmarshal(raw, &redis); err != nil {
		return err
	}
	*r = ExternalRedis(redis)
	return nil
}

// ManagedRedis is a Redis that the cloud looks after; only with kind managed.
type ManagedRedis struct {
	// Copies that take over when the first server is lost. On Google Cloud 2 or more may be read from, and a change between 0, 1 and more makes the server anew, empty; a protected broker refuses it.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0,maximum=5"`
}

func (e *Environment) checkRedis(problems *Problems) {
	if e.Broker.Engine == RabbitMQ && (e.Broker.Kind != Managed || e.Cloud != AWSCloud) {
		problems.add("broker.engine", string(RabbitMQ), "needs broker.kind managed with cloud aws; elsewhere: redis")
	}
	for _, server := range []struct {
		path     string
		kind     Kind
		external *ExternalRedis
	}{{"cache", e.Cache.Kind, e.Cache.External}, {"broker", e.Broker.Kind, e.Broker.External}} {
		if server.kind == External && server.external == nil {
			problems.add(server.path+".external", nil, "is required, because %s.kind is external", server.path)
		}
		if server.kind != External && server.external != nil {
			problems.add(server.path+".external", nil, "contradicts %s.kind %s", server.path, server.kind)
		}
		if server.external != nil && server.external.TLS == "off" && e.Tier == Production {
			problems.add(server.path+".external.tls", "off", "production needs TLS: required")
		}
	}
}
