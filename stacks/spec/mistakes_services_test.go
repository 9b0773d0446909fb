package spec_test

// bucketOf are backups in a bucket with one field of it changed; nil for none.
func bucketOf(field string, value any) map[string]any {
	bucket := object("name", "company-backups", "endpoint", "https://s3.example.com", "accessKeyID", "AKIAIOSFODNN7EXAMPLE", "secretAccessKey", "x")
	if bucket[field] = value; value == nil {
		delete(bucket, field)
	}
	return object("store", "bucket", "bucket", bucket)
}

// furtherMistakes are further databases that a server does not get, or that parts of the environment would leave out.
func furtherMistakes() []wrong {
	database := func(further ...any) map[string]any { return map[string]any{"database.further": list(further...)} }
	beside := func(path string, value any) map[string]any {
		return map[string]any{"database.further": list(object("name", "archive")), path: value}
	}
	return []wrong{
		{"further database of PgBouncer", minimal, "", map[string]any{"database.further": list(object("name", "pgbouncer")), "database.pooler.kind": "pgbouncer"}, `database.further[0].name: "pgbouncer": is PgBouncer's own database: set database.pooler.kind to none`},
		{"more clients of two databases than the pool takes", minimal, "", map[string]any{"web.replicas": 4, "database.further": list(object("name", "archive")), "database.pooler": object("kind", "pgbouncer", "maxClients", 50)}, `database.pooler.maxClients: 50: the app may open 128 = web 2 × 4 pods × 8 × 2 databases, but the pool takes 100 = 2 pods × 50`},
		{"more connections of two pools than the server has", minimal, "database", object("maxConnections", 100, "further", list(object("name", "archive")), "pooler", object("kind", "pgbouncer")), `database.maxConnections: the app may open 166 connections = pool 2 × 2 pods × 20 × 2 databases + release 1 × 2 databases + shell 2 × 2 databases`},
		{"further database of another server", minimal, "", beside("database", object("kind", "external", "further", list(object("name", "archive")), "external", object("host", "db", "password", "x"))), `database.further: needs database.kind in-cluster or managed, because only the environment's own server gets databases; name the URL of another server's database in app.secretEnv`},
		{"further database of no server", minimal, "", beside("database", object("kind", "none", "further", list(object("name", "archive")))), `database.further: needs database.kind in-cluster or managed`},
		{"further database of the first's name", minimal, "", database(object("name", "blog")), `database.further[0].name: "blog": is taken: database.name and each of database.further need different names`},
		{"further database twice", minimal, "", database(object("name", "archive"), object("name", "archive")), `database.further[1].name: "archive": is taken`},
		{"further database without a name", minimal, "", database(object("urlVariable", "ARCHIVE_URL")), `database.further[0].name: is required`},
		{"further database with a hyphen", minimal, "", database(object("name", "old-posts")), `database.further[0].name: "old-posts": may have lower-case letters, digits and underscores`},
		{"further database of PostgreSQL", minimal, "", database(object("name", "template1")), `database.further[0].name: "template1": belongs to PostgreSQL; name another`},
		{"further database of RDS", onAWS, "", database(object("name", "rdsadmin")), `database.further[0].name: "rdsadmin": is of the managed server itself; name another`},
		{"further database of Cloud SQL", onGCP, "", database(object("name", "cloudsqladmin")), `database.further[0].name: "cloudsqladmin": is of the managed server itself; name another`},
		{"URL of a further database in no variable", minimal, "", database(object("name", "archive", "urlVariable", "ARCHIVE-URL")), `database.further[0].urlVariable: is not a variable name: letters, digits and underscores`},
		{"URL of two databases in one variable", minimal, "", database(object("name", "archive", "urlVariable", "MORE_URL"), object("name", "reports", "urlVariable", "MORE_URL")), `database.further[1].urlVariable: "MORE_URL": is the variable of another database already`},
		{"URL of a further database that is set", minimal, "", map[string]any{"database.further": list(object("name", "archive", "urlVariable", "ARCHIVE_URL")), "app.env": object("ARCHIVE_URL", "x")}, `database.further[0].urlVariable: "ARCHIVE_URL": is in app.env too; keep one of them`},
		{"URL of a further database instead of the first's", minimal, "", database(object("name", "archive", "urlVariable", "DATABASE_URL")), `database.further[0].urlVariable: "DATABASE_URL": holds database.url of the environment contract already; name another`},
		{"more connections to databases than the server has memory for", minimal, "database.further", list(object("name", "archive"), object("name", "reports")), `there is memory for 104; raise it, or lower web.databaseConnections, those of a pod to each database`},
		{"more connections to two databases", minimal, "", map[string]any{"database": object("maxConnections", 100, "further", list(object("name", "archive"))), "web.replicas": 4}, `database.maxConnections: the app may open 134 connections = web 2 × 4 pods × 8 × 2 databases + release 1 × 2 databases + shell 2 × 2 databases`},
	}
}

