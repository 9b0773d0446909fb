package spec_test

// ownServerMistakes are those of servers of the app's own, and of apps without PostgreSQL.
func ownServerMistakes() []wrong {
	shm := func(pairs ...any) []any {
		return list(object(append([]any{"name", "shm", "mountPath", "/dev/shm"}, pairs...)...))
	}
	without := func(path string, value any) map[string]any {
		return map[string]any{"database.kind": "none", path: value}
	}
	worker := func(pairs ...any) []any { return list(object(append([]any{"name", "mail"}, pairs...)...)) }
	template := func(text string) map[string]any {
		return map[string]any{"processes": serving(), "secrets": list(object("name", "conf", "templates", object("app.yml", text), "generate", object("key", object())))}
	}
	folder := func(path, volume string) map[string]any {
		return map[string]any{"static.server": "nginx", "static.nginx": object("folders", list(object("path", path, "volume", volume))), "web.volumes": list(object("name", "uploads", "mountPath", "/srv/media"))}
	}
	return []wrong{
		{"folder of no volume", minimal, "", folder("/media", "upload"), `static.nginx.folders[0].volume: "upload": is not the name of a volume in web.volumes (did you mean uploads?)`},
		{"folder at the static files", minimal, "", folder("/static/", "uploads"), `static.nginx.folders[0].path: "/static/": is the path of static.url already`},
		{"folder above its volume", minimal, "", folder("/media/../x", "uploads"), `static.nginx.folders[0].path: "/media/../x": must be a path below /, without ..`},
		{"folder without NGINX", minimal, "static.nginx", object("folders", list(object("path", "/media", "volume", "uploads"))), `static.nginx: would be ignored, because static.server is not nginx`},
		{"password of the cache that is bound and not there", minimal, "", map[string]any{"cache.kind": "external", "cache.external": object("host", "c.example.com", "auth", "off"), "app.bindings": object("PW", "cache.password")}, `app.bindings.PW: "cache.password": is a value that this environment does not have, because cache.external.auth is off`},
		{"app's code before the release", minimal, "processes", serving("start", "before-release", "image", "registry.example.com/blog:1.0"), `processes[2].start: "before-release": would run the app's code before the release has migrated the database: set processes[2].image to that of the server, or leave processes[2].start out`},
		{"callers of a process without a port", minimal, "processes", list(object("name", "bot", "command", list("bot"), "callers", "environment")), `processes[0].callers: "environment": would be ignored, because processes[0].port is not set`},
		{"callers of a process for everyone", minimal, "processes", serving("callers", "environment", "service", object("type", "LoadBalancer")), `processes[2].callers: "environment": contradicts processes[2].service.type LoadBalancer`},
		{"callers of a process behind a route", minimal, "", map[string]any{"processes": serving("callers", "environment"), "web.ingress": object("ingressClassName", "nginx", "host", "blog.example.com"), "routes": list(object("path", "/", "process", "frontend"))}, `processes[2].callers: "environment": contradicts the route that leads to frontend`},
		{"TLS of no Redis", minimal, "", map[string]any{"cache.kind": "none", "cache.tls": "off"}, `cache.tls: would be ignored, because cache.kind is not in-cluster`},
		{"name of a Service twice", minimal, "", map[string]any{"web.service.name": "api", "processes": serving("service", object("name", "api"))}, `processes[2].service.name: "api": is the name of web.service.name already`},
		{"name of a Service of the environment", minimal, "processes", serving("service", object("name", "blog-postgres")), `processes[2].service.name: "blog-postgres": may not begin with blog-, as the names that the environment gives itself do`},
		{"name of the cluster's own Service", minimal, "web.service.name", "kubernetes", `web.service.name: "kubernetes": is the name of the API server of the cluster already`},
		{"name of no Service", minimal, "processes", list(object("name", "bot", "command", list("bot"), "service", object("name", "bot"))), `processes[0].service: would be ignored, because processes[0].port is not set`},
		{"misspelt start", minimal, "processes", serving("start", "before"), `processes[2].start: "before": must be one of after-release, before-release`},
		{"address in an argument", minimal, "processes", serving("args", list("--to", "$(process:apo.url)")), `processes[2].args[1]: names the process apo, which has no Service (did you mean api?)`},
		{"address in a command of the release", minimal, "release.before", list(object("name", "index", "command", list("index", "$(process:web.adress)"))), `release.before[0].command[1]: must ask for a part of the address of web: $(process:web.url), .host or .port`},
		{"address in a file", minimal, "app.files", object("/etc/proxy.conf", "$(process:wep.url)"), `names the process wep, which has no Service (did you mean web?)`},
		{"address in an entry of a ConfigMap", minimal, "configMaps", list(object("name", "proxy", "entries", object("proxy.conf", "$(process:wep.url)"))), `configMaps[0].entries.proxy.conf: names the process wep, which has no Service (did you mean web?)`},
		{"address in a probe", minimal, "web.probes", object("liveness", object("handler", "exec", "command", list("curl", "$(process:web)"))), `web.probes.liveness.command[1]: must ask for a part of the address of web`},
		{"volume in memory without a size", minimal, "web.volumes", shm("medium", "Memory"), `web.volumes[0].sizeLimit: is required with web.volumes[0].medium Memory, for instance 64Mi`},
		{"volume in memory of all memory", minimal, "web.volumes", shm("medium", "Memory", "sizeLimit", "512Mi"), `web.volumes[0].sizeLimit: "512Mi": must be below web.resources.memoryLimit, which is 512Mi`},
		{"volume in memory of a Secret", minimal, "web.volumes", shm("medium", "Memory", "source", "secret", "from", "stripe"), `web.volumes[0].medium: "Memory": would be ignored, because web.volumes[0].source is not emptyDir`},
		{"shared memory on the disk", minimal, "web.volumes", shm(), `web.volumes[0].mountPath: "/dev/shm": may not lie in /dev, which the pods have already; with web.volumes[0].medium Memory a volume may be at /dev/shm`},
		{"URL of no database", minimal, "", without("app.bindings", object("MY_DB", "database.url")), `app.bindings.MY_DB: "database.url": is a value that this environment does not have, because database.kind is none`},
		{"variable of no database", minimal, "", without("app.env", object("MY_DB", "$(DATABASE_URL)")), `app.env.MY_DB: names the variable DATABASE_URL, which this environment does not have, because database.kind is none`},
		{"pooler of no database", minimal, "", without("database.pooler.kind", "pgbouncer"), `database.pooler.kind: "pgbouncer": needs a database, and database.kind is none`},
		{"backups of no database", minimal, "", without("database.backups.store", "volume"), `database.backups.store: "volume": needs database.kind in-cluster`},
		{"lock of no database", minimal, "", without("release.migrate.advisoryLock", 7), `release.migrate.advisoryLock: would be ignored, because it is a lock of PostgreSQL, and database.kind is none`},
		{"lock timeout of no database", minimal, "", without("release.lockTimeoutSeconds", 5), `release.lockTimeoutSeconds: would be ignored, because database.kind is none`},
		{"extensions of no database", minimal, "", without("database.extensions", list("hstore")), `database.extensions: would be ignored, because database.kind is none`},
		{"connections of no database", minimal, "", without("web.databaseConnections", 5), `web.databaseConnections: would be ignored, because database.kind is none`},
		{"connections of a worker without a database", minimal, "", map[string]any{"database.kind": "none", "app.celeryApp": "blog", "workers": worker("databaseConnections", 5)}, `workers[0].databaseConnections: would be ignored, because database.kind is none`},
		{"tasks of no database", minimal, "", without("workers", worker("kind", "django-tasks", "autoscaling", object("by", "queue", "maxReplicas", 3))), `workers[0].autoscaling.by: "queue": needs a database, whose tasks it counts, and database.kind is none`},
		{"misspelt value in a template", minimal, "", template("$(value:database.pasword)"), `secrets[0].templates.app.yml: refers to database.pasword, which is not a value of the environment contract (did you mean database.password?)`},
		{"value in a template that the environment lacks", minimal, "", template("$(value:broker.url)"), `secrets[0].templates.app.yml: refers to broker.url, which this environment does not have, because broker.kind is none`},
		{"entry of no Secret in a template", minimal, "", template("$(secret:cnf.key)"), `secrets[0].templates.app.yml: refers to the Secret cnf, which is not one of secrets (did you mean conf?)`},
		{"entry that a Secret lacks in a template", minimal, "", template("$(secret:conf.token)"), `secrets[0].templates.app.yml: refers to the entry token of the Secret conf, which has key`},
		{"template of a template", minimal, "", template("$(secret:conf.app.yml)"), `secrets[0].templates.app.yml: refers to the entry app.yml of the Secret conf, which has key`},
		{"address in a template", minimal, "", template("$(process:apu.url)"), `secrets[0].templates.app.yml: names the process apu, which has no Service (did you mean api?)`},
		{"template without a reference", minimal, "", template("level: info"), `secrets[0].templates.app.yml: has no reference such as $(value:database.password): write it into configMaps[].entries`},
		{"template of a generated entry", minimal, "secrets", list(object("name", "conf", "templates", object("key", "$(value:database.url)"), "generate", object("key", object()))), `secrets[0].templates.key: is in entries or generate of the Secret too; keep one of them`},
		{"variable in a file", minimal, "app.files", object("/etc/app.yml", "url: $(DATABASE_URL)"), `names the variable DATABASE_URL, which nothing replaces in a file: write $(value:database.url) into a template of secrets[].templates; $$(DATABASE_URL) stays as text`},
		{"value in a ConfigMap", minimal, "configMaps", list(object("name", "conf", "entries", object("app.yml", "$(value:database.host)"))), `configMaps[0].entries.app.yml: has a reference $(value:, which only secrets[].templates replace: write the file into templates of one of secrets, and mount it with a volume of source secret`},
		{"Secret in a variable", minimal, "app.env", object("KEY", "$(secret:conf.key)"), `app.env.KEY: has a reference $(secret:, which only secrets[].templates replace: bind a variable in app.bindings, or take it from a Secret in secretKeyRefs, and write $(NAME)`},
	}
}
