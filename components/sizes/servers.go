package sizes

const (
	// redisConnections is for the buffers of clients, and redisOverhead for the server itself.
	redisConnections = 8 * mebibyte
	redisOverhead    = 32 * mebibyte

	// memcachedBase is what the server uses without an item and without a client, about 4Mi,
	// and as much again.
	memcachedBase = 8 * mebibyte
	// memcachedPages are pages of 1Mi above the limit for items: a size class that has none gets
	// its first page also when the limit is reached, and 1.6 has 39 classes
	// (do_slabs_newslab in https://github.com/memcached/memcached/blob/master/slabs.c).
	memcachedPages = 39 * mebibyte
	// memcachedConnection is a read buffer of 16Ki, a buffer of 16Ki for what is to be sent, and
	// the connection itself (READ_BUFFER_SIZE in
	// https://github.com/memcached/memcached/blob/master/memcached.h).
	memcachedConnection = 34 * kibibyte
	// memcachedTable is the part of the memory for items that the hash table has at most: up to
	// 16 bytes for each item while it grows, and the smallest item has 96.
	memcachedTable = 6
)

// Redis returns the request and the limit, in bytes, of a server that holds so many bytes of
// keys. The request has memory for connections besides, and the limit also memory for the copy
// that a rewrite of the append-only file needs.
func Redis(memory int64) (request, limit int64) {
	return memory + redisConnections, 2*memory + 2*redisOverhead
}

// RabbitMQ returns the request and the limit, in bytes, of a server of so much memory. The
// limit is twice as much, which a garbage collection may need for a moment
// (https://www.rabbitmq.com/docs/memory).
func RabbitMQ(memory int64) (request, limit int64) {
	return memory, 2 * memory
}

// Memcached returns the request and the limit, in bytes, of a server that holds so many bytes of
// items for so many clients. The limit is all that it can use, because --memory-limit counts the
// items only: a server above its limit would be killed, and the cache would be empty.
func Memcached(memory int64, connections int) (request, limit int64) {
	all := memory + memory/memcachedTable + int64(connections)*memcachedConnection + memcachedPages + memcachedBase
	return memory + memcachedBase, (all + mebibyte - 1) / mebibyte * mebibyte
}

// OpenSearchHeap returns the heap, in bytes, of a server of so much memory: half of it. The other
// half is for buffers outside of the heap, of which the JVM may use as much as half of the heap
// again, for the plugins, and for the pages of the index that the kernel keeps
// (https://docs.opensearch.org/latest/install-and-configure/install-opensearch/index/#important-settings).
// Above 31Gi pointers need twice the space, and a larger heap holds less.
func OpenSearchHeap(memory int64) int64 {
	return min(memory/2, 31*1024*mebibyte) / mebibyte * mebibyte
}
