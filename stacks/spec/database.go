package spec

import (
	"encoding/json"
	"strings"
)

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

// UnmarshalJSON fills in an external database's defaults before reading it.
func (d *ExternalDatabase) UnmarshalJSON(raw []byte) error {
	type plain ExternalDatabase
	database := plain{Port: 5432, SSLMode: "require"}
	if err := json.Unmarshal(raw, &database); err != nil {
		return err
	}
	*d = ExternalDatabase(database)
	return nil
}

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

// Availability says what a data service survives.
type Availability string

// A service in a single zone is gone with its zone; one in several zones fails
// over to another.
const (
	SingleZone Availability = "single-zone"
	MultiZone  Availability = "multi-zone"
)

// Volume is the disk of an in-cluster service.
type Volume struct {
	// Size of the volume; it can grow, never shrink.
	Size Quantity `json:"size,omitempty"`
	// The storage class.
	StorageClassName string `json:"storageClassName,omitempty" jsonschema:"minLength=1" default:"the cluster's default class"`
}

func (e *Environment) checkDatabase(problems *Problems) {
	database := e.Database
	if database.Kind == "" {
		problems.add("database.kind", nil, "is required in production: in-cluster, external, or managed on a cloud")
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
	for path, name := range map[string]string{"database.name": database.Name, "database.user": database.User} {
		if strings.HasPrefix(name, "pg_") {
			problems.add(path, name, "names that begin with pg_ belong to PostgreSQL")
		}
	}
	if strings.HasPrefix(database.Name, "template") || database.Name == "postgres" {
		problems.add("database.name", database.Name, "belongs to PostgreSQL; name another")
	}
}
