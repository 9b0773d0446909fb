package spec

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/contract"
)

// CacheEngine is the software of a cache.
type CacheEngine string

// RedisCache is a Redis or a Valkey. Memcached has neither passwords nor replicas, and forgets
// everything when it stops.
const (
	RedisCache CacheEngine = "redis"
	Memcached  CacheEngine = "memcached"
)

// memcachedImage is Docker's official image, as those of the other services in the cluster.
const memcachedImage = "docker.io/library/memcached:1.6"

const (
	// defaultCacheConnections is Memcached's own default
	// (https://docs.memcached.org/serverguide/configuring/).
	defaultCacheConnections = 1024
	// defaultMemcachedThreads is Memcached's own default.
	defaultMemcachedThreads = 4
	// memcachedThreadsBeforeWarning is the number above which the server warns that more is slower.
	memcachedThreadsBeforeWarning = 64
)

// The parameters of Memcached that may be set.
const (
	connLimit   = "conn-limit"
	maxItemSize = "max-item-size"
	threads     = "threads"
)

var memcachedSize = regexp.MustCompile(`^([1-9][0-9]{0,9})([km]?)$`)

// RunsMemcached reports whether the cache is Memcached, which runs in the cluster.
func (e *Environment) RunsMemcached() bool {
	return e.Cache.Kind == InCluster && e.Cache.Engine == Memcached
}

// RunsRedisCache reports whether the cache is a Redis in the cluster.
func (e *Environment) RunsRedisCache() bool {
	return e.Cache.Kind == InCluster && e.Cache.Engine == RedisCache
}

// RunsRedisBroker reports whether the broker is a Redis in the cluster.
func (e *Environment) RunsRedisBroker() bool {
	return e.Broker.Kind == InCluster && !e.RunsRabbitMQ()
}

// EncryptsCache reports whether the cache in the cluster uses TLS.
func (e *Environment) EncryptsCache() bool {
	return e.Cache.Kind == InCluster && e.Cache.TLS == "required"
}

// CacheConnections is the number of connections that each Memcached accepts: cache.parameters has
// it, or it is Memcached's default, doubled until it is enough for the processes. The servers
// restart when it changes, so one more pod rarely changes it.
func (e *Environment) CacheConnections() int {
	if stated, err := strconv.Atoi(e.Cache.Parameters[connLimit]); err == nil {
		return stated
	}
	connections := defaultCacheConnections
	for connections < e.neededCacheConnections() {
		connections *= 2
	}
	return connections
}

// neededCacheConnections counts one connection of each thread of each process to each server: as
// many as to the database. Those of the release and of shells are few.
func (e *Environment) neededCacheConnections() int {
	return total(e.connectionsOf()) + total(e.directConnections()) + e.memcachedFiles()
}

// memcachedFiles are the open files of the server itself, which count as connections: it lowers
// the limit of the process to --conn-limit (main in
// https://github.com/memcached/memcached/blob/master/memcached.c). It opens about ten, and four
// for each thread.
func (e *Environment) memcachedFiles() int {
	const few, each = 16, 4
	threadsOf := defaultMemcachedThreads
	if stated, err := strconv.Atoi(e.Cache.Parameters[threads]); err == nil {
		threadsOf = min(stated, memcachedThreadsBeforeWarning)
	}
	return few + each*threadsOf
}

// MemcachedParameters are cache.parameters without the number of connections.
func (e *Environment) MemcachedParameters() map[string]string {
	parameters := maps.Clone(e.Cache.Parameters)
	delete(parameters, connLimit)
	return parameters
}

// deriveCache fills in the defaults that follow from the cache's engine and from namespace.tls.
func (e *Environment) deriveCache() {
	if e.Cache.Image == "" {
		e.Cache.Image = redisImage
		if e.Cache.Engine == Memcached {
			e.Cache.Image = memcachedImage
		}
	}
	e.Cache.TLS = cmp.Or(e.Cache.TLS, e.Namespace.TLS)
}

func (e *Environment) checkMemcached(problems *Problems) {
	if e.Cache.Kind == InCluster {
		e.checkCacheImage(problems)
	}
	if e.Cache.Engine != Memcached {
		return
	}
	switch e.Cache.Kind {
	case Managed:
		problems.add("cache.engine", string(Memcached), "needs cache.kind in-cluster: a managed cache is Redis or Valkey, which survives the loss of a zone and has a password and TLS; set cache.engine to redis, or cache.kind to in-cluster")
	case External:
		problems.add("cache.engine", string(Memcached), "needs cache.kind in-cluster: cache.external is a Redis; for an existing Memcached set cache.kind to none, put CACHE_URL and CACHE_LOCATION into app.secretEnv, and open its port in namespace.egress")
	case InCluster:
		if e.EncryptsCache() {
			problems.add("cache.engine", string(Memcached), "has neither a password nor TLS, which cache.tls required asks for (without it, namespace.tls): set cache.tls to off if the cluster's network enforces NetworkPolicies and may carry what the app caches in plain text, or cache.engine to redis")
		}
	}
}

