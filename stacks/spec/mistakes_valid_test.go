package spec_test

import "strings"

// validMistakes are configurations that match the schema, and that the API server, a cloud or
// the processes themselves would refuse.
func validMistakes() []wrong {
	ingress := func(pairs ...any) map[string]any {
		return map[string]any{"ingressClassName": "nginx", "host": "blog.example.com", "annotations": object(pairs...)}
	}
	external := func(pairs ...any) map[string]any {
		return map[string]any{"kind": "external", "external": object(append(pairs, "password", "x")...)}
	}
	volume := func(pairs ...any) []any { return list(object(append([]any{"name", "data"}, pairs...)...)) }
	worker := func(pairs ...any) []any { return list(object(append([]any{"name", "default"}, pairs...)...)) }
	nodes := func(pairs ...any) map[string]any {
		return map[string]any{"cluster.mode": "nodes", "cluster.nodes": object(pairs...)}
	}
	const scaled = `workers[0].autoscaling.by: "queue": needs KEDA, which a cluster that this stack creates does not have: set cluster.charts.keda, which installs it; or run up without both, install it yourself, then set this together with prepared: on`
	return []wrong{
		{"KEDA on a new EKS", onAWS, "workers", worker("autoscaling", object("by", "queue", "maxReplicas", 5)), scaled},
		{"KEDA on a new GKE", onGCP, "workers", worker("autoscaling", object("by", "queue", "maxReplicas", 5)), scaled},
		{"PodMonitor on a new cluster", onGCP, "monitoring.prometheus", object("scrape", "podMonitor"), `monitoring.prometheus.scrape: "podMonitor": needs Prometheus' operator`},
		{"ServiceMonitor on a new cluster", onAWS, "monitoring.prometheus", object("scrape", "serviceMonitor"), `monitoring.prometheus.scrape: "serviceMonitor": needs Prometheus' operator`},
		{"alerts on a new EKS", onAWS, "monitoring.alerts", object(), `monitoring.alerts: needs Prometheus' operator, which a cluster that this stack creates does not have: set cluster.charts.prometheusOperator, which installs it`},
		{"alerts on a new GKE", onGCP, "monitoring.alerts", object("labels", object("release", "prometheus")), `monitoring.alerts: needs Prometheus' operator`},
		{"priority on a new cluster", onAWS, "web.priorityClassName", "high", `web.priorityClassName: "high": needs the PriorityClass high`},
		{"system's priority on GKE", onGCP, "web.priorityClassName", "system-cluster-critical", `web.priorityClassName: "system-cluster-critical": needs the PriorityClass`},
		{"runtime on a new EKS", onAWS, "web.runtimeClassName", "gvisor", `web.runtimeClassName: "gvisor": needs the RuntimeClass gvisor`},
		{"devices on a new EKS", onAWS, "workers", worker("extendedResources", object("nvidia.com/gpu", 1)), `workers[0].extendedResources.nvidia.com/gpu: 1: needs nodes that offer it`},
		{"devices of no accelerator on Autopilot", onGCP, "workers", worker("extendedResources", object("nvidia.com/gpu", 1)), `workers[0].extendedResources.nvidia.com/gpu: 1: needs nodes that offer it`},
		{"pull secret of a new namespace", onAWS, "app.imagePullSecrets", list("registry"), `app.imagePullSecrets[0]: "registry": needs the Secret registry`},
		{"Secret of a new namespace", onGCP, "app.secretKeyRefs", object("KEY", object("name", "vault", "key", "k")), `app.secretKeyRefs.KEY: needs the Secret vault`},
		{"claim of a new namespace", onAWS, "web.volumes", volume("mountPath", "/data", "source", "persistentVolumeClaim", "from", "data"), `web.volumes[0].from: "data": needs the PersistentVolumeClaim data`},
		{"label that no node has", onAWS, "web.nodeSelector", object("disk", "ssd"), `web.nodeSelector.disk: "ssd": needs nodes with this label`},
		{"class that does not exist", onGCP, "", map[string]any{"database.kind": "in-cluster", "database.volume": object("storageClassName", "fast")}, `database.volume.storageClassName: "fast": needs the StorageClass fast`},
		{"image in a registry to be created", onAWS, "", map[string]any{"registry.source": "create", "app.image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/prod/blog:1"}, `app.image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/prod/blog:1": is in the registry that this stack creates, which is empty at first`},
		{"image in an Artifact Registry to be created", onGCP, "", map[string]any{"registry.source": "create", "app.image": "europe-west1-docker.pkg.dev/blog-production/blog-prod/blog:1"}, `is in the registry that this stack creates`},
		{"private API of a new network", onAWS, "cluster.endpoint", object("access", "private"), `cluster.endpoint.access: "private": cuts up itself off from the cluster`},
		{"private API of a new network on Google Cloud", onGCP, "cluster.endpoint", object("access", "private"), `cluster.endpoint.access: "private": cuts up itself off from the cluster`},
		{"prepared namespace of somebody else", minimal, "", map[string]any{"prepared": "on", "namespace": object("source", "existing", "name", "blog")}, `prepared: would be ignored, because neither cluster.source nor namespace.source is create`},
		{"shared volume on AWS", onAWS, "static", object("store", "volume"), `static.store: "volume": needs a volume that several nodes mount`},
		{"shared volume on Google Cloud", onGCP, "static", object("store", "volume"), `static.store: "volume": needs a volume that several nodes mount`},
		{"two zones of search", onAWS, "", map[string]any{"network.zones": 2, "search": object("kind", "managed")}, `search.availability: "multi-zone": needs network.zones 3`},
		{"snapshot of another region", onAWS, "database.managed", object("restoreFrom", "arn:aws:rds:us-east-1:123456789012:snapshot:blog-1"), `is in the region us-east-1, and a server in eu-west-1 cannot be restored from it`},
		{"scratch beyond Autopilot", onGCP, "web.resources", object("ephemeralStorage", "20Gi"), `web.resources.ephemeralStorage: "20Gi": may be at most 10Gi, the most that a pod has on Autopilot`},
		{"dump beyond Autopilot", onGCP, "database.import", object("from", "gs://dumps/blog.dump", "size", "50Gi"), `database.import.size: "50Gi": may be at most 10Gi`},
		{"memory beyond Autopilot", onGCP, "web.resources", object("memory", "200Gi", "memoryLimit", "200Gi"), `web.resources.memory: "200Gi": may be at most 110Gi`},
		{"pod larger than a node", onAWS, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("memory", "8Gi"), "web.resources": object("memory", "12Gi", "memoryLimit", "12Gi")}, `web.resources.memory: "12Gi": may be at most 8Gi, the size of a node`},
		{"CPUs of no node", onGCP, "", map[string]any{"cluster.mode": "nodes", "web.resources": object("cpu", "4")}, `web.resources.cpu: "4": may be at most 2, the size of a node`},
		{"tasks of hours on GKE's nodes", onGCP, "", map[string]any{"cluster.mode": "nodes", "workers": worker("longestTaskSeconds", 7200)}, `workers[0].longestTaskSeconds: 7200: may be at most 3595 with cluster.mode nodes on Google Cloud`},
		{"tasks on spot nodes", onAWS, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("capacity", "spot")}, `workers[0].longestTaskSeconds: 300: may be at most 120 with cluster.nodes.capacity spot`},
		{"tasks on spot nodes of GKE", onGCP, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("capacity", "spot"), "workers": worker("longestTaskSeconds", 60)}, `workers[0].longestTaskSeconds: 60: may be at most 15 with cluster.nodes.capacity spot`},
		{"requests on spot nodes of GKE", onGCP, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("capacity", "spot"), "workers": worker("longestTaskSeconds", 10), "web.longestRequestSeconds": 60}, `web.longestRequestSeconds: 60: may be at most 15 with cluster.nodes.capacity spot, which ends a node that long after the cloud has reclaimed it; use on-demand, or make requests shorter`},
		{"a process on spot nodes", onAWS, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("capacity", "spot"), "workers": worker("longestTaskSeconds", 100), "processes": list(object("name", "bot", "command", list("bot"), "terminationGracePeriodSeconds", 600))}, `processes[0].terminationGracePeriodSeconds: 600: may be at most 120 with cluster.nodes.capacity spot`},
		{"a web pod of hours on GKE's nodes", onGCP, "", map[string]any{"cluster.mode": "nodes", "web.terminationGracePeriodSeconds": 7200}, `web.terminationGracePeriodSeconds: 7200: may be at most 3600 with cluster.mode nodes on Google Cloud`},
		{"a cron job that ends for hours on GKE's nodes", onGCP, "", map[string]any{"cluster.mode": "nodes", "cron": list(object("name", "report", "schedule", "@daily", "command", list("report"), "terminationGracePeriodSeconds", 7200))}, `cron[0].terminationGracePeriodSeconds: 7200: may be at most 3600`},
		{"a limit of scratch beyond Autopilot", onGCP, "web.resources", object("ephemeralStorageLimit", "20Gi"), `web.resources.ephemeralStorageLimit: "20Gi": may be at most 10Gi, the most that a pod has on Autopilot`},
		{"scratch of a sidecar beyond Autopilot", onGCP, "web.sidecars", list(object("name", "cache", "image", "cache:1", "resources", object("ephemeralStorage", "20Gi"))), `web.sidecars[0].resources.ephemeralStorage: "20Gi": may be at most 10Gi`},
		{"scratch of two containers beyond Autopilot", onGCP, "", map[string]any{"web.resources": object("ephemeralStorage", "6Gi"), "web.sidecars": list(object("name", "cache", "image", "cache:1", "resources", object("ephemeralStorage", "6Gi")))}, `web.resources.ephemeralStorage: "6Gi": is 12Gi together with the containers beside it; a pod may request at most 10Gi, the most that a pod has on Autopilot`},
		{"scratch beside NGINX beyond Autopilot", onGCP, "", map[string]any{"web.resources": object("ephemeralStorage", "10Gi"), "static": object("server", "nginx")}, `web.resources.ephemeralStorage: "10Gi": is `},
		{"pod larger than a node together", onAWS, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("memory", "8Gi"), "workers": worker("resources", object("memory", "5Gi", "memoryLimit", "5Gi"), "sidecars", list(object("name", "cache", "image", "cache:1", "resources", object("memory", "4Gi", "memoryLimit", "4Gi"))))}, `workers[0].resources.memory: "5Gi": is 9Gi together with the containers beside it; a pod may request at most 8Gi, the size of a node`},
		{"nodes without addresses on AWS", onAWS, "", map[string]any{"cluster.mode": "nodes", "cluster.nodes": object("max", 400), "network": object("cidr", "10.0.0.0/20", "zones", 3)}, `cluster.nodes.max: 400: may be at most 305 with network.cidr 10.0.0.0/20 and network.zones 3`},
		{"scratch above the pod's limit", minimal, "web.volumes", volume("mountPath", "/srv/scratch", "sizeLimit", "20Gi"), `web.volumes[0].sizeLimit: "20Gi": may be at most 1Gi, above which the pod is evicted: set web.resources.ephemeralStorageLimit to more`},
		{"thousandths of a byte", minimal, "beat.resources", object("memory", "100m"), `beat.resources.memory: "100m": must be at least 1Mi`},
		{"bytes", minimal, "web.sidecars", list(object("name", "cache", "image", "cache:1", "resources", object("memory", "64"))), `web.sidecars[0].resources.memory: "64": must be at least 1Mi`},
		{"a limit of thousandths of a byte", minimal, "web.resources", object("memory", "1Mi", "memoryLimit", "2Mi"), `web.resources.memoryLimit: "2Mi": must be at least 6Mi`},
		{"memory as CPUs", minimal, "web.resources", object("cpu", "256Mi"), `web.resources.cpu: "256Mi": may be at most 2000, more than any machine has`},
		{"nodes without addresses", onGCP, "", nodes("max", 300), `cluster.nodes.max: 300: may be at most 256 with network.cidr 10.0.0.0/16`},

		{"Ingress to an address", minimal, "", map[string]any{"app.url": "http://10.0.0.1", "web.ingress": object("ingressClassName", "nginx")}, `web.ingress.host: "10.0.0.1": is an address, and an Ingress or a Gateway tells names apart`},
		{"Gateway to an address", minimal, "", map[string]any{"app.url": "http://10.0.0.1", "web.gateway": object("name", "public")}, `app.url: "http://10.0.0.1": is an address`},
		{"route to an address", production, "", map[string]any{"web.gateway": object("name", "public"), "routes": list(object("host", "10.0.0.2"))}, `routes[0].host: "10.0.0.2": is an address`},
		{"static files in the scratch space by a detour", minimal, "static.root", "/srv/../tmp/static", `static.root: "/srv/../tmp/static": must be written without .., double slashes and a slash at its end: /tmp/static`},
		{"heartbeat outside of the scratch space by a detour", production, "workers", worker("heartbeatFile", "/tmp/../etc/heartbeat"), `workers[0].heartbeatFile: "/tmp/../etc/heartbeat": must be written without ..`},
		{"CPU of less than a thousandth", minimal, "web.resources", object("cpu", "0.0001"), `web.resources.cpu: "0.0001": must be at least 1m`},
		{"file among the pod's credentials", minimal, "app.files", object("/var/run/secrets/kubernetes.io/serviceaccount/token", "x"), `app.files./var/run/secrets/kubernetes.io/serviceaccount/token: may not lie in /var/run/secrets`},
		{"volume over the pod's credentials", minimal, "web.volumes", volume("mountPath", "/var/run/secrets"), `web.volumes[0].mountPath: "/var/run/secrets": is taken`},
		{"credentials of a registry that are no JSON", minimal, "secrets", list(object("name", "registry", "type", "kubernetes.io/dockerconfigjson", "entries", object(".dockerconfigjson", "user:hunter2"))), `secrets[0].entries..dockerconfigjson: is not JSON, such as {"auths"`},
		{"administrator of an in-cluster server", minimal, "database.user", "djangostack_admin", `database.user: "djangostack_admin": is the administrator of the server`},
		{"former administrator of an in-cluster server", minimal, "database.user", "djangostack_initial", `database.user: "djangostack_initial": is the administrator of the server`},
		{"user of Cloud SQL", onGCP, "", map[string]any{"database.kind": "managed", "database.user": "postgres"}, `database.user: "postgres": is of Cloud SQL itself; name another`},
		{"database of Cloud SQL", onGCP, "", map[string]any{"database.kind": "managed", "database.name": "cloudsqladmin"}, `database.name: "cloudsqladmin": is of Cloud SQL itself`},

		{"server with a port", minimal, "database", external("host", "db.example.com:5433"), `database.external.host: must be a host name or an address alone`},
		{"server with a scheme", minimal, "cache", external("host", "redis://cache.example.com"), `cache.external.host: must be a host name or an address alone: without scheme, user, port, path and brackets; the port is cache.external.port`},
		{"replica with a path", minimal, "cache", external("host", "cache", "replicas", list("cache-1/0")), `cache.external.replicas[0]: must be a host name or an address alone`},
		{"port out of range", minimal, "app.url", "http://blog.example.com:70000", `app.url: "http://blog.example.com:70000": has a port that is not from 1 to 65535`},
		{"host with an empty label", minimal, "app.url", "https://blog..example.com", `app.url: "https://blog..example.com": has a host that is neither an address nor a name`},
		{"certificate of cert-manager", production, "web.ingress", ingress("cert-manager.io/cluster-issuer", "letsencrypt"), `web.ingress.tlsSecretName: is required, because app.url is "https://blog.example.com"`},
		{"Ingress host with an empty label", minimal, "web.ingress", map[string]any{"ingressClassName": "nginx", "host": "blog..example.com"}, `web.ingress.host: "blog..example.com": must be a host name`},

		{"value that the environment lacks", minimal, "app.bindings.Q", "broker.url", `app.bindings.Q: "broker.url": is a value that this environment does not have, because broker.kind is none`},
		{"search that the environment lacks", minimal, "app.bindings.S", "search.url", `because search.kind is none`},
		{"misspelt value", minimal, "app.bindings.S", "databse.url", `did you mean database.url?`},
		{"variable from two places", minimal, "", map[string]any{"app.secretKeyRefs": object("A", object("name", "s", "key", "k")), "web.env": object("A", "1")}, `web.env.A: is in app.bindings or app.secretKeyRefs too`},
		{"file where a volume is", minimal, "", map[string]any{"app.files": object("/data/x.ini", "x"), "web.volumes": volume("mountPath", "/data/x.ini")}, `web.volumes[0].mountPath: "/data/x.ini": is the path of app.files./data/x.ini`},
		{"file in a read-only volume", minimal, "", map[string]any{"app.files": object("/data/x.ini", "x"), "web.volumes": volume("mountPath", "/data", "source", "configMap", "from", "c")}, `is read-only and holds app.files./data/x.ini`},
		{"file below a file", minimal, "app.files", object("/srv/x", "x", "/srv/x/y", "y"), `app.files./srv/x/y: lies below /srv/x, which is a file`},
		{"volume in the settings' folder", minimal, "web.volumes", volume("mountPath", "/etc/djangostack/x"), `web.volumes[0].mountPath: "/etc/djangostack/x": may not lie in /etc/djangostack`},
		{"variables beyond a ConfigMap", minimal, "app.env", many(10, 110_000), `app.env: may have 983040 bytes together with its names`},
		{"variable beyond Linux", minimal, "app.env.A", strings.Repeat("x", 128<<10), `app.env.A: has 131072 bytes; a process of Linux starts with variables of less than 131072`},
		{"annotations beyond the API", minimal, "web.annotations", object("example.com/a", strings.Repeat("x", 256<<10)), `web.annotations: may have 253952 bytes together with its keys`},
		{"annotation of the Service", minimal, "web.service.annotations", object("a b", "x"), `web.service.annotations.a b: is not an annotation's key`},
		{"label of the operator", minimal, "monitoring.prometheus", object("scrape", "podMonitor", "labels", object("release", "a b")), `monitoring.prometheus.labels.release: "a b": is not a label's value`},
		{"value of a label of the rules", minimal, "monitoring.alerts", object("labels", object("release", "a b")), `monitoring.alerts.labels.release: "a b": is not a label's value`},
		{"key of a label of the rules", minimal, "monitoring.alerts", object("labels", object("a b", "prometheus")), `monitoring.alerts.labels.a b: is not a label's key`},
		{"value of a taint", minimal, "web.tolerations", list(object("key", "a", "value", "b c")), `web.tolerations[0].value: "b c": is not a taint's value`},

		{"another port", minimal, "web.command", list("gunicorn", "blog.wsgi", "--bind", "0.0.0.0:5000"), `web.command: listens on port 5000, but the Service and the probes look for it on 8000, which follows from web.port`},
		{"another port for short", minimal, "web.command", list("gunicorn", "-b0.0.0.0:5000", "blog.wsgi"), `web.command: listens on port 5000`},
		{"another port in a shell", minimal, "web.command", list("sh", "-c", "exec gunicorn --bind=:5000 blog.wsgi"), `web.command: listens on port 5000`},
		{"another port of Uvicorn", minimal, "web.command", list("uvicorn", "blog.asgi:application", "--host", "0.0.0.0", "--port", "80"), `web.command: listens on port 80`},
		{"another port in arguments", minimal, "web.args", list("--bind", "0.0.0.0:5000"), `web.args: listens on port 5000`},
		{"another port in a Procfile", minimal, "app.procfile", "web: gunicorn blog.wsgi --bind 0.0.0.0:5000\n", `web.command: listens on port 5000`},
		{"the container alone", minimal, "web.command", list("gunicorn", "blog.wsgi", "--bind", "127.0.0.1:8000"), `web.command: listens on 127.0.0.1, where only its own container reaches it`},
		{"a socket", minimal, "web.command", list("gunicorn", "blog.wsgi", "--bind", "unix:/tmp/g.sock"), `web.command: lets gunicorn listen on a socket`},
		{"Uvicorn's default", minimal, "web.command", list("uvicorn", "blog.asgi:application"), `web.command: lets uvicorn listen on 127.0.0.1, its default`},
		{"runserver's default", minimal, "web.command", list("python", "manage.py", "runserver"), `web.command: lets runserver listen on 127.0.0.1`},
		{"a process' other port", minimal, "processes", list(object("name", "bot", "port", 9000, "command", list("daphne", "-b", "0.0.0.0", "-p", "8001", "bot.asgi:application"))), `processes[0].command: listens on port 8001, but the Service and the probes look for it on 9000`},
		{"schedulers in every pod", production, "workers", worker("replicas", 3, "args", list("--beat")), `workers[0].command: runs a scheduler in each of up to 3 pods`},
		{"schedulers in every scaled pod", production, "workers", worker("args", list("-B"), "autoscaling", object("maxReplicas", 4)), `runs a scheduler in each of up to 4 pods`},
		{"a scheduler beside beat", production, "", map[string]any{"beat.enabled": true, "workers": worker("args", list("--beat"))}, `workers[0].command: runs a scheduler beside that of beat.enabled`},
		{"a scheduler that rolls", production, "processes", list(object("name", "clock", "command", list("celery", "-A", "blog", "beat"))), `processes[0].command: runs a scheduler, and an update starts the new pod before the old one ends`},
		{"latest PgBouncer in production", production, "database", object("kind", "in-cluster", "pooler", object("kind", "pgbouncer", "image", "docker.io/edoburu/pgbouncer:latest")), `database.pooler.image: "docker.io/edoburu/pgbouncer:latest": must name one release in production`},
		{"latest NGINX in production", production, "static", object("server", "nginx", "nginx", object("image", "nginx:latest")), `static.nginx.image: "nginx:latest": must name one release in production`},
		{"no broker on a cloud", onAWS, "broker", object("kind", "none"), `broker.kind: "none": workers and beat need a broker: in-cluster, managed or external`},
	}
}

// many are so many variables of so many bytes.
func many(count, bytes int) map[string]any {
	variables := map[string]any{}
	for i := range count {
		variables["A"+strings.Repeat("B", i)] = strings.Repeat("x", bytes)
	}
	return variables
}
