package spec

// Kind says who runs a data service.
type Kind string

// InCluster services run as pods of the environment, External ones are already
// there, Managed ones are looked after by the cloud, None means that the
// environment has no such service.
const (
	InCluster Kind = "in-cluster"
	External  Kind = "external"
	Managed   Kind = "managed"
	None      Kind = "none"
)

// Database is the PostgreSQL database.
type Database struct {
	Origin
	// in-cluster: one Postgres pod with a volume; external: a server that is already there; managed: a server that the cloud looks after. Required in production.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=in-cluster,enum=external,enum=managed"`
	// Name of the database.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z_][a-z0-9_]{0\\,62}$" default:"app.name with underscores for hyphens"`
	// The user the app signs in as.
	User string `json:"user,omitempty" jsonschema:"pattern=^[a-z_][a-z0-9_]{0\\,62}$" default:"app.name with underscores for hyphens"`
	// The in-cluster server's image, and where psql for a managed server comes from.
	Image string `json:"image,omitempty" jsonschema:"pattern=^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0\\,127})?(@sha256:[a-f0-9]{64})?$"`
	// The in-cluster server's volume.
	Volume Volume `json:"volume,omitempty"`
	// Resources of the in-cluster server.
	Resources Resources `json:"resources,omitempty"`
	// Connections that the server allows.
	MaxConnections int `json:"maxConnections,omitempty" jsonschema:"minimum=20,maximum=10000" default:"100 with kind in-cluster; follows from the memory with kind managed; not checked with kind external"`
	// A pool of connections between the app and the server.
	Pooler Pooler `json:"pooler,omitempty"`
	// A dump that the empty database begins with; it is imported once.
	Import *DatabaseImport `json:"import,omitempty"`
	// The external server; only with kind external.
	External *ExternalDatabase `json:"external,omitempty"`
	// The managed server; only with kind managed.
	Managed ManagedDatabase `json:"managed,omitempty"`
}

// ExternalDatabase is a PostgreSQL server that is already there.
type ExternalDatabase struct {
	// Host name or address of the server.
	Host string `json:"host" jsonschema:"minLength=1"`
	// Port of the server.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// The password; set it with djangostack config secret.
	Password string `json:"password" jsonschema:"minLength=1"`
	// How TLS is used (libpq's sslmode).
	SSLMode string `json:"sslMode,omitempty" jsonschema:"enum=disable,enum=require,enum=verify-ca,enum=verify-full"`
}

// Volume is the disk of an in-cluster service.
type Volume struct {
	// Size of the volume; it can grow, never shrink.
	Size Quantity `json:"size,omitempty"`
	// The storage class.
	StorageClassName string `json:"storageClassName,omitempty" jsonschema:"minLength=1" default:"the cluster's default class"`
}

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

// StaticStore says where collected static files live.
type StaticStore string

// The stores: collected into each web pod as it starts, collected once for each
// release into a volume that the web pods share, already in the image, or
// collected into a bucket behind a CDN.
const (
	StaticInPod    StaticStore = "pod"
	StaticInVolume StaticStore = "volume"
	StaticInImage  StaticStore = "image"
	StaticInBucket StaticStore = "bucket"
)

// Static is the static files. The app itself serves them (WhiteNoise), or a CDN
// in front of a bucket.
type Static struct {
	// pod: each web pod collects them as it starts; volume: a release command collects them into a volume that the web pods share; image: the image holds them; bucket: a release command collects them into a bucket behind a CDN.
	Store StaticStore `json:"store,omitempty" jsonschema:"enum=pod,enum=volume,enum=image,enum=bucket"`
	// whitenoise: the app serves them itself; nginx: a container beside the app in each web pod does, and hands everything else on; with store pod or volume. With store bucket the CDN does.
	Server StaticServer `json:"server,omitempty" jsonschema:"enum=whitenoise,enum=nginx"`
	// on: a CDN keeps the static files near their readers, also those that pods serve. On AWS it has a host of its own, static below dns.zone; on Google Cloud it is part of the load balancer, whose cluster must be of version 1.35 or later. Needs a cloud.
	CDN Switch `json:"cdn,omitempty" jsonschema:"enum=on,enum=off" default:"on with store bucket, otherwise off"`
	// The container of server nginx.
	NGINX NGINX `json:"nginx,omitempty"`
	// Pages of other origins that may read the bucket; only with store bucket.
	CORS []CORSRule `json:"cors,omitempty"`
	// The URL prefix (STATIC_URL); a path with cdn on, in front of which the app finds the CDN's host.
	URL string `json:"url,omitempty" jsonschema:"pattern=^(/|https?://).*/$" default:"/static/; with store bucket the CDN's address"`
	// The folder that they are collected into (STATIC_ROOT).
	Root string `json:"root,omitempty" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// The shared volume; only with store volume.
	Volume Volume `json:"volume,omitempty"`
	// How nodes may mount the shared volume. ReadWriteOnce is for clusters of one node.
	AccessMode string `json:"accessMode,omitempty" jsonschema:"enum=ReadWriteMany,enum=ReadWriteOnce"`
}