// checkCacheImage reports an image of another server, which would not know its arguments.
func (e *Environment) checkCacheImage(problems *Problems) {
	name := imageName(string(e.Cache.Image))
	switch {
	case e.Cache.Engine == Memcached && (strings.Contains(name, "redis") || strings.Contains(name, "valkey")):
		problems.add("cache.image", e.Cache.Image, "is no Memcached, which cache.engine memcached needs; leave it out for %s", memcachedImage)
	case e.Cache.Engine == RedisCache && strings.Contains(name, "memcached"):
		problems.add("cache.image", e.Cache.Image, "is no Redis: set cache.engine to memcached")
	}
}

// checkMemcachedParameters reports options of Memcached that are kept, or that it would not start
// with.
func (e *Environment) checkMemcachedParameters(problems *Problems) {
	for _, name := range keys(e.Cache.Parameters) {
		at, value := "cache.parameters."+maskedStep(name), e.Cache.Parameters[name]
		switch name {
		case connLimit:
			if checkNumber(problems, at, value, 1, 1<<20) {
				e.checkConnLimit(problems, at, value)
			}
		case threads:
			checkNumber(problems, at, value, 1, memcachedThreadsBeforeWarning)
		case maxItemSize:
			e.checkItemSize(problems, at, value)
		case "memory-limit":
			problems.add(at, nil, "may not be set: it has its own field, cache.memory")
		default:
			problems.add(at, nil, "may not be set: of Memcached's options %s may, by their long names", strings.Join([]string{connLimit, maxItemSize, threads}, ", "))
		}
	}
}

// checkNumber reports a text that is no number within bounds, and whether it is one.
func checkNumber(problems *Problems, at, value string, least, most int) bool {
	number, err := strconv.Atoi(value)
	if err != nil || number < least || number > most || strconv.Itoa(number) != value {
		problems.add(at, value, "must be a number from %d to %d", least, most)
		return false
	}
	return true
}

func (e *Environment) checkConnLimit(problems *Problems, at, value string) {
	parts := append(e.connectionsOf(), e.directConnections()...)
	if needed := e.neededCacheConnections(); e.CacheConnections() < needed {
		problems.add(at, value, "must be at least %d: the app may open %d connections = %s, and the server's own files count as %d; leave it out for one that follows from them", needed, total(parts), sum(parts), e.memcachedFiles())
	}
}

// checkItemSize reports a size that Memcached does not start with: below 1k, above 1024m, or above
// half of its memory (https://github.com/memcached/memcached/blob/master/memcached.c).
func (e *Environment) checkItemSize(problems *Problems, at, value string) {
	found := memcachedSize.FindStringSubmatch(value)
	if found == nil {
		problems.add(at, value, "is not a size such as 512k or 2m")
		return
	}
	size, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		problems.add(at, value, "is not a size such as 512k or 2m")
		return
	}
	size <<= map[string]int{"k": 10, "m": 20}[found[2]]
	memory, err := resource.ParseQuantity(string(e.Cache.Memory))
	switch {
	case size < 1<<10 || size > 1<<30:
		problems.add(at, value, "must be from 1k to 1024m")
	case err == nil && size > memory.Value()/2:
		problems.add(at, value, "may be at most half of cache.memory, which is %s", e.Cache.Memory)
	}
}

// lacksOfMemcached says why an environment whose cache is Memcached does not have a value of the
// contract that Redis has; empty if it has it.
func (e *Environment) lacksOfMemcached(value contract.Path) string {
	ofRedis := []contract.Path{
		contract.CacheRedisURL, contract.CacheUser, contract.CachePassword, contract.CacheURLPassword, contract.CacheNumber, contract.CacheCAFile,
	}
	ofOne := []contract.Path{contract.CacheHost, contract.CachePort}
	switch {
	case slices.Contains(ofRedis, value):
		return "cache.engine is memcached, which has neither a password nor numbered databases: use cache.url or cache.locations"
	case slices.Contains(ofOne, value) && e.Cache.Servers > 1:
		return "cache.servers is above 1: use cache.locations, which lists them"
	default:
		return ""
	}
}
