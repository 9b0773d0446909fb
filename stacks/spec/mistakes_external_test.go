package spec_test

// ref names an entry of a Secret.
func ref(name, key string) map[string]any { return object("name", name, "key", key) }

// at is the section of an external server, with its host.
func at(pairs ...any) map[string]any {
	return object("kind", "external", "external", object(append([]any{"host", "server.example.com"}, pairs...)...))
}

// rabbit is the section of an external RabbitMQ.
func rabbit(pairs ...any) map[string]any {
	section := at(pairs...)
	section["engine"] = "rabbitmq"
	return section
}

// named is an external database of a name and a user.
func named(name, user string) map[string]any {
	section := at("password", "x")
	section["name"], section["user"] = name, user
	return section
}

// own is an environment that has the Secret itself, and a server that uses it.
func own(service string, entries map[string]any, section map[string]any) map[string]any {
	return map[string]any{"secrets": list(object("name", "own", "entries", entries)), service: section}
}

func externalMistakes() []wrong {
	stored := ref("db", "password")
	composed := func(template string) map[string]any {
		return map[string]any{"secrets": list(object("name", "own", "entries", object("password", "x"), "templates", object("app.yml", template)))}
	}
	fromComposed := composed("at $(value:app.release)")
	fromComposed["cache"] = at("passwordSecretKeyRef", ref("own", "password"))
	storedInFile := composed("dsn: $(value:database.url)")
	storedInFile["database"] = at("passwordSecretKeyRef", stored)
	inFile := map[string]any{"app.files": object("/etc/app.yml", "url: $(DATABASE_URL)"), "database": at("passwordSecretKeyRef", stored)}
	empty := own("database", object("password", ""), at("passwordSecretKeyRef", ref("own", "password")))
	return []wrong{
		{"reference without a name", minimal, "", composed("a=$(value:) b=$(value:app.release)"), `secrets[0].templates.app.yml: has the reference $(value:) without a name: write $(value:database.password)`},
		{"stored password in a file", minimal, "", inFile, `names the variable DATABASE_URL, which nothing replaces in a file, and whose value database.external.passwordSecretKeyRef has: use the variable in the process`},
		{"own password that is empty", minimal, "", empty, `database.external.passwordSecretKeyRef: names an entry that is empty: give it a value`},
		{"stored password in a composed Secret", minimal, "", fromComposed, `cache.external.passwordSecretKeyRef.name: "own": is a Secret with templates, which may be composed of this server's values: put the entry into another one of secrets`},
		{"stored password in a template", minimal, "", storedInFile, `secrets[0].templates.app.yml: refers to database.url, of which the configuration has no copy, because database.external.passwordSecretKeyRef names a Secret: give the process that Secret as variables (secretKeyRefs), or the server's password here`},
		{"external database without a password", minimal, "database", at(), `database.external.password: is required; or database.external.passwordSecretKeyRef, if a Secret of the namespace has it`},
		{"external cache without a password", minimal, "cache", at(), `cache.external.password: is required; or cache.external.passwordSecretKeyRef, if a Secret of the namespace has it, or cache.external.auth: "off", if the server asks for none`},
		{"password in two places", minimal, "database", at("password", "x", "passwordSecretKeyRef", stored), `database.external.passwordSecretKeyRef: contradicts database.external.password; keep one of them`},
		{"encoded password beside one of the configuration", minimal, "cache", at("password", "x", "urlPasswordSecretKeyRef", stored), `cache.external.urlPasswordSecretKeyRef: needs cache.external.passwordSecretKeyRef`},
		{"stored user beside a password of the configuration", minimal, "broker", at("password", "x", "userSecretKeyRef", stored), `broker.external.userSecretKeyRef: needs broker.external.passwordSecretKeyRef`},
		{"user of a database in two places", minimal, "", map[string]any{"database": object("kind", "external", "user", "shop", "external", object("host", "db", "passwordSecretKeyRef", stored, "userSecretKeyRef", ref("db", "user")))}, `database.user: would be ignored, because database.external.userSecretKeyRef names the user`},
		{"user of a cache in two places", minimal, "cache", at("user", "shop", "passwordSecretKeyRef", stored, "userSecretKeyRef", ref("db", "user")), `cache.external.userSecretKeyRef: contradicts cache.external.user; keep one of them`},
		{"password that no server asks for", minimal, "cache", at("auth", "off", "password", "x"), `cache.external.password: contradicts cache.external.auth off`},
		{"user that no server asks for", minimal, "cache", at("auth", "off", "user", "shop"), `cache.external.user: contradicts cache.external.auth off`},
		{"stored password that no server asks for", minimal, "broker", at("auth", "off", "passwordSecretKeyRef", stored), `broker.external.passwordSecretKeyRef: contradicts broker.external.auth off`},
		{"way to sign in that Redis lacks", minimal, "cache", at("auth", "token"), `must be one of required, off`},
		{"Secret of a name that no object has", minimal, "database", at("passwordSecretKeyRef", ref("db..pass", "password")), `database.external.passwordSecretKeyRef.name`},
		{"Secret without a key", minimal, "database", at("passwordSecretKeyRef", object("name", "db")), `database.external.passwordSecretKeyRef.key: is required`},
		{"text for an entry", minimal, "database", at("passwordSecretKeyRef", "db/password"), `database.external.passwordSecretKeyRef: [secret]: must be of type object`},
		{"entry that an own Secret lacks", minimal, "", own("cache", object("PASSWORD", "x"), at("passwordSecretKeyRef", ref("own", "password"))), `cache.external.passwordSecretKeyRef.key: is not an entry of the Secret own in secrets, which has PASSWORD`},
		{"own password that no URL can have", minimal, "", own("cache", object("PASSWORD", "a/b"), at("passwordSecretKeyRef", ref("own", "PASSWORD"))), `cache.external.passwordSecretKeyRef: names an entry that has characters that a URL must have percent-encoded, which Kubernetes does not do, and it is a part of CACHE_LOCATION, CACHE_URL, REDIS_URL: add an entry with the encoded password and name it in cache.external.urlPasswordSecretKeyRef`},
		{"own password that is not encoded", minimal, "", own("database", object("PASSWORD", "a/b"), at("passwordSecretKeyRef", ref("own", "PASSWORD"), "urlPasswordSecretKeyRef", ref("own", "PASSWORD"))), `database.external.urlPasswordSecretKeyRef: names an entry that is not percent-encoded, and it is a part of DATABASE_URL: encode every character but letters, digits and -._~ as %XX`},
		{"own user that no URL can have", minimal, "", own("broker", object("USER", "a@b", "PASSWORD", "x"), rabbit("passwordSecretKeyRef", ref("own", "PASSWORD"), "userSecretKeyRef", ref("own", "USER"))), `broker.external.userSecretKeyRef: names an entry that has characters that a URL must have percent-encoded, which Kubernetes does not do, and it is a part of CELERY_BROKER_URL: choose another user`},
		{"generated password that no URL can have", minimal, "", map[string]any{"secrets": list(object("name", "own", "generate", object("PASSWORD", object("alphabet", "ab/")))), "cache": at("passwordSecretKeyRef", ref("own", "PASSWORD"))}, `cache.external.passwordSecretKeyRef: names an entry that has characters`},
		{"password that libpq cannot find", minimal, "", map[string]any{"database": at("passwordSecretKeyRef", stored), "app.unset": list("PGPASSWORD")}, `app.unset[0]: "PGPASSWORD": is where libpq finds what DATABASE_URL leaves out`},
		{"encoded password of no entry", minimal, "", map[string]any{"database": at("passwordSecretKeyRef", stored), "app.bindings": object("PASSWORD", "database.urlPassword")}, `app.bindings.PASSWORD: "database.urlPassword": is a value that this environment does not have, because no entry of a Secret holds the percent-encoded password (database.external.urlPasswordSecretKeyRef)`},
		{"password of an open cache", minimal, "", map[string]any{"cache": at("auth", "off"), "app.bindings": object("PASSWORD", "cache.password")}, `app.bindings.PASSWORD: "cache.password": is a value that this environment does not have, because cache.external.auth is off`},
		{"user of an open broker", minimal, "", map[string]any{"broker": at("auth", "off"), "app.bindings": object("WHO", "broker.user")}, `app.bindings.WHO: "broker.user": is a value that this environment does not have, because broker.external.auth is off`},
		{"number that no Redis has", minimal, "cache", at("password", "x", "number", -1), `cache.external.number`},
		{"number of a RabbitMQ", minimal, "broker", rabbit("user", "shop", "password", "x", "number", 2), `broker.external.number: would be ignored, because broker.engine is rabbitmq, which has virtual hosts`},
		{"results in a RabbitMQ's database", minimal, "broker", rabbit("user", "shop", "password", "x", "resultNumber", 2), `broker.external.resultNumber: would be ignored`},
		{"virtual host of a Redis", minimal, "broker", at("password", "x", "virtualHost", "shop"), `broker.external.virtualHost: would be ignored, because broker.engine is redis`},
		{"consumers of a Redis", minimal, "broker", at("password", "x", "consumerTimeoutSeconds", 3600), `broker.external.consumerTimeoutSeconds: would be ignored, because broker.engine is redis`},
		{"RabbitMQ without a user", minimal, "broker", rabbit("password", "x"), `broker.external.user: is required with broker.engine rabbitmq; or broker.external.userSecretKeyRef`},
		{"RabbitMQ for anybody", minimal, "broker", rabbit("auth", "off"), `broker.external.auth: "off": is for Redis: RabbitMQ needs a user and a password`},
		{"plain text RabbitMQ in production", production, "broker", rabbit("user", "shop", "password", "x", "tls", "off"), `broker.external.tls: "off": production needs TLS`},
		{"task longer than the server's patience", minimal, "", map[string]any{"app.celeryApp": "shop", "broker": rabbit("user", "shop", "password", "x", "consumerTimeoutSeconds", 7200), "workers": list(object("name", "a", "longestTaskSeconds", 10800))}, `workers[0].longestTaskSeconds: 10800: may not be above 7200`},
		{"replicas of a RabbitMQ", minimal, "broker", rabbit("user", "shop", "password", "x", "replicas", list("r")), `broker.external.replicas: would be ignored`},
		{"queue in the cache's database", minimal, "", map[string]any{"cache": at("password", "x"), "broker": at("password", "x")}, `broker.external.number: 0: is the database of the cache on the same server, and clearing the cache would remove its messages: give it another`},
		{"results in the cache's database", minimal, "", map[string]any{"cache": at("password", "x", "number", 1), "broker": at("password", "x")}, `broker.external.resultNumber: 1: is the database of the cache on the same server`},
		{"capitals in a name that is created", minimal, "database.name", "Shop", `database.name: "Shop": may have lower-case letters, digits and underscores, and begins with no digit; a name that exists on another server needs database.kind external`},
		{"hyphen in a user that is created", minimal, "database.user", "shop-rw", `database.user: "shop-rw": may have lower-case letters, digits and underscores`},
		{"name longer than PostgreSQL's", minimal, "database.name", "a123456789012345678901234567890123456789012345678901234567890123", `database.name`},
		{"quote in an existing name", minimal, "database", named(`a"b`, "shop"), `database.name: "a\"b": may have letters, digits, underscores, dots and hyphens`},
		{"space in an existing user", minimal, "database", named("shop", "the shop"), `database.user: "the shop": may have letters, digits, underscores, dots, hyphens and @`},
		{"hyphen at the front", minimal, "database", named("-shop", "shop"), `database.name: "-shop": may have`},
		{"template of PostgreSQL", minimal, "database", named("template1", "shop"), `database.name: "template1": is a template of PostgreSQL: choose another`},
		{"existing role of PostgreSQL", minimal, "database", named("shop", "pg_monitor"), `database.user: "pg_monitor": names that begin with pg_`},
		{"pool's own database", minimal, "", map[string]any{"database": object("kind", "external", "name", "pgbouncer", "pooler", object("kind", "pgbouncer"), "external", object("host", "db", "password", "x"))}, `database.name: "pgbouncer": is PgBouncer's own database: set database.pooler.kind to none`},
		{"address in brackets", minimal, "database", object("kind", "external", "external", object("host", "[2001:db8::1]", "password", "x")), `database.external.host: must be a host name or an address alone: without scheme, user, port, path and brackets`},
		{"stored password on a new cluster", onAWS, "cache", at("passwordSecretKeyRef", stored), `cache.external.passwordSecretKeyRef: needs the Secret db, which a cluster that this stack creates does not have at first`},
	}
}
