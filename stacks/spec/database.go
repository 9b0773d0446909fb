package spec

// Kind says how a data service runs.
type Kind string

// InCluster services run as pods of the environment, External services exist already,
// Managed services are managed by the cloud, None means that the environment has no such
// service.
const (
	InCluster Kind = "in-cluster"
	External  Kind = "external"
	Managed   Kind = "managed"
	None      Kind = "none"
)

// Database is the PostgreSQL database.
type Database struct {
	Origin
	// in-cluster: one Postgres pod with a volume; external: an existing server; managed: a managed server of the cloud; none: the app needs no PostgreSQL, because it has a file of SQLite on one of volumes, which release.volumes mounts too, or a server of another kind among processes or elsewhere. Required in production.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=in-cluster,enum=external,enum=managed,enum=none"`
	// Name of the database: lower-case letters, digits and underscores. With kind external also capitals, dots and hyphens, and postgres.
	Name string `json:"name,omitempty" jsonschema:"minLength=1,maxLength=63" default:"app.name with underscores for hyphens"`
	// Further databases on the server of the environment, for instance for a second alias in Django's DATABASES; with kind in-cluster or managed. The app's user owns them, so that host, port, user and password are those of the first. The connections of every process are counted once for each database, as Django opens them. Backups hold all of them, and PgBouncer leads to all of them. One that is removed here stays on the server with its rows, and later backups do not hold it.
	Further []FurtherDatabase `json:"further,omitempty" jsonschema:"maxItems=20"`
	// The database user of the app: lower-case letters, digits and underscores. With kind external also capitals, dots, hyphens and @.
	User string `json:"user,omitempty" jsonschema:"minLength=1,maxLength=63" default:"app.name with underscores for hyphens"`
	// Image of the in-cluster server; psql for other servers and the check of stored credentials come from it as well.
	Image ImageName `json:"image,omitempty"`
	// Number of the in-cluster server, a part of its objects' names from 2 on. djangostack database upgrade counts it up, with a copy of the database; nothing else may change it.
	Generation int `json:"generation,omitempty" jsonschema:"minimum=1,maximum=999"`
	// The in-cluster server's volume. An eighth of its size, 4 GB at most, is max_wal_size, so that another size restarts the server.
	Volume Volume `json:"volume,omitempty"`
	// Resources of the in-cluster server. Its parameters and the size of /dev/shm follow from memory and memoryLimit: a change restarts the server once, and nothing else.
	Resources Resources `json:"resources,omitempty"`
	// Highest number of connections of the server. What follows from the processes is 100, or the next of 200, 400, 800… that is enough for them.
	MaxConnections int `json:"maxConnections,omitempty" jsonschema:"minimum=20,maximum=10000" default:"follows from the processes with kind in-cluster, and is 100 at least; follows from the memory with kind managed; not checked with kind external"`
	// Parameters of the in-cluster server (postgresql.conf), for instance work_mem: 16MB, in place of those that follow from its resources. A change restarts it.
	Parameters map[string]string `json:"parameters,omitempty"`
	// Extensions that the administrator of the server creates in the database, and in those of further, before migrations, with those that they need. One that the server lacks stops the update and is named. One that is removed here stays in the database.
	Extensions []string `json:"extensions,omitempty" jsonschema:"uniqueItems=true,pattern=^[a-z_][a-z0-9_-]{0\\,62}$"`
	// A connection pooler between the app and the server.
	Pooler Pooler `json:"pooler,omitempty"`
	// Backups of the in-cluster server, which hold database.name and all of database.further.
	Backups Backups `json:"backups,omitempty"`
	// A dump that is imported once into the empty database.name. Those of database.further begin empty.
	Import *DatabaseImport `json:"import,omitempty"`
	// A move of the database to another server. djangostack database move and djangostack database upgrade write it.
	Move *DatabaseMove `json:"move,omitempty"`
	// The external server; with kind external.
	External *ExternalDatabase `json:"external,omitempty"`
	// The managed server; with kind managed.
	Managed ManagedDatabase `json:"managed,omitempty"`
}

// FurtherDatabase is a database beside the first one on the same server.
type FurtherDatabase struct {
	// Name of the database: lower-case letters, digits and underscores.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=63"`
	// Variable of the app's processes that holds the URL of the database, as DATABASE_URL holds that of the first.
	URLVariable string `json:"urlVariable,omitempty" jsonschema:"minLength=1" default:"none: the app has host, port, user and password of the first database, and knows the name"`
}

// ManagedDatabase is a managed PostgreSQL server of the cloud; with kind managed.
type ManagedDatabase struct {
	// Major version of PostgreSQL.
	Version string `json:"version,omitempty" jsonschema:"pattern=^1[4-9]$"`
	// vCPUs of the server.
	CPU int `json:"cpu,omitempty" jsonschema:"enum=2,enum=4,enum=8,enum=16,enum=32,enum=48,enum=64"`
	// Memory of the server.
	Memory Quantity `json:"memory,omitempty"`
	// Size of the disk, which can grow but not shrink. On Google Cloud this is the initial size, and the disk grows automatically.
	Storage Quantity `json:"storage,omitempty"`
	// Size up to which the disk grows automatically.
	MaxStorage Quantity `json:"maxStorage,omitempty" default:"five times storage"`
	// single-zone: the server fails with its zone; multi-zone: a standby in another zone takes over.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// Days for which backups are kept. The server can be restored to any second of them; on Google Cloud to any second of the last 7 days, and to a daily backup before that.
	BackupDays int `json:"backupDays,omitempty" jsonschema:"minimum=1,maximum=35"`
	// Number of read replicas.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=0,maximum=5"`
	// Snapshot that a new server is restored from; on Google Cloud INSTANCE/BACKUP. Read only when the server is created.
	RestoreFrom string `json:"restoreFrom,omitempty" jsonschema:"minLength=1"`
}

// Availability says which failures a data service survives.
type Availability string

// A SingleZone service fails with its zone. A MultiZone service fails over to another zone.
const (
	SingleZone Availability = "single-zone"
	MultiZone  Availability = "multi-zone"
)

// Volume is the disk of an in-cluster service.
type Volume struct {
	// Size of the volume, which can grow but not shrink.
	Size Quantity `json:"size,omitempty"`
	// The storage class.
	StorageClassName string `json:"storageClassName,omitempty" jsonschema:"minLength=1" default:"the cluster's default class"`
}

func (e *Environment) checkDatabase(problems *Problems) {
	database := e.Database
	if database.Kind == "" {
		problems.add("database.kind", nil, "is required in production: in-cluster, external, managed on a cloud, or none for an app without PostgreSQL")
	}
	if database.Kind == External && database.External == nil {
		problems.add("database.external", nil, "is required, because database.kind is external")
	}
	if database.Kind != External && database.External != nil {
		problems.add("database.external", nil, "contradicts database.kind %s", database.Kind)
	}
	if database.External != nil && database.External.SSLMode == "disable" && e.Tier == Production {
		problems.add("database.external.sslMode", "disable", "production needs TLS: require, verify-ca or verify-full")
	}
	e.checkDatabaseNames(problems)
	e.checkFurther(problems)
}

const (
	// DatabaseAdministrator is the first user of a database server. The app has another user.
	DatabaseAdministrator = "djangostack_admin"
	// formerAdministrator is the first user of an in-cluster server whose first user once was
	// the app's.
	formerAdministrator = "djangostack_initial"
	// monitorRole is the user of the exporter.
	monitorRole = "djangostack_monitor"
)
