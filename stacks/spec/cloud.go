package spec

// AWS says where on AWS an environment stands; read with cloud aws only, so that
// a configuration can describe both clouds and pick one by its place.
type AWS struct {
	// The region, for instance eu-west-1.
	Region string `json:"region" jsonschema:"pattern=^[a-z]{2}(-[a-z]+)+-[0-9]$"`
	// The account that the environment must stand in, 12 digits; with another one's credentials nothing is touched.
	AccountID string `json:"accountId,omitempty" jsonschema:"pattern=^[0-9]{12}$"`
	// Availability zones by their last letter. Each has the addresses of its place in the list, so that another is added at the end.
	Zones []string `json:"zones,omitempty" jsonschema:"pattern=^[a-z]$,uniqueItems=true,minItems=2,maxItems=3" default:"the region's first zones, as many as network.zones"`
	// ARNs of the IAM roles and users that administer the cluster; the one that runs the program must be among them.
	Admins []string `json:"admins" jsonschema:"minItems=1,pattern=^arn:aws[a-z-]*:.+$,uniqueItems=true"`
}

// GCP says where on Google Cloud an environment stands; read with cloud gcp only.
type GCP struct {
	// The id of the project, for instance blog-production.
	Project string `json:"project" jsonschema:"pattern=^[a-z][a-z0-9-]{4\\,28}[a-z0-9]$"`
	// The region, for instance europe-west1.
	Region string `json:"region" jsonschema:"pattern=^[a-z]+-[a-z]+[0-9]+$"`
	// Zones of the nodes by their last letter; with cluster.mode nodes.
	Zones []string `json:"zones,omitempty" jsonschema:"pattern=^[a-z]$,uniqueItems=true,minItems=2,maxItems=3" default:"Google picks three"`
	// Who administers the cluster: user:…, group:… or serviceAccount:…, in lower case; groups of one domain, members of its gke-security-groups.
	Admins []string `json:"admins,omitempty" jsonschema:"pattern=^(user|group|serviceAccount):[a-z0-9._%+-]+@[a-z0-9.-]+$,uniqueItems=true"`
	// The billing account that pays for the project; needed by budget.
	BillingAccount string `json:"billingAccount,omitempty" jsonschema:"pattern=^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$"`
}

// Switch turns something on or off.
type Switch string

// On and Off are the two states of a Switch.
const (
	On  Switch = "on"
	Off Switch = "off"
)

// Network is the network that an environment makes for itself on a cloud.
type Network struct {
	Origin
	// The addresses of the network; a /16 has room for the pods of hundreds of nodes.
	CIDR string `json:"cidr,omitempty" jsonschema:"pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/(1[6-9]|20)$"`
	// Zones it spans; on Google Cloud a network spans its whole region. On AWS a third can come later, where cluster.mode nodes has nodes and auto has none; none can go, and production refuses it.
	Zones int `json:"zones,omitempty" jsonschema:"minimum=2,maximum=3"`
	// single: one way out for all zones, cheaper; per-zone: the loss of a zone takes no other one's way out. On Google Cloud one NAT gateway spans the region.
	NAT string `json:"nat,omitempty" jsonschema:"enum=single,enum=per-zone"`
	// Whether the network's flows are logged.
	FlowLogs Switch `json:"flowLogs,omitempty" jsonschema:"enum=on,enum=off"`
}

// ClusterMode says who looks after the nodes.
type ClusterMode string

// Auto clusters bring nodes as pods need them; the nodes of Nodes clusters are
// groups that the environment describes.
const (
	AutoMode  ClusterMode = "auto"
	NodesMode ClusterMode = "nodes"
)

// Endpoint says from where the cluster's API is reached.
type Endpoint struct {
	// private: from inside the network only; public: also from the allowed addresses.
	Access string `json:"access,omitempty" jsonschema:"enum=private,enum=public"`
	// Addresses that may reach a public API.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true" default:"everyone in staging; required in production"`
}

