package spec_test

func contractMistakes() []wrong {
	tls := func(path string) map[string]any {
		return object("namespace.tls", "required", "app.bindings", object("A", path))
	}
	return []wrong{
		{"URL without options of a private authority", minimal, "", tls("cache.plainURL"), `app.bindings.A: "cache.plainURL": is a value that this environment does not have, because a private authority signs the server's certificate, and only the options of cache.url name its file: use cache.url or cache.location, or bind SSL_CERT_DIR: openssl.certDir`},
		{"folders of authorities without TLS", minimal, "app.bindings", object("SSL_CERT_DIR", "openssl.certDir"), `app.bindings.SSL_CERT_DIR: "openssl.certDir": is a value that this environment does not have, because no private authority signs a server's certificate`},
		{"authority without TLS", minimal, "app.bindings", object("A", "database.caFile"), `app.bindings.A: "database.caFile": is a value that this environment does not have, because no private authority signs the server's certificate`},
		{"authority of a cache without TLS", minimal, "app.bindings", object("A", "cache.caFile"), `app.bindings.A: "cache.caFile": is a value that this environment does not have`},
		{"virtual host of Redis", minimal, "", object("workers", list(object("name", "w", "command", list("w"))), "app.bindings", object("A", "broker.virtualHost")), `app.bindings.A: "broker.virtualHost": is a value that this environment does not have, because broker.engine is redis, whose databases have numbers`},
		{"part of a broker that is not there", minimal, "app.bindings", object("A", "broker.host"), `app.bindings.A: "broker.host": is a value that this environment does not have, because broker.kind is none`},
		{"part of a search engine that is not there", minimal, "app.bindings", object("A", "search.password"), `app.bindings.A: "search.password": is a value that this environment does not have, because search.kind is none`},
		{"misspelt part", minimal, "app.bindings", object("A", "cache.hots"), `app.bindings.A: "cache.hots": is not a value of the environment contract (did you mean cache.host?)`},
		{"profile of another template", minimal, "app.profiles", list("cookiecutter"), `app.profiles[0]: "cookiecutter": must be one of django-app-prefix, service-host, unprefixed, cookiecutter-django, redis-queue`},
		{"secret of a profile in plain text", minimal, "app", object("name", "blog", "image", "a:1", "settingsModule", "b", "profiles", list("unprefixed"), "env", object("DB_PASSWORD", "x")), `app.env.DB_PASSWORD: holds a secret (database.password): put it in app.secretEnv`},
	}
}
