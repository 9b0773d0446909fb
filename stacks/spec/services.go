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
	// none; managed: OpenSearch that AWS looks after.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=none,enum=managed"`
	// Version of OpenSearch.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[1-9]\\.[0-9]{1\\,2}$"`
	// Memory of each node.
	Memory Quantity `json:"memory,omitempty"`
	// Disk of each node.
	Storage Quantity `json:"storage,omitempty"`
	// single-zone: one node; multi-zone: one in each zone of the network.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// Whether the account gets OpenSearch's service-linked role from this environment; an account has it once.
	ServiceRole Source `json:"serviceRole,omitempty" jsonschema:"enum=create,enum=existing"`
}

// UntaggedImageDays is how long a registry keeps an image without a tag, in days.
const UntaggedImageDays = 14

// Registry is the image registry of an environment.
type Registry struct {
	// none: the images come from elsewhere; create: the stack creates a registry for the app's images, whose address is the output registry; existing: it exists already; stack: another stack has created it.
	Source Source `json:"source,omitempty" jsonschema:"enum=none,enum=create,enum=existing,enum=stack"`
	// The stack that has created it, as organization/project/stack; with source stack.
	Stack string `json:"stack,omitempty" jsonschema:"pattern=^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$"`
}

func (r Registry) origin() Origin { return Origin{Source: r.Source, Stack: r.Stack} }

// LoadBalancer is the way in to an environment on a cloud.
type LoadBalancer struct {
	// floating: the load balancer's addresses change as the cloud pleases; fixed: they never change. Google Cloud has only fixed ones. On AWS each zone and each NAT gateway takes an Elastic IP, and a new account has a quota of 5 in a region.
	Addresses string `json:"addresses,omitempty" jsonschema:"enum=floating,enum=fixed"`
	// Addresses that may connect; on Google Cloud a policy of Cloud Armor, on AWS two rules each of a security group, of which a new account has a quota of 60.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"minItems=1,pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true"`
	// Whether the load balancer logs each request and its visitor: on AWS in a bucket of the environment's own, kept for a year in production; on Google Cloud in Cloud Logging.
	AccessLogs Switch `json:"accessLogs,omitempty" jsonschema:"enum=on,enum=off"`
}

// Ways that the load balancer's addresses behave.
const (
	FloatingAddresses = "floating"
	FixedAddresses    = "fixed"
)
