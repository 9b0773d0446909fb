package spec

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/sizes"
)

// reservedConnections are those that PostgreSQL keeps for superusers
// (https://www.postgresql.org/docs/current/runtime-config-connection.html).
const reservedConnections = 3

// deriveConnections doubles PostgreSQL's default until it is enough for the processes. The
// server restarts when it changes, so one more pod rarely changes it.
func (e *Environment) deriveConnections() {
	if !e.RunsPostgres() || e.Database.MaxConnections > 0 {
		return
	}
	const most = 10000
	needed := total(e.serverConnections()) + reservedConnections
	connections := sizes.DefaultPostgresConnections
	for connections < needed && 2*connections <= most {
		connections *= 2
	}
	e.Database.MaxConnections = connections
}

// checkServerMemory reports more connections than the memory of the server in the cluster is
// enough for. The kernel would kill the server with all of them.
func (e *Environment) checkServerMemory(problems *Problems) {
	database := e.Database
	limit, err := resource.ParseQuantity(string(database.Resources.MemoryLimit))
	if database.Kind != InCluster || err != nil {
		return
	}
	tuning, err := e.tuning()
	if err != nil {
		return
	}
	value := database.Parameters[sharedBuffers]
	if value == "" {
		value = tuning.Parameters[sharedBuffers]
	}
	buffers, known := sizes.PostgresBytes(value, bufferPage)
	shared, err := resource.ParseQuantity(tuning.SharedMemory)
	if !known || err != nil {
		return
	}
	other := "set database.pooler.kind to pgbouncer"
	switch {
	case database.Pooler.Kind != NoPooler:
		other = "lower database.pooler.poolSize"
	case len(database.Further) > 0:
		other = "lower web.databaseConnections, those of a pod to each database"
	}
	parts := e.serverConnections()
	needed := int64(total(parts)) * sizes.PostgresConnection
	if room := limit.Value() - buffers - shared.Value(); needed > room {
		problems.add("database.resources.memoryLimit", string(database.Resources.MemoryLimit),
			"the app may open %d connections = %s, of about %s each, but beside shared_buffers of %s and /dev/shm of %s there is memory for %d; raise it, or %s",
			total(parts), sum(parts), quantity(sizes.PostgresConnection), value, tuning.SharedMemory, max(room, 0)/sizes.PostgresConnection, other)
	}
}

func quantity(size int64) string {
	return resource.NewQuantity(size, resource.BinarySI).String()
}

// tuning is what follows for the server in the cluster.
func (e *Environment) tuning() (sizes.PostgresTuning, error) {
	limit := e.Database.Resources.MemoryLimit
	if limit == NoLimit {
		limit = ""
	}
	return sizes.Postgres{
		Memory: string(e.Database.Resources.Memory), MemoryLimit: string(limit),
		Volume: string(e.Database.Volume.Size), MaxConnections: e.Database.MaxConnections, Stated: e.Database.Parameters,
	}.Tune()
}

// checkLogSize reports a write-ahead log that may fill the volume of the data.
func (e *Environment) checkLogSize(problems *Problems) {
	e.checkLogPart(problems, "max_wal_size", "it is a soft limit")
	e.checkLogPart(problems, "wal_keep_size", "that much of the log stays, and there is no standby that reads it")
	e.checkLogLevel(problems)
}

// checkLogLevel reports a level of the log with which the server does not start
// (https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-LEVEL).
func (e *Environment) checkLogLevel(problems *Problems) {
	parameters := e.Database.Parameters
	if parameters["wal_level"] == "minimal" && parameters["max_wal_senders"] != "0" {
		problems.add("database.parameters.wal_level", "minimal", `needs max_wal_senders: "0" beside it: the server does not start otherwise`)
	}
}

func (e *Environment) checkLogPart(problems *Problems, name, why string) {
	value, stated := e.Database.Parameters[name]
	volume, err := resource.ParseQuantity(string(e.Database.Volume.Size))
	if !stated || err != nil {
		return
	}
	size, ok := sizes.PostgresBytes(value, 1<<20)
	if !ok {
		problems.add("database.parameters."+name, value, "is not a size such as 1GB")
		return
	}
	if size > volume.Value()/2 {
		problems.add("database.parameters."+name, value, "may be at most half of database.volume.size, which is %s: %s, and a server whose volume is full stops", e.Database.Volume.Size, why)
	}
}

// checkExtensions reports extensions of the server in the cluster whose library it does not
// load as it starts, so that they are of no use or cannot be created.
func (e *Environment) checkExtensions(problems *Problems) {
	if !e.RunsPostgres() {
		return
	}
	const libraries = "shared_preload_libraries"
	loaded := strings.FieldsFunc(e.Database.Parameters[libraries], func(r rune) bool { return r == ',' || r == ' ' || r == '\'' || r == '"' })
	for i, extension := range e.Database.Extensions {
		if slices.Contains(preloaded(), extension) && !slices.Contains(loaded, extension) {
			problems.add(indexed("database.extensions", i), extension, "needs its library from the start of the server: add it to database.parameters.%s", libraries)
		}
	}
}

// preloaded are extensions whose pages ask for a library of the same name in
// shared_preload_libraries.
func preloaded() []string {
	return []string{
		"citus",              // https://docs.citusdata.com/en/stable/installation/single_node_debian.html
		"pg_cron",            // https://github.com/citusdata/pg_cron
		"pg_stat_statements", // https://www.postgresql.org/docs/current/pgstatstatements.html
		"pgaudit",            // https://github.com/pgaudit/pgaudit
		"timescaledb",        // https://docs.timescale.com/self-hosted/latest/configuration/postgres-config/
	}
}