func serviceMistakes() []wrong {
	return []wrong{
		{"copies of a queue", production, "broker", object("kind", "external", "external", object("host", "b", "password", "x", "replicas", list("r"))), `broker.external.replicas: would be ignored`},
		{"visibility below the longest task", production, "", map[string]any{"workers": list(object("name", "a", "longestTaskSeconds", 7200)), "broker.visibilityTimeoutSeconds": 3600}, `broker.visibilityTimeoutSeconds: 3600: may not be below 7265 = the longer of 7205 s for the longest task and 0 s for the longest delay + 60 s`},
		{"visibility below the longest delay", production, "broker", object("visibilityTimeoutSeconds", 3600, "longestDelaySeconds", 86400), `broker.visibilityTimeoutSeconds: 3600: may not be below 86460`},
		{"visibility without broker", minimal, "broker.visibilityTimeoutSeconds", 3600, `broker.visibilityTimeoutSeconds: would be ignored, because the broker is not Redis`},
		{"more connections than an external server has", minimal, "database", object("kind", "external", "maxConnections", 20, "external", object("host", "db", "password", "x")), `database.maxConnections: the app may open 35 connections`},
		{"limit of a managed server", onAWS, "database.maxConnections", 500, `database.maxConnections: would be ignored, because database.kind is managed`},
		{"pool that is too small", minimal, "", map[string]any{"web": object("replicas", 100), "database.pooler": object("kind", "pgbouncer", "maxClients", 100)}, `database.pooler.maxClients: 100: the app may open 1600 = web 2 × 100 pods × 8, but the pool takes 200 = 2 pods × 100`},
		{"pool that is too large", minimal, "database", object("maxConnections", 100, "pooler", object("kind", "pgbouncer", "poolSize", 50)), `database.maxConnections: the app may open 203 connections = pool 2 × 2 pods × 50 + release 1 + shell 2`},
		{"more connections than the server has memory for", minimal, "web", object("replicas", 10), `database.resources.memoryLimit: "512Mi": the app may open 163 connections = web 2 × 10 pods × 8 + release 1 + shell 2, of about 4Mi each, but beside shared_buffers of 32MB and /dev/shm of 64Mi there is memory for 104; raise it`},
		{"pool that has no memory", minimal, "database", object("pooler", object("kind", "pgbouncer", "poolSize", 50)), `database.resources.memoryLimit: "512Mi": the app may open 203 connections = pool 2 × 2 pods × 50 + release 1 + shell 2, of about 4Mi each, but beside shared_buffers of 32MB and /dev/shm of 64Mi there is memory for 104; raise it, or lower database.pooler.poolSize`},
		{"buffers instead of connections", minimal, "database.parameters", object("shared_buffers", "400MB"), `beside shared_buffers of 400MB and /dev/shm of 64Mi there is memory for 12`},
		{"extension of another server", minimal, "database", object("kind", "external", "external", object("host", "db", "password", "x"), "extensions", list("hstore")), `database.extensions: would be ignored, because database.kind is external: its administrator creates extensions`},
		{"extension that is no name", minimal, "database.extensions", list("hstore; DROP"), `database.extensions[0]: "hstore; DROP": must be`},
		{"extension twice", minimal, "database.extensions", list("hstore", "hstore"), `database.extensions`},
		{"extension without its library", minimal, "database.extensions", list("hstore", "pg_stat_statements"), `database.extensions[1]: "pg_stat_statements": needs its library from the start of the server: add it to database.parameters.shared_preload_libraries`},
		{"size of no pool", minimal, "database.pooler", object("poolSize", 50), `database.pooler.poolSize: would be ignored, because database.pooler.kind is none`},
		{"pool that verifies", production, "database", object("kind", "external", "pooler", object("kind", "pgbouncer"), "external", object("host", "db", "password", "x", "sslMode", "verify-full")), `database.pooler.kind: "pgbouncer": cannot verify the server's certificate`},
		{"egress to a name", minimal, "namespace.egress", list(object("cidrs", list("example.com"))), `namespace.egress[0].cidrs[0]: "example.com": is not an address range such as 203.0.113.0/24`},
		{"egress to a range with host bits", minimal, "namespace.egress", list(object("cidrs", list("203.0.113.7/24"))), `namespace.egress[0].cidrs[0]: "203.0.113.7/24": is not an address range`},
		{"egress to the metadata address", minimal, "namespace.egress", list(object(), object("cidrs", list("169.254.169.254/32"))), `namespace.egress[1].cidrs[0]: "169.254.169.254/32": is in 169.254.0.0/16, where the metadata address of a cloud is`},
		{"egress to no port", minimal, "namespace.egress", list(object("ports", list(0))), `namespace.egress[0].ports[0]: 0: must be at least 1`},
		{"TLS by chance", minimal, "namespace.tls", "optional", `namespace.tls: "optional": must be one of required, off`},
		{"certificates of no server", minimal, "namespace.tlsGeneration", 2, `namespace.tlsGeneration: would be ignored, because no data service in the cluster has a certificate`},
		{"scratch above its limit", minimal, "web.resources", object("ephemeralStorage", "2Gi", "ephemeralStorageLimit", "1Gi"), `web.resources.ephemeralStorage: "2Gi": may not be above the container's ephemeralStorageLimit, which is 1Gi`},
		{"NGINX without files", minimal, "static", object("store", "image", "server", "nginx"), `static.server: "nginx": needs static.store pod or volume, whose files it sees; static.store is image`},
		{"NGINX for another address", minimal, "static", object("url", "https://cdn.example.com/", "server", "nginx"), `static.url: "https://cdn.example.com/": must be a path below / with static.server nginx`},
		{"NGINX that is not there", minimal, "static.nginx", object("image", "nginx:1"), `static.nginx: would be ignored, because static.server is not nginx`},
		{"server of a bucket", onAWS, "static", object("store", "bucket", "server", "whitenoise"), `static.server: would be ignored, because static.store is bucket`},
		{"truth for an agent", minimal, "monitoring.newRelic", true, `monitoring.newRelic: true: must be of type string, is boolean`},
		{"alerts by a word", minimal, "monitoring.alerts", true, `monitoring.alerts: true: must be of type object, is boolean`},
		{"alerts by name", minimal, "monitoring.alerts", object("severity", "page"), `monitoring.alerts.severity: unknown field`},
		{"labels of annotations", minimal, "monitoring.prometheus", object("scrape", "annotations", "labels", object("a", "b")), `monitoring.prometheus.labels: would be ignored`},
		{"scraping", minimal, "monitoring.prometheus", object("scrape", true), `monitoring.prometheus.scrape: true: must be of type string`},
		{"workers without broker", production, "broker.kind", "none", `broker.kind: "none": workers and beat need a broker`},
		{"no database in production", production, "database", nil, `database.kind: is required in production`},
		{"external database without server", minimal, "database.kind", "external", `database.external: is required, because database.kind is external`},
		{"server beside in-cluster database", minimal, "database.external", object("host", "db", "password", "x"), `database.external: contradicts database.kind in-cluster`},
		{"volume of an external database", minimal, "database", object("kind", "external", "external", object("host", "db", "password", "x"), "volume", object("size", "5Gi")), `database.volume: would be ignored, because database.kind is not in-cluster`},
		{"plain text database in production", production, "database", object("kind", "external", "external", object("host", "db", "password", "x", "sslMode", "disable")), `database.external.sslMode: "disable": production needs TLS`},
		{"plain text cache in production", production, "cache", object("kind", "external", "external", object("host", "c", "password", "x", "tls", "off")), `cache.external.tls: "off": production needs TLS`},
		{"memory of no cache", minimal, "cache", object("kind", "none", "memory", "64Mi"), `cache.memory: would be ignored, because cache.kind is neither in-cluster nor managed`},
		{"RabbitMQ on Google Cloud", onGCP, "broker", object("kind", "managed", "engine", "rabbitmq"), `broker.engine: "rabbitmq": needs broker.kind in-cluster or external, or managed with cloud aws`},
		{"RabbitMQ without memory", production, "broker", object("engine", "rabbitmq", "memory", "64Mi"), `broker.memory: "64Mi": must be at least 192Mi`},
		{"type of Redis' queues", production, "broker", object("queueType", "quorum"), `broker.queueType: would be ignored, because the broker is not RabbitMQ in the cluster`},
		{"type that no queue has", production, "broker", object("engine", "rabbitmq", "queueType", "stream"), `broker.queueType: "stream": must be one of quorum, classic`},
		{"visibility of RabbitMQ", production, "broker", object("engine", "rabbitmq", "visibilityTimeoutSeconds", 7200), `broker.visibilityTimeoutSeconds: would be ignored, because the broker is not Redis`},
		{"backups of a server that somebody else runs", minimal, "database", object("kind", "external", "external", object("host", "db", "password", "x"), "backups", object("store", "volume")), `database.backups.store: "volume": needs database.kind in-cluster`},
		{"schedule of no backups", minimal, "database.backups", object("schedule", "@daily"), `database.backups.schedule: would be ignored, because the database has no backups: database.backups.store is none`},
		{"days of no backups", production, "database.backups", object("store", "none", "keepDays", 7), `database.backups.keepDays: would be ignored`},
		{"backups at no time", production, "database.backups", object("schedule", "nightly"), `database.backups.schedule: "nightly": is not a schedule such as "0 3 * * *"`},
		{"drill in a zone", production, "database.backups", object("drillSchedule", "TZ=Europe/Berlin 0 3 * * *"), `database.backups.drillSchedule: "TZ=Europe/Berlin 0 3 * * *": may not name a zone; it is in UTC`},
		{"backups for no day", production, "database.backups", object("keepDays", 0), `database.backups.keepDays: 0: must be at least 1`},
		{"volume of no backup", production, "database.backups", object("volume", object("size", "1Ki")), `database.backups.volume.size: "1Ki": must be at least 1Mi`},
		{"backups without their bucket", minimal, "database.backups", object("store", "bucket"), `database.backups.bucket.name: is required with database.backups.store bucket and cloud none: the bucket, which exists already`},
		{"bucket without its server", minimal, "database.backups", bucketOf("endpoint", nil), `database.backups.bucket.endpoint: is required with database.backups.store bucket and cloud none: the URL of its server, for instance https://s3.eu-central-1.amazonaws.com`},
		{"bucket without the ID of a key", minimal, "database.backups", bucketOf("accessKeyID", nil), `database.backups.bucket.accessKeyID: is required with database.backups.store bucket and cloud none`},
		{"bucket without a key", minimal, "database.backups", bucketOf("secretAccessKey", nil), `database.backups.bucket.secretAccessKey: is required with database.backups.store bucket and cloud none: its key, by djangostack config secret`},
		{"bucket without TLS", production, "database.backups", bucketOf("endpoint", "http://s3.example.com"), `database.backups.bucket.endpoint: "http://s3.example.com": must begin with https:// in production: the backups have every row`},
		{"bucket with a path", minimal, "database.backups", bucketOf("endpoint", "https://s3.example.com/backups"), `database.backups.bucket.endpoint: [secret]: must be an http or https URL without a path, for instance https://s3.example.com`},
		{"bucket that is no bucket", minimal, "database.backups", bucketOf("name", "My_Backups"), `database.backups.bucket.name: [secret]: must be the name of a bucket`},
		{"program without disk", minimal, "database.backups", object("store", "bucket", "bucket", bucketOf("name", "b-1")["bucket"], "resources", object("ephemeralStorageLimit", "100Mi")), `database.backups.resources.ephemeralStorageLimit: "100Mi": must be at least 256Mi`},
		{"bucket of a volume", production, "database.backups", object("bucket", object("name", "backups")), `database.backups.bucket: would be ignored, because database.backups.store is volume`},
		{"bucket of no backups", minimal, "database.backups", object("bucket", object("name", "backups")), `database.backups.bucket: would be ignored, because the database has no backups: database.backups.store is none`},
		{"volume of a bucket", minimal, "database.backups", object("store", "bucket", "bucket", bucketOf("name", "b-1")["bucket"], "volume", object("size", "5Gi")), `database.backups.volume: would be ignored, because database.backups.store is bucket`},
		{"bucket beside that of the stack", onAWS, "database", object("kind", "in-cluster", "backups", object("store", "bucket", "bucket", object("name", "backups"))), `database.backups.bucket.name: would be ignored, because the stack creates the bucket and the rights on it, since cloud is not none`},
		{"key beside the rights of the pods", onGCP, "database", object("kind", "in-cluster", "backups", object("store", "bucket", "bucket", object("accessKeyID", "GOOG1"))), `database.backups.bucket.accessKeyID: would be ignored, because the stack creates the bucket`},
		{"bucket of a managed server", onAWS, "database.backups", object("store", "bucket"), `database.backups.store: "bucket": needs database.kind in-cluster; a managed server has database.managed.backupDays`},
		{"database name of PostgreSQL", minimal, "database.name", "postgres", `database.name: "postgres": belongs to PostgreSQL`},
		{"database user of PostgreSQL", minimal, "database.user", "pg_monitor", `database.user: "pg_monitor": names that begin with pg_`},
		{"size without unit", minimal, "database.volume.size", "ten", `database.volume.size: "ten": must be`},
		{"size of bytes", minimal, "database.volume.size", "10", `database.volume.size: "10": must be at least 1Mi`},
		{"static folder in tmp", minimal, "static.root", "/tmp/static", `static.root: "/tmp/static": may not lie in /tmp`},
		{"static URL without slash", minimal, "static.url", "static", `static.url: "static": must be`},
		{"volume of no store", minimal, "static.volume.size", "1Gi", `static.volume: would be ignored, because static.store is not volume`},
		{"one-node volume in production", production, "static", object("store", "volume", "accessMode", "ReadWriteOnce"), `static.accessMode: "ReadWriteOnce": with several web pods`},
	}
}
