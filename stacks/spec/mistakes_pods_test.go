package spec_test

// process returns the environment's processes, one named bot with the given fields.
func process(pairs ...any) []any {
	return list(object(append([]any{"name", "bot", "command", list("bot")}, pairs...)...))
}

func podMistakes() []wrong {
	data := list(object("name", "data", "mountPath", "/data"))
	return []wrong{
		{"alias of no address", minimal, "web.hostAliases", list(object("ip", "ldap", "hostnames", list("ldap.example.com"))), `web.hostAliases[0].ip: "ldap": must be an address, for instance 10.0.0.7`},
		{"alias of no name", minimal, "web.hostAliases", list(object("ip", "10.0.0.7", "hostnames", list("ldap.example.com", "LDAP_1"))), `web.hostAliases[0].hostnames[1]: "LDAP_1": must be the name of a host, for instance ldap.example.com`},
		{"root in one process", minimal, "processes", process("runAsUser", 0), `processes[0].runAsUser: 0: is root, which namespace.podSecurity restricted refuses`},
		{"user of the image and a number", minimal, "processes", process("runAsUserFrom", "image", "runAsUser", 5), `processes[0].runAsUser: 5: would be ignored, because processes[0].runAsUserFrom is image`},
		{"user above the range", minimal, "app.runAsUser", 4294967296, `app.runAsUser`},
		{"image without a tag", minimal, "processes", process("image", "nginx"), `processes[0].image: "nginx": must end in a tag or a digest`},
		{"variable from a Secret and plain", minimal, "processes", process("env", object("A", "1"), "secretKeyRefs", object("A", object("name", "s", "key", "k"))), `processes[0].secretKeyRefs.A: is in processes[0].env too; keep one of them`},
		{"name that is no variable", minimal, "processes", process("secretKeyRefs", object("a-b", object("name", "s", "key", "k"))), `processes[0].secretKeyRefs.a-b: is not a variable name`},
		{"variables from nothing", minimal, "processes", process("envFrom", list(object("prefix", "A_"))), `processes[0].envFrom[0]: names one object: either secret or configMap`},
		{"variables from two objects", minimal, "processes", process("envFrom", list(object("secret", "a", "configMap", "b"))), `processes[0].envFrom[0]: names one object`},
		{"label of the environment", minimal, "web.labels", object("app.kubernetes.io/name", "x"), `web.labels.app.kubernetes.io/name: is a label that the environment sets itself`},
		{"label that is no key", minimal, "web.labels", object("a b", "x"), `web.labels.a b: is not a label's key`},
		{"label that is no value", minimal, "web.labels", object("team", "a b"), `web.labels.team: "a b": is not a label's value`},
		{"port of the process", minimal, "processes", process("ports", list(object("name", "http", "containerPort", 1))), `processes[0].ports[0].name: "http": is taken`},
		{"port twice", minimal, "processes", process("ports", list(object("name", "a", "containerPort", 9), object("name", "b", "containerPort", 9))), `processes[0].ports[1].containerPort: 9: is a port of the same pods already`},
		{"port of a Service without a port", minimal, "processes", process("servicePort", 80), `processes[0].servicePort: 80: would be ignored, because processes[0].port is not set`},
		{"Service of a process without a port", minimal, "processes", process("service", object("type", "NodePort")), `processes[0].service: would be ignored, because processes[0].port is not set`},
		{"Service of a kind that does not exist", minimal, "processes", process("port", 25, "service", object("type", "ExternalName")), `processes[0].service.type: "ExternalName": must be one of ClusterIP, NodePort, LoadBalancer`},
		{"Service port of a worker", production, "workers", list(object("name", "a", "ports", list(object("name", "a", "containerPort", 9, "servicePort", 9)))), `workers[0].ports[0].servicePort: 9: would be ignored: the process has no Service`},
		{"Service port of a process without a port", minimal, "processes", process("ports", list(object("name", "a", "containerPort", 9, "servicePort", 9))), `processes[0].ports[0].servicePort: 9: would be ignored`},
		{"port of a Service twice", minimal, "web.ports", list(object("name", "a", "containerPort", 9, "servicePort", 80)), `web.ports[0].servicePort: 80: is a port of the same Service already`},
		{"metrics on a closed port", minimal, "monitoring.prometheus", object("scrape", "annotations", "port", 9113), `monitoring.prometheus.port: 9113: is not a port of the web pods that others may connect to: add it to web.ports`},
		{"reference to a variable of the app", minimal, "processes", process("appEnvironment", false, "env", object("DSN", "$(DATABASE_URL)")), `processes[0].env.DSN: refers to DATABASE_URL, which the process does not have, because processes[0].appEnvironment is false`},
		{"size of no schedule", production, "beat", object("enabled", true, "scheduleStore", "database", "scheduleSize", "1Gi"), `beat.scheduleSize: would be ignored, because beat.scheduleStore is not volume`},
		{"replica that the environment lacks", minimal, "app.bindings", object("READ", "database.replicaURL"), `app.bindings.READ: "database.replicaURL": is a value that this environment does not have, because the database has no read replicas`},
		{"files that no step collects", minimal, "", map[string]any{"release": object("steps", []any{}), "static": object("store", "volume")}, `release.steps: never collects the static files`},
		{"container twice", minimal, "processes", process("sidecars", list(object("name", "a"), object("name", "a"))), `processes[0].sidecars[1].name: "a": is the name of processes[0].sidecars[0] already`},
		{"init container with the name of a sidecar", minimal, "processes", process("initContainers", list(object("name", "a")), "sidecars", list(object("name", "a"))), `processes[0].sidecars[0].name: "a": is the name of processes[0].initContainers[0] already`},
		{"container of the program", minimal, "", map[string]any{"static.server": "nginx", "web.sidecars": list(object("name", "nginx"))}, `web.sidecars[0].name: "nginx": is taken`},
		{"container with the name of the process' own", minimal, "processes", process("sidecars", list(object("name", "process-bot"))), `processes[0].sidecars[0].name: "process-bot": is taken; the pods have process-bot already`},
		{"container with the name of a release command", minimal, "release.sidecars", list(object("name", "migrate")), `release.sidecars[0].name: "migrate": is taken`},
		{"port that the process listens on itself", minimal, "processes", process("port", 9000, "ports", list(object("name", "a", "containerPort", 9000))), `processes[0].ports[0].containerPort: 9000: is a port of the same pods already`},
		{"ports of the release", minimal, "release.ports", list(object("name", "a", "containerPort", 9)), `release.ports: would be ignored: the release's Jobs serve nothing`},
		{"container's image without a tag", minimal, "web.sidecars", list(object("name", "a", "image", "envoy")), `web.sidecars[0].image: "envoy": must end in a tag or a digest`},
		{"container's variable", minimal, "web.sidecars", list(object("name", "a", "env", object("POD_NAME", "x"))), `web.sidecars[0].env.POD_NAME: describes the pod itself`},
		{"container's circle", minimal, "web.sidecars", list(object("name", "a", "env", object("A", "$(B)", "B", "$(A)"))), `web.sidecars[0].env`},
		{"container's resources", minimal, "web.sidecars", list(object("name", "a", "resources", object("memory", "2Gi", "memoryLimit", "1Gi"))), `web.sidecars[0].resources.memory: "2Gi": may not be above`},
		{"probe of an init container", minimal, "processes", process("initContainers", list(object("name", "a", "probes", object("liveness", object("handler", "tcpSocket", "port", 1))))), `processes[0].initContainers[0].probes: would be ignored: an init container runs to its end`},
		{"sidecar's probe of no port", minimal, "web.sidecars", list(object("name", "a", "probes", object("liveness", object("handler", "tcpSocket")))), `web.sidecars[0].probes.liveness.port: is required with handler tcpSocket`},
		{"sidecar's probe without a handler", minimal, "web.sidecars", list(object("name", "a", "probes", object("liveness", object("periodSeconds", 5)))), `web.sidecars[0].probes.liveness.handler: is required`},
		{"sidecar as root", minimal, "web.sidecars", list(object("name", "a", "runAsUser", 0)), `web.sidecars[0].runAsUser: 0: is root, which namespace.podSecurity restricted refuses`},
		{"init container as root", minimal, "processes", process("initContainers", list(object("name", "a", "runAsUser", 0))), `processes[0].initContainers[0].runAsUser: 0: is root`},
		{"mount of no volume", minimal, "processes", process("volumes", data, "sidecars", list(object("name", "a", "volumeMounts", list(object("name", "date", "mountPath", "/d"))))), `processes[0].sidecars[0].volumeMounts[0].name: "date": is not the name of a volume of the same process; its volumes are: data`},
		{"two mounts on one path", minimal, "processes", process("volumes", data, "sidecars", list(object("name", "a", "volumeMounts", list(object("name", "data", "mountPath", "/d"), object("name", "data", "mountPath", "/d/"))))), `processes[0].sidecars[0].volumeMounts[1].mountPath: "/d/": is taken`},
		{"sub path without a path", minimal, "processes", process("volumes", list(object("name", "data", "subPath", "a"))), `processes[0].volumes[0].subPath: "a": is a path inside the volume`},
		{"sub path out of the volume", minimal, "processes", process("volumes", list(object("name", "data", "mountPath", "/d", "subPath", "a/../../b"))), `processes[0].volumes[0].subPath`},
		{"update strategy that does not exist", minimal, "web.strategy", "OnDelete", `web.strategy: "OnDelete": must be one of RollingUpdate, Recreate`},
		{"own command in production without its connections", production, "web.command", list("serve"), `web.databaseConnections: is required in production with a command of the app's own`},
		{"the image's server in production without its connections", production, "web.server", "image", `web.databaseConnections: is required in production`},
	}
}
