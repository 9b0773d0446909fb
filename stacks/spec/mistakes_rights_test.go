package spec_test

// rightsMistakes are wrong rights, fields, folders, hooks, protocols and drivers of containers.
func rightsMistakes() []wrong {
	sidecar := func(pairs ...any) map[string]any {
		return map[string]any{"web.sidecars": list(object(append([]any{"name", "proxy"}, pairs...)...))}
	}
	before := func(pairs ...any) map[string]any {
		return map[string]any{"web.initContainers": list(object(append([]any{"name", "wait"}, pairs...)...))}
	}
	ports := func(first, second []any) map[string]any {
		return map[string]any{"web.ports": list(object(first...), object(second...))}
	}
	csi := func(pairs ...any) map[string]any {
		return map[string]any{"web.volumes": list(object(append([]any{"name", "vault", "mountPath", "/vault", "source", "csi"}, pairs...)...))}
	}
	in := func(level string, more map[string]any) map[string]any {
		more["namespace.podSecurity"] = level
		return more
	}
	return []wrong{
		{"capability with its prefix", minimal, "web.capabilities", list("CAP_NET_BIND_SERVICE"), `web.capabilities[0]: "CAP_NET_BIND_SERVICE": must be written without CAP_: NET_BIND_SERVICE`},
		{"misspelt capability", minimal, "web.capabilities", list("NET_BIND"), `web.capabilities[0]: "NET_BIND": is no capability of Linux`},
		{"capability in small letters", minimal, "web.capabilities", list("net_raw"), `web.capabilities[0]: "net_raw": is no capability of Linux (did you mean NET_RAW?)`},
		{"all capabilities", minimal, "web.capabilities", list("ALL"), `web.capabilities[0]: "ALL": is no capability of Linux`},
		{"capability twice", minimal, "web.capabilities", list("CHOWN", "CHOWN"), `web.capabilities`},
		{"capability of a restricted namespace", minimal, "app.capabilities", list("CHOWN"), `app.capabilities[0]: "CHOWN": is what namespace.podSecurity restricted refuses, which admits NET_BIND_SERVICE alone; set namespace.podSecurity to baseline`},
		{"capability that needs a privileged namespace", minimal, "", sidecar("capabilities", list("SYS_PTRACE")), `web.sidecars[0].capabilities[0]: "SYS_PTRACE": is what namespace.podSecurity restricted refuses, which admits NET_BIND_SERVICE alone; set namespace.podSecurity to privileged`},
		{"capability of a baseline namespace", minimal, "", in("baseline", before("capabilities", list("NET_RAW"))), `web.initContainers[0].capabilities[0]: "NET_RAW": is what namespace.podSecurity baseline refuses; set namespace.podSecurity to privileged`},
		{"capability on Autopilot", onGCP, "", in("privileged", map[string]any{"web.capabilities": list("SYS_ADMIN")}), `web.capabilities[0]: "SYS_ADMIN": is what GKE Autopilot refuses; set cluster.mode to nodes`},
		{"more rights in a restricted namespace", minimal, "app.allowPrivilegeEscalation", true, `app.allowPrivilegeEscalation: true: is what namespace.podSecurity restricted refuses; set namespace.podSecurity to baseline`},
		{"more rights of a sidecar in a restricted namespace", minimal, "", sidecar("allowPrivilegeEscalation", true), `web.sidecars[0].allowPrivilegeEscalation: true: is what namespace.podSecurity restricted refuses`},
		{"misspelt field", minimal, "web.fieldRefs", object("NODE", "spec.nodename"), `web.fieldRefs.NODE: "spec.nodename": is no field of a pod that a variable can have (did you mean spec.nodeName?)`},
		{"field that a variable cannot have", minimal, "web.fieldRefs", object("NODE", "spec.containers"), `web.fieldRefs.NODE: "spec.containers": is no field of a pod that a variable can have`},
		{"label without quotes", minimal, "web.fieldRefs", object("TEAM", "metadata.labels[team]"), `web.fieldRefs.TEAM: "metadata.labels[team]": is no field of a pod`},
		{"field and value", minimal, "processes", process("env", object("NODE", "a"), "fieldRefs", object("NODE", "spec.nodeName")), `processes[0].fieldRefs.NODE: is in processes[0].env too; keep one of them`},
		{"field and entry", minimal, "processes", process("secretKeyRefs", object("NODE", object("name", "a", "key", "b")), "fieldRefs", object("NODE", "spec.nodeName")), `processes[0].fieldRefs.NODE: is in processes[0].secretKeyRefs too; keep one of them`},
		{"name of a field that is no variable", minimal, "", sidecar("fieldRefs", object("1NODE", "spec.nodeName")), `web.sidecars[0].fieldRefs.1NODE: is not a variable name: letters, digits, underscores and dots`},
		{"another value of the pod's name", minimal, "web.fieldRefs", object("POD_NAME", "spec.nodeName"), `web.fieldRefs.POD_NAME: describes the pod itself and cannot be overridden`},
		{"dot in a variable of the app", minimal, "app.env", object("discovery.type", "single-node"), `app.env.discovery.type: is not a variable name`},
		{"hyphen in a variable of a process", minimal, "processes", process("env", object("log-level", "info")), `processes[0].env.log-level: is not a variable name: letters, digits, underscores and dots, neither a digit nor a dot first`},
		{"variable that a container lacks", minimal, "", before("env", object("NAME", "$(POD_NAME)")), `web.initContainers[0].env.NAME: names the variable POD_NAME, which the container does not have: set it in its env, fieldRefs or secretKeyRefs, or give the container the app's with web.initContainers[0].appEnvironment; $$(POD_NAME) stays as text`},
		{"variable that the app lacks in a container", minimal, "", sidecar("appEnvironment", true, "env", object("DSN", "$(DATABASE_URI)")), `web.sidecars[0].env.DSN: names the variable DATABASE_URI, which does not exist`},
		{"folder that is no path", minimal, "web.workingDir", "app", `web.workingDir: "app": must be a path that begins with a slash`},
		{"folder of a container that is no path", minimal, "", sidecar("workingDir", "./app"), `web.sidecars[0].workingDir`},
		{"hook of a process with a port", minimal, "web.preStopCommand", list("drain"), `web.preStopCommand: is for a process without a port: Kubernetes runs one hook before SIGTERM, and here it waits until proxies have removed the pod`},
		{"hook of an init container", minimal, "", before("preStopCommand", list("drain")), `web.initContainers[0].preStopCommand: would be ignored: an init container runs to its end`},
		{"hook of an init container after its start", minimal, "", before("postStartCommand", list("register")), `web.initContainers[0].postStartCommand: would be ignored`},
		{"hook as a text", minimal, "web.postStartCommand", "register", `web.postStartCommand`},
		{"address in a hook", minimal, "web.postStartCommand", list("register", "$(process:wep.url)"), `web.postStartCommand[1]: names the process wep, which has no Service (did you mean web?)`},
		{"host name with a dot", minimal, "web.hostname", "web.example.com", `web.hostname: "web.example.com"`},
		{"port of a protocol that does not exist", minimal, "web.ports", list(object("name", "a", "containerPort", 9, "protocol", "udp")), `web.ports[0].protocol: "udp": must be one of TCP, UDP`},
		{"port of UDP twice", minimal, "", ports([]any{"name", "a", "containerPort", 9, "protocol", "UDP"}, []any{"name", "b", "containerPort", 9, "protocol", "UDP"}), `web.ports[1].containerPort: 9: is a port of the same pods already`},
		{"port of the Service of UDP twice", minimal, "", ports([]any{"name", "a", "containerPort", 9, "protocol", "UDP", "servicePort", 53}, []any{"name", "b", "containerPort", 10, "protocol", "UDP", "servicePort", 53}), `web.ports[1].servicePort: 53: is a port of the same Service already`},
		{"route to a port of UDP", production, "", map[string]any{"web.ingress": object("ingressClassName", "nginx", "tlsSecretName", "tls"), "web.ports": list(object("name", "dns", "containerPort", 53, "protocol", "UDP", "servicePort", 53)), "routes": list(object("path", "/"), object("path", "/dns", "port", "dns"))}, `routes[1].port: "dns": is a port of UDP, and routes lead requests of HTTP`},
		{"metrics of UDP", minimal, "", map[string]any{"web.ports": list(object("name", "a", "containerPort", 9113, "protocol", "UDP")), "monitoring.prometheus": object("scrape", "annotations", "port", 9113)}, `monitoring.prometheus.port: 9113: is not a port of the web pods that others may connect to`},
		{"scheme of a connection", minimal, "web.probes", object("liveness", object("handler", "tcpSocket", "scheme", "HTTPS")), `web.probes.liveness.scheme: would be ignored, because web.probes.liveness.handler is not httpGet`},
		{"scheme that does not exist", minimal, "web.probes", object("liveness", object("handler", "httpGet", "path", "/", "scheme", "https")), `web.probes.liveness.scheme: "https": must be one of HTTP, HTTPS`},
		{"volume of no driver", minimal, "", csi(), `web.volumes[0].driver: is required with web.volumes[0].source csi, for instance secrets-store.csi.k8s.io`},
		{"driver of another volume", minimal, "web.volumes", list(object("name", "a", "mountPath", "/a", "driver", "nfs.csi.k8s.io")), `web.volumes[0].driver: "nfs.csi.k8s.io": would be ignored, because web.volumes[0].source is not csi`},
		{"attributes of another volume", minimal, "web.volumes", list(object("name", "a", "mountPath", "/a", "volumeAttributes", object("server", "a"))), `web.volumes[0].volumeAttributes: would be ignored, because web.volumes[0].source is not csi`},
		{"size of a driver's volume", minimal, "", csi("driver", "nfs.csi.k8s.io", "sizeLimit", "1Gi"), `web.volumes[0].sizeLimit: "1Gi": would be ignored`},
		{"driver that is no name", minimal, "", csi("driver", "NFS"), `web.volumes[0].driver: "NFS"`},
		{"driver of a new cluster", onAWS, "", csi("driver", "secrets-store.csi.k8s.io"), `web.volumes[0].driver: "secrets-store.csi.k8s.io": needs the CSI driver secrets-store.csi.k8s.io, which a cluster that this stack creates does not have at first`},
		{"value without its prefix in a template", minimal, "secrets", list(object("name", "conf", "templates", object("app.cfg", "host=$(database.host) password=$(value:database.password)"))), `secrets[0].templates.app.cfg: has $(database.host), which nothing replaces: write $(value:database.host); $$(database.host) stays as text`},
		{"Service with the name of the app", minimal, "web.service.name", "blog-dev-api", `if callers know this name alone, choose another app.name`},
	}
}