// Nodes are the nodes of a cluster in mode nodes.
type Nodes struct {
	// CPUs of one node.
	CPU int `json:"cpu,omitempty" jsonschema:"enum=2,enum=4,enum=8,enum=16"`
	// Memory of one node.
	Memory Quantity `json:"memory,omitempty"`
	// Nodes at least.
	Min int `json:"min,omitempty" jsonschema:"minimum=1,maximum=100"`
	// Nodes at most.
	Max int `json:"max,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// spot nodes are cheap and can be taken away at any time.
	Capacity string `json:"capacity,omitempty" jsonschema:"enum=on-demand,enum=spot"`
	// Disk of one node.
	Disk Quantity `json:"disk,omitempty"`
}

// Availability says what a data service survives.
type Availability string

// A service in a single zone is gone with its zone; one in several zones fails
// over to another.
const (
	SingleZone Availability = "single-zone"
	MultiZone  Availability = "multi-zone"
)

// ManagedDatabase is a PostgreSQL server that the cloud looks after; only with
// kind managed.
type ManagedDatabase struct {
	// Major version of PostgreSQL.
	Version string `json:"version,omitempty" jsonschema:"pattern=^1[4-9]$"`
	// CPUs.
	CPU int `json:"cpu,omitempty" jsonschema:"enum=2,enum=4,enum=8,enum=16,enum=32,enum=48,enum=64"`
	// Memory.
	Memory Quantity `json:"memory,omitempty"`
	// Disk; it can grow, never shrink. On Google Cloud it is the first size, which grows by itself.
	Storage Quantity `json:"storage,omitempty"`
	// Disk that it may grow to by itself.
	MaxStorage Quantity `json:"maxStorage,omitempty" default:"five times storage"`
	// What the server survives.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// Days that it can be taken back to, to the second; on Google Cloud to the second for 7 of them, and to a daily backup before.
	BackupDays int `json:"backupDays,omitempty" jsonschema:"minimum=1,maximum=35"`
	// Copies that may be read from.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0,maximum=5"`
	// The snapshot that the server begins with, on Google Cloud INSTANCE/BACKUP; it is read when the server is made.
	RestoreFrom string `json:"restoreFrom,omitempty" jsonschema:"minLength=1"`
}

// ManagedRedis is a Redis that the cloud looks after; only with kind managed.
type ManagedRedis struct {
	// Copies that take over when the first server is lost. On Google Cloud 2 or more may be read from, and a change between 0, 1 and more makes the server anew, empty; a protected broker refuses it.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0,maximum=5"`
}

// CORSRule lets pages of other origins read a bucket.
type CORSRule struct {
	// Origins that may read, with scheme.
	Origins []string `json:"origins" jsonschema:"minItems=1,pattern=^(\\*|https?://[A-Za-z0-9.*-]+(:[0-9]+)?)$"`
	// Methods that they may use.
	Methods []string `json:"methods,omitempty" jsonschema:"enum=GET,enum=HEAD,enum=PUT,enum=POST,enum=DELETE,uniqueItems=true"`
	// Request headers that they may send.
	Headers []string `json:"headers,omitempty" jsonschema:"minLength=1"`
	// Response headers that they may read.
	Expose []string `json:"expose,omitempty" jsonschema:"minLength=1"`
	// Seconds that a browser may remember the answer.
	MaxAgeSeconds int `json:"maxAgeSeconds,omitempty" jsonschema:"minimum=0,maximum=86400"`
}

// Media is where uploaded files live.
type Media struct {
	// none: the app stores no uploads; bucket: a private bucket of the environment's own.
	Store string `json:"store,omitempty" jsonschema:"enum=none,enum=bucket"`
	// Pages of other origins that may read it.
	CORS []CORSRule `json:"cors,omitempty"`
}

// DNS is the zone in which the environment's names stand.
type DNS struct {
	Origin
	// Name of the zone, for instance example.com.
	Zone string `json:"zone" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"`
	// Zone of the same account, one level up or more, that a created zone is delegated from.
	Parent string `json:"parent,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"`
}

// Budget warns when the environment costs more than expected.
type Budget struct {
	// US dollars a month.
	MonthlyUSD int `json:"monthlyUSD" jsonschema:"minimum=1"`
	// Who is told at 80 percent, and when 100 percent are forecast.
	Emails []string `json:"emails" jsonschema:"minItems=1,maxItems=10,pattern=^[^@\\s\\,;<>]+@[^@\\s\\,;<>]+$,uniqueItems=true"`
}
