package spec_test

// memcachedMistakes are the wrong configurations of a cache that is Memcached.
func memcachedMistakes() []wrong {
	with := func(pairs ...any) map[string]any { return object(append([]any{"engine", "memcached"}, pairs...)...) }
	bound := func(path string) map[string]any {
		return map[string]any{"cache": with(), "app.bindings": object("MY_VALUE", path)}
	}
	return []wrong{
		{"cache of no engine", minimal, "cache.engine", "dragonfly", `cache.engine: "dragonfly": must be one of redis, memcached`},
		{"Memcached in plain text", production, "cache", with(), `cache.engine: "memcached": has neither a password nor TLS, which cache.tls required asks for (without it, namespace.tls): set cache.tls to off if the cluster's network enforces NetworkPolicies`},
		{"Memcached with TLS", minimal, "cache", with("tls", "required"), `cache.engine: "memcached": has neither a password nor TLS`},
		{"managed Memcached", onAWS, "cache", with("kind", "managed"), `cache.engine: "memcached": needs cache.kind in-cluster: a managed cache is Redis or Valkey`},
		{"managed Memcached of Google", onGCP, "cache", with("kind", "managed"), `cache.engine: "memcached": needs cache.kind in-cluster: a managed cache is Redis or Valkey`},
		{"external Memcached", minimal, "cache", with("kind", "external", "external", object("host", "c", "password", "x")), `cache.engine: "memcached": needs cache.kind in-cluster: cache.external is a Redis; for an existing Memcached set cache.kind to none`},
		{"engine of no cache", minimal, "cache", with("kind", "none"), `cache.engine: would be ignored, because cache.kind is none`},
		{"Redis that is Memcached", minimal, "cache.image", "memcached:1.6", `cache.image: "memcached:1.6": is no Redis: set cache.engine to memcached`},
		{"Memcached that is Valkey", minimal, "cache", with("image", "registry.example.com/valkey:8"), `cache.image: "registry.example.com/valkey:8": is no Memcached`},
		{"servers of a Redis", minimal, "cache.servers", 2, `cache.servers: would be ignored, because the cache is not Memcached in the cluster`},
		{"replicas of Memcached", minimal, "cache", with("replicas", 2), `cache.replicas: would be ignored, because the cache is not Redis in the cluster`},
		{"replicas of a managed cache", onAWS, "cache", object("kind", "managed", "replicas", 2), `cache.replicas: would be ignored, because the cache is not Redis in the cluster; a managed one has cache.managed.replicas`},
		{"more replicas than five", minimal, "cache.replicas", 6, `cache.replicas: 6: may be at most 5`},
		{"replica of another server", minimal, "cache.parameters", object("replicaof", "elsewhere 6379"), `cache.parameters.replicaof: may not be set`},
		{"more servers than a list has", minimal, "cache", with("servers", 50), `cache.servers: 50: may be at most 20`},
		{"TLS of an external cache", minimal, "cache", object("kind", "external", "tls", "off", "external", object("host", "c", "password", "x")), `cache.tls: would be ignored, because cache.kind is not in-cluster`},
		{"memory as a parameter", minimal, "cache", with("parameters", object("memory-limit", "64")), `cache.parameters.memory-limit: may not be set: it has its own field, cache.memory`},
		{"parameter of Redis", minimal, "cache", with("parameters", object("timeout", "300")), `cache.parameters.timeout: may not be set: of Memcached's options conn-limit, max-item-size, threads may`},
		{"no thread", minimal, "cache", with("parameters", object("threads", "0")), `cache.parameters.threads: "0": must be a number from 1 to 64`},
		{"threads with a word", minimal, "cache", with("parameters", object("threads", "four")), `cache.parameters.threads: "four": must be a number`},
		{"fewer connections than threads", minimal, "", map[string]any{"web.replicas": 20, "cache": with("parameters", object("conn-limit", "200"))}, `cache.parameters.conn-limit: "200": must be at least 355: the app may open 323 connections = web 2 × 20 pods × 8 + release 1 + shell 2, and the server's own files count as 32`},
		{"no connections beside many threads", minimal, "cache", with("parameters", object("conn-limit", "300", "threads", "64")), `cache.parameters.conn-limit: "300": must be at least 307: the app may open 35 connections = web 2 × 2 pods × 8 + release 1 + shell 2, and the server's own files count as 272`},
		{"item without a size", minimal, "cache", with("parameters", object("max-item-size", "big")), `cache.parameters.max-item-size: "big": is not a size such as 512k or 2m`},
		{"item that is no item", minimal, "cache", with("parameters", object("max-item-size", "512")), `cache.parameters.max-item-size: "512": must be from 1k to 1024m`},
		{"item above the memory", minimal, "cache", with("parameters", object("max-item-size", "40m")), `cache.parameters.max-item-size: "40m": may be at most half of cache.memory, which is 64Mi`},
		{"password of Memcached", minimal, "", bound("cache.password"), `app.bindings.MY_VALUE: "cache.password": is a value that this environment does not have, because cache.engine is memcached, which has neither a password nor numbered databases: use cache.url`},
		{"number of a database of Memcached", minimal, "", bound("cache.number"), `app.bindings.MY_VALUE: "cache.number": is a value that this environment does not have`},
		{"authority of Memcached", minimal, "", bound("cache.caFile"), `app.bindings.MY_VALUE: "cache.caFile": is a value that this environment does not have`},
		{"Redis that is not there", minimal, "", bound("cache.redisURL"), `app.bindings.MY_VALUE: "cache.redisURL": is a value that this environment does not have`},
		{"one host of several", minimal, "", map[string]any{"cache": with("servers", 2), "app.bindings": object("MY_VALUE", "cache.host")}, `because cache.servers is above 1: use cache.locations`},
		{"URL of a Redis that is not there", minimal, "", map[string]any{"cache": with(), "app.env": object("QUEUE", "$(REDIS_URL)")}, `app.env.QUEUE: names the variable REDIS_URL, which this environment does not have, because cache.engine is memcached`},
	}
}
