package sizes

import (
	"fmt"
	"math"
	"regexp"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Postgres is what the parameters of a PostgreSQL server follow from. Amounts are in
// Kubernetes' notation.
type Postgres struct {
	// Memory that the server has for itself, and MemoryLimit above which it is killed; a
	// limit may be empty for none. Without Memory, what follows from it is left out.
	Memory, MemoryLimit string
	// Volume is the size of the data's volume; empty if it is not known.
	Volume string
	// MaxConnections of the server; 0 for PostgreSQL's default.
	MaxConnections int
	// Stated are parameters that have been chosen instead.
	Stated map[string]string
}

// PostgresTuning is what follows for a PostgreSQL server.
type PostgresTuning struct {
	// Parameters by their names in postgresql.conf, with values as SHOW writes them.
	Parameters map[string]string
	// SharedMemory is the size of /dev/shm in Kubernetes' notation; empty if the server's
	// memory is not known.
	SharedMemory string
}

const (
	kibibyte = 1 << 10
	mebibyte = 1 << 20
	// DefaultPostgresConnections is max_connections of a server that is told nothing
	// (https://www.postgresql.org/docs/current/runtime-config-connection.html).
	DefaultPostgresConnections = 100
	// PostgresMonitorConnections is how many connections the role of an exporter may have. Each
	// Prometheus that scrapes the exporter takes two for a moment.
	PostgresMonitorConnections = 4
	// PostgresConnection is the memory of one connection besides work_mem: the catalogs and
	// plans that its process caches, which grow with the number of tables that it uses.
	// An idle one took 1.1 MiB, and 3.8 MiB after it had used 80 tables.
	PostgresConnection = 4 * mebibyte
)

// Rules of the parameters that follow from the memory, the volume and the connections.
const (
	// A quarter of the memory holds shared buffers. Less than PostgreSQL's own share for a
	// small machine is not needed, because a container shares its memory with no operating
	// system (https://www.postgresql.org/docs/current/runtime-config-resource.html).
	sharedBuffersPart = 4
	leastBuffers      = 8 * mebibyte
	// Three quarters are the planner's estimate of what is cached: the shared buffers, and
	// the files in the page cache, which counts towards the container's memory
	// (https://www.postgresql.org/docs/current/runtime-config-query.html).
	cachePart = 4
	// A sixteenth is for one vacuum or one index: three autovacuum workers and one session
	// have a quarter together. More than 1 GB is no use for VACUUM before PostgreSQL 17
	// (https://www.postgresql.org/docs/current/runtime-config-resource.html).
	maintenancePart                   = 16
	leastMaintenance, mostMaintenance = 16 * mebibyte, 1 << 30
	// Half of the memory is for queries. A connection that has one hash table takes
	// hash_mem_multiplier, which is 2, times work_mem, so that a quarter is shared out. In a
	// server of little memory it is a quarter of the limit, for no more than PostgreSQL's
	// default (https://www.postgresql.org/docs/current/runtime-config-resource.html).
	workPart    = 4
	defaultWork = 4 * mebibyte
	// A quarter, and at least what a container runtime gives to every container, is for
	// what parallel workers share: bitmaps of work_mem, and the dead rows of a parallel
	// vacuum. It counts towards the memory limit, of which it is a quarter at most: a query
	// that finds none left fails, and a server above its limit is killed
	// (https://kubernetes.io/docs/concepts/storage/volumes/#emptydir).
	sharedMemoryPart  = 4
	leastSharedMemory = 64 * mebibyte
	// An eighth of the volume is for the write-ahead log between two checkpoints: a soft
	// limit, which long transactions and a busy hour exceed. More than 4 GB takes minutes
	// to replay after a crash
	// (https://www.postgresql.org/docs/current/runtime-config-wal.html).
	walPart           = 8
	leastWAL, mostWAL = 64 * mebibyte, 4 << 30
	// A quarter of that is kept for reuse in quiet times; at least two segments of 16 MB.
	keptWALPart  = 4
	leastKeptWAL = 32 * mebibyte
)

// Tune returns the parameters that follow. They are not those of p.Stated.
func (p Postgres) Tune() (PostgresTuning, error) {
	memory, err := bytesOf("memory", p.Memory)
	if err != nil {
		return PostgresTuning{}, err
	}
	limit, err := bytesOf("memory limit", p.MemoryLimit)
	if err != nil {
		return PostgresTuning{}, err
	}
	volume, err := bytesOf("volume", p.Volume)
	if err != nil {
		return PostgresTuning{}, err
	}
	tuning := PostgresTuning{Parameters: map[string]string{
		// The value that PostgreSQL names for SSDs, which the disks of clouds are
		// (https://www.postgresql.org/docs/current/runtime-config-query.html).
		"random_page_cost": "1.1",
		// PostgreSQL's default since version 14: a checkpoint writes during most of the
		// time until the next.
		"checkpoint_completion_target": "0.9",
		// The pod requests no huge pages, and a server that finds some on its node and tries
		// to use them is killed by SIGBUS
		// (https://github.com/docker-library/postgres/issues/451).
		"huge_pages": "off",
	}}
	if volume > 0 {
		wal := between(volume/walPart, leastWAL, mostWAL)
		tuning.set("max_wal_size", wal)
		tuning.set("min_wal_size", between(wal/keptWALPart, leastKeptWAL, mostWAL))
	}
	if memory > 0 {
		p.forMemory(&tuning, memory, limit)
	}
	for name := range p.Stated {
		delete(tuning.Parameters, name)
	}
	return tuning, nil
}

func (p Postgres) forMemory(tuning *PostgresTuning, memory, limit int64) {
	connections := int64(p.MaxConnections)
	if connections == 0 {
		connections = DefaultPostgresConnections
	}
	shared := max(memory/sharedMemoryPart, leastSharedMemory)
	if limit > 0 {
		shared = min(shared, limit/sharedMemoryPart)
	}
	work := memory / workPart / connections
	if limit > 0 {
		work = max(work, min(limit/workPart/connections, defaultWork))
	} else {
		work = max(work, defaultWork)
	}
	tuning.SharedMemory = resource.NewQuantity(whole(shared), resource.BinarySI).String()
	tuning.set("shared_buffers", max(memory/sharedBuffersPart, leastBuffers))
	tuning.set("effective_cache_size", memory/cachePart*3)
	tuning.set("maintenance_work_mem", between(memory/maintenancePart, leastMaintenance, mostMaintenance))
	tuning.set("work_mem", work)
	// A shared hash table has the memory of all processes that the plan asks for, even if none
	// of them is free. With it, as many queries as connections would need several times the
	// shared memory, and fail. Without it each process has a separate table
	// (https://www.postgresql.org/docs/current/runtime-config-query.html).
	tuning.Parameters["enable_parallel_hash"] = "off"
}

// set writes a size in whole MB, in the unit in which SHOW writes it.
func (t PostgresTuning) set(name string, size int64) {
	megabytes := whole(size) / mebibyte
	if megabytes%kibibyte == 0 {
		t.Parameters[name] = fmt.Sprintf("%dGB", megabytes/kibibyte)
		return
	}
	t.Parameters[name] = fmt.Sprintf("%dMB", megabytes)
}

// whole rounds down to whole MiB, and never to nothing.
func whole(size int64) int64 { return max(size/mebibyte, 1) * mebibyte }

func between(size, least, most int64) int64 { return min(max(size, least), most) }

func bytesOf(what, amount string) (int64, error) {
	if amount == "" {
		return 0, nil
	}
	parsed, err := resource.ParseQuantity(amount)
	if err != nil {
		return 0, fmt.Errorf("%s %q: %w", what, amount, err)
	}
	return parsed.Value(), nil
}

var postgresSize = regexp.MustCompile(`^(\d+)\s*(B|kB|MB|GB|TB)?$`)

// PostgresBytes reads a size in the notation of postgresql.conf, such as 16MB. A number
// without a unit counts in units of so many bytes
// (https://www.postgresql.org/docs/current/config-setting.html).
func PostgresBytes(text string, unit int64) (size int64, ok bool) {
	parts := postgresSize.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	units := map[string]int64{"": unit, "B": 1, "kB": kibibyte, "MB": mebibyte, "GB": 1 << 30, "TB": 1 << 40}
	count, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || count > math.MaxInt64/units[parts[2]] {
		return 0, false
	}
	return count * units[parts[2]], true
}
