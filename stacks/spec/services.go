package spec

// BrokerEngine is the software of a broker.
type BrokerEngine string

// Redis is a queue in memory; RabbitMQ keeps messages on disk and confirms each.
const (
	RedisBroker BrokerEngine = "redis"
	RabbitMQ    BrokerEngine = "rabbitmq"
)

// Search is the search engine that the app may use.
type Search struct {
	// none; managed: OpenSearch that AWS looks after. Default: none.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=none,enum=managed"`
	// Version of OpenSearch. Default: 2.19.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[1-9]\\.[0-9]{1\\,2}$"`
	// Memory of each node. Default: 2Gi in staging, 8Gi in production.
	Memory Quantity `json:"memory,omitempty"`
	// Disk of each node. Default: 10Gi in staging, 50Gi in production.
	Storage Quantity `json:"storage,omitempty"`
	// single-zone: one node; multi-zone: one in each zone of the network. Default: single-zone in staging, multi-zone in production.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// Whether the account gets OpenSearch's service-linked role from this environment; an account has it once. Default: given.
	ServiceRole Source `json:"serviceRole,omitempty" jsonschema:"enum=create,enum=existing"`
}

// RegistrySource says whether an environment has a registry of its own.
type RegistrySource string

// NoRegistry is for images that come from elsewhere.
const (
	NoRegistry   RegistrySource = "none"
	MadeRegistry RegistrySource = "made"
)

// Registry is a place that images of the app are pushed to.
type Registry struct {
	// none: images come from elsewhere; made: the environment has a repository of images, whose address is the output registry. Default: none.
	Source RegistrySource `json:"source,omitempty" jsonschema:"enum=none,enum=made"`
	// Days that an image is kept that no tag names any more. Default: 14.
	UntaggedDays int `json:"untaggedDays,omitempty" jsonschema:"minimum=1,maximum=365"`
}

// LoadBalancer is the way in to an environment on a cloud.
type LoadBalancer struct {
	// floating: the load balancer's addresses change as the cloud pleases; fixed: they never change. Default: floating on AWS, fixed on Google Cloud, which knows nothing else. On AWS each zone and each way out take an Elastic IP, of which a new account has a quota of 5 in a region.
	Addresses string `json:"addresses,omitempty" jsonschema:"enum=floating,enum=fixed"`
	// Addresses that may connect; on Google Cloud a policy of Cloud Armor, on AWS two rules each of a security group, of which a new account has a quota of 60. Default: 0.0.0.0/0, everyone.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"minItems=1,pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true"`
	// Whether the load balancer logs each request and its visitor: on AWS in a bucket of the environment's own, kept for a year in production; on Google Cloud in Cloud Logging. Default: off in staging, on in production.
	AccessLogs Switch `json:"accessLogs,omitempty" jsonschema:"enum=on,enum=off"`
}

// Ways that the load balancer's addresses behave.
const (
	FloatingAddresses = "floating"
	FixedAddresses    = "fixed"
)
