package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// wrong is one mistake: the value set at a path of a good configuration, and
// the line that answers it.
type wrong struct {
	name  string
	base  string
	path  string
	value any
	want  string
}

// text is the configuration with the mistake; without a path the value is several of
// them by path.
func (w wrong) text(t *testing.T) string {
	t.Helper()
	if w.path != "" {
		return changed(t, w.base, w.path, w.value)
	}
	text := w.base
	for path, value := range w.value.(map[string]any) {
		text = changed(t, text, path, value)
	}
	return text
}

func mistakes() []wrong {
	list := func(values ...any) []any { return values }
	object := func(pairs ...any) map[string]any {
		out := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			out[pairs[i].(string)] = pairs[i+1]
		}
		return out
	}
	return []wrong{
		{"cloud missing", minimal, "cloud", nil, `cloud: is required`},
		{"cloud unknown", minimal, "cloud", "azure", `cloud: "azure": must be one of aws, gcp, none`},
		{"tier missing", minimal, "tier", nil, `tier: is required`},
		{"tier mistyped", minimal, "tier", "prod", `tier: "prod": must be one of staging, production`},
		{"context missing", minimal, "cluster", object(), `cluster.context: is required`},
		{"context empty", minimal, "cluster.context", "", `cluster.context: "": minLength`},
		{"protection mistyped", minimal, "protection", "protcted", `protection: "protcted": must be one of protected, disposable`},
		{"unknown field", minimal, "region", "eu-west-1", `region: unknown field`},
		{"misspelt field", minimal, "web.replica", 3, `web.replica: unknown field; did you mean replicas?`},
		{"misspelt section", minimal, "databse", object(), `databse: unknown field; did you mean database?`},
		{"misspelt in a list", minimal, "workers", list(object("name", "a", "queue", list("x"))), `workers[0].queue: unknown field; did you mean queues?`},
		{"number as text", minimal, "web.replicas", "three", `web.replicas: "three": must be of type integer, is string`},
		{"text as number", minimal, "app.image", 3, `app.image: 3: must be of type string, is number`},
		{"fraction", minimal, "web.replicas", 1.5, `web.replicas: 1.5: must be of type integer, is number`},
		{"object as text", minimal, "web", "big", `web: "big": must be of type object, is string`},
		{"list as text", minimal, "workers", "default", `workers: "default": must be of type array, is string`},
		{"truth as text", minimal, "beat.enabled", "yes", `beat.enabled: "yes": must be of type boolean, is string`},
		{"variable as number", minimal, "app.env.DEPTH", 3, `app.env.DEPTH: 3: must be of type string, is number`},
		{"no replicas", minimal, "web.replicas", 0, `web.replicas: 0: minimum`},
		{"too many replicas", minimal, "web.replicas", 5000, `web.replicas: 5000: maximum`},
		{"privileged port", minimal, "web.port", 80, `web.port: 80: minimum`},
		{"root user", minimal, "app.runAsUser", 0, `app.runAsUser: 0: minimum`},
		{"app name in capitals", minimal, "app.name", "Blog", `app.name: "Blog": must match`},
		{"app name too long", minimal, "app.name", "a-name-of-more-than-thirty-two-characters", `app.name: "a-name-of-more-than-thirty-two-characters": must match`},
		{"namespace with underscore", minimal, "namespace.name", "blog_dev", `namespace.name: "blog_dev": must match`},
		{"namespace of the cluster", minimal, "namespace.name", "kube-system", `namespace.name: "kube-system": belongs to the cluster`},
		{"default namespace", minimal, "namespace.name", "default", `namespace.name: "default": belongs to the cluster`},
		{"image without tag", minimal, "app.image", "registry.example.com:5000/blog", `app.image: "registry.example.com:5000/blog": must end in a tag or a digest`},
		{"image with scheme", minimal, "app.image", "https://registry.example.com/blog:1", `app.image: "https://registry.example.com/blog:1": must match`},
		{"latest in production", production, "app.image", "registry.example.com/blog:latest", `app.image: "registry.example.com/blog:latest": must name one release in production`},
		{"pull policy", minimal, "app.imagePullPolicy", "Sometimes", `app.imagePullPolicy: "Sometimes": must be one of IfNotPresent, Always, Never`},
		{"settings as path", minimal, "app.settingsModule", "blog/settings.py", `app.settingsModule: "blog/settings.py": must match`},
		{"URL without scheme", minimal, "app.url", "blog.example.com", `app.url: "blog.example.com": must match`},
		{"URL with path", minimal, "app.url", "https://blog.example.com/app", `app.url: "https://blog.example.com/app": must match`},
		{"no address in production", production, "app.url", nil, `app.url: is required in production`},
		{"host with scheme", minimal, "app.hosts", list("https://blog.example.com"), `app.hosts[0]: "https://blog.example.com": must be a host name`},
		{"any host in production", production, "app.hosts", list("*"), `app.hosts[0]: "*": must name the hosts in production`},
		{"host twice", minimal, "app.hosts", list("a.example.com", "a.example.com"), `app.hosts`},
		{"origin without scheme", minimal, "app.csrfTrustedOrigins", list("blog.example.com"), `app.csrfTrustedOrigins[0]: "blog.example.com": must match`},
		{"HTTPS without certificate", production, "web.ingress", object("ingressClassName", "traefik", "host", "blog.example.com"), `web.ingress.tlsSecretName: is required, because app.url is "https://blog.example.com"`},
		{"ingress without class", minimal, "web.ingress", object("host", "blog.example.com"), `web.ingress.ingressClassName: is required`},
		{"service type", minimal, "web.service.type", "External", `web.service.type: "External": must be one of ClusterIP, NodePort, LoadBalancer`},
		{"scaling downwards", minimal, "web.autoscaling", object("minReplicas", 5, "maxReplicas", 3), `web.autoscaling.minReplicas: 5: may not be above web.autoscaling.maxReplicas, which is 3`},
		{"scaling without end", minimal, "web.autoscaling", object("minReplicas", 2), `web.autoscaling.maxReplicas: is required`},
		{"web by queue", minimal, "web.autoscaling", object("by", "queue", "maxReplicas", 3), `web.autoscaling.by: "queue": only workers serve queues; allowed is cpu`},
		{"no pod by CPU", minimal, "web.autoscaling", object("minReplicas", 0, "maxReplicas", 3), `web.autoscaling.minReplicas: 0: must be at least 1`},
		{"replicas beside scaling", minimal, "web", object("replicas", 2, "autoscaling", object("maxReplicas", 3)), `web.replicas: would be ignored, because web.autoscaling says how many`},
		{"queue length by CPU", production, "workers", list(object("name", "a", "autoscaling", object("maxReplicas", 3, "queueLength", 5))), `workers[0].autoscaling.queueLength: would be ignored, because workers[0].autoscaling.by is cpu`},
		{"CPU by queue", production, "workers", list(object("name", "a", "autoscaling", object("by", "queue", "maxReplicas", 3, "targetCPUUtilizationPercentage", 5))), `workers[0].autoscaling.targetCPUUtilizationPercentage: would be ignored, because workers[0].autoscaling.by is queue`},
		{"replicas of a scaled worker", production, "workers", list(object("name", "a", "replicas", 2, "autoscaling", object("maxReplicas", 3))), `workers[0].replicas: would be ignored`},
		{"label of a node", minimal, "web.nodeSelector", object("a b", "c"), `web.nodeSelector.a b: is not a label's key`},
		{"value of a node's label", minimal, "shell.nodeSelector", object("pool", "a b"), `shell.nodeSelector.pool: "a b": is not a label's value`},
		{"value without key of a taint", minimal, "web.tolerations", list(object("value", "x")), `web.tolerations[0].key: is required, because web.tolerations[0].value is given`},
		{"seconds of another effect", minimal, "release.tolerations", list(object("key", "x", "effect", "NoSchedule", "tolerationSeconds", 5)), `release.tolerations[0].tolerationSeconds: 5: would be ignored`},
		{"effect of a taint", minimal, "beat.tolerations", list(object("effect", "NoWay")), `beat.tolerations[0].effect: "NoWay": must be one of NoSchedule, PreferNoSchedule, NoExecute`},
		{"priority as number", minimal, "web.priorityClassName", 1000, `web.priorityClassName: 1000: must be of type string`},
		{"priority in capitals", minimal, "web.priorityClassName", "High", `web.priorityClassName: "High": must match`},
		{"process without command", minimal, "processes", list(object("name", "bot")), `processes[0].command: is required, unless app.procfile has a line bot`},
		{"two processes of a name", minimal, "processes", list(object("name", "bot", "command", list("a")), object("name", "bot", "command", list("b"))), `processes[1].name: "bot": is the name of processes[0] already`},
		{"process by queue", minimal, "processes", list(object("name", "bot", "command", list("a"), "autoscaling", object("by", "queue", "maxReplicas", 2))), `processes[0].autoscaling.by: "queue": only workers serve queues`},
		{"process that goes before its proxies know", minimal, "processes", list(object("name", "ws", "command", list("a"), "port", 9000, "terminationGracePeriodSeconds", 15)), `processes[0].terminationGracePeriodSeconds: 15: must be above 15`},
		{"probe of nothing", minimal, "processes", list(object("name", "bot", "command", list("a"), "probes", object("liveness", object("failureThreshold", 3)))), `processes[0].probes.liveness.handler: is required: httpGet, tcpSocket or exec`},
		{"probe without port", minimal, "processes", list(object("name", "bot", "command", list("a"), "probes", object("liveness", object("handler", "httpGet")))), `processes[0].probes.liveness.port: is required with handler httpGet`},
		{"probe without path", production, "workers", list(object("name", "a", "probes", object("liveness", object("handler", "httpGet", "port", 9)))), `workers[0].probes.liveness.path: is required with handler httpGet`},
		{"probe without command", minimal, "web.probes", object("startup", object("handler", "exec")), `web.probes.startup.command: is required with handler exec`},
		{"path of a connection", minimal, "web.probes", object("liveness", object("handler", "tcpSocket", "path", "/x")), `web.probes.liveness.path: would be ignored, because web.probes.liveness.handler is not httpGet`},
		{"times of no probe", minimal, "web.probes", object("liveness", object("handler", "none", "failureThreshold", 3)), `web.probes.liveness.handler: "none": contradicts the times`},
		{"schedule of four fields", minimal, "cron", list(object("name", "a", "schedule", "0 3 * *", "command", list("a"))), `cron[0].schedule: "0 3 * *": is not a schedule such as "0 3 * * *"`},
		{"zone in the schedule", minimal, "cron", list(object("name", "a", "schedule", "TZ=UTC 0 3 * * *", "command", list("a"))), `cron[0].schedule: "TZ=UTC 0 3 * * *": may not name a zone; cron[0].timeZone does`},
		{"unknown zone", minimal, "cron", list(object("name", "a", "schedule", "@daily", "timeZone", "Mars/Base", "command", list("a"))), `cron[0].timeZone: "Mars/Base": is not the name of a time zone`},
		{"two cron commands of a name", minimal, "cron", list(object("name", "a", "schedule", "@daily", "command", list("a")), object("name", "a", "schedule", "@daily", "command", list("a"))), `cron[1].name: "a": is the name of cron[0] already`},
		{"cron name too long", minimal, "", map[string]any{"app.name": "a-name-of-thirty-two-characters", "cron": list(object("name", "a-name-of-nineteen-c", "schedule", "@daily", "command", list("a")))}, `cron[0].name: "a-name-of-nineteen-c": makes the name a-name-of-thirty-two-characters-cron-a-name-of-nineteen-c, which has 57 characters; a CronJob's may have 52`},
		{"cron without command", minimal, "cron", list(object("name", "a", "schedule", "@daily")), `cron[0].command: is required`},
		{"concurrency", minimal, "cron", list(object("name", "a", "schedule", "@daily", "command", list("a"), "concurrencyPolicy", "forbid")), `cron[0].concurrencyPolicy: "forbid": must be one of Allow, Forbid, Replace`},
		{"drained before the proxies know", minimal, "web.preStopSleepSeconds", 5, `web.preStopSleepSeconds: 5: may not be below 15`},
		{"requests cut off", minimal, "web.terminationGracePeriodSeconds", 40, `web.terminationGracePeriodSeconds: 40: may not be below 50 = 15 s until every proxy knows + 30 s for the longest request + 5 s to exit`},
		{"requests cut off on AWS", onAWS, "web.terminationGracePeriodSeconds", 50, `web.terminationGracePeriodSeconds: 50: may not be below 60 = 25 s until every proxy knows + 30 s for the longest request + 5 s to exit`},
		{"tasks cut off", production, "workers", list(object("name", "a", "longestTaskSeconds", 600, "terminationGracePeriodSeconds", 600)), `workers[0].terminationGracePeriodSeconds: 600: may not be below 605 = 600 s for the longest task + 5 s to exit`},
		{"shell without reason in production", production, "shell", object("enabled", true), `shell.reason: is required in production`},
		{"reason of no shell", production, "shell", object("reason", "x"), `shell.reason: would be ignored, because shell.enabled is false`},
		{"reason of two lines", minimal, "shell.reason", "a\nb", `shell.reason: "a\nb": must match`},
		{"ASGI module of Gunicorn", minimal, "app.asgiModule", "blog.asgi", `app.asgiModule: would be ignored, because web.server is not uvicorn`},
		{"threads of Uvicorn", minimal, "web", object("server", "uvicorn", "threads", 4), `web.threads: would be ignored, because web.server is not gunicorn`},
		{"server unknown", minimal, "web.server", "daphne", `web.server: "daphne": must be one of gunicorn, uvicorn`},
		{"variable of one process", minimal, "web.env.DATABASE_URL", "x", `web.env.DATABASE_URL: is set by the environment contract (database.url)`},
		{"volume from nothing", minimal, "web.volumes", list(object("name", "data", "mountPath", "/data", "source", "persistentVolumeClaim")), `web.volumes[0].from: goes with web.volumes[0].source persistentVolumeClaim, secret or configMap, where it is required`},
		{"volume of a taken name", minimal, "web.volumes", list(object("name", "tmp", "mountPath", "/data")), `web.volumes[0].name: "tmp": is taken`},
		{"volume of a taken path", minimal, "web.volumes", list(object("name", "data", "mountPath", "/srv/static/")), `web.volumes[0].mountPath: "/srv/static/": is taken`},
		{"writable Secret", minimal, "release.volumes", list(object("name", "data", "mountPath", "/data", "source", "secret", "from", "s", "readOnly", false)), `release.volumes[0].readOnly: false: must be true with source secret`},
		{"size of a claim's volume", minimal, "web.volumes", list(object("name", "data", "mountPath", "/data", "source", "persistentVolumeClaim", "from", "c", "sizeLimit", "1Gi")), `web.volumes[0].sizeLimit: "1Gi": would be ignored, because web.volumes[0].source is not emptyDir`},
		{"two commands of a name", minimal, "release.before", list(object("name", "a", "command", list("a")), object("name", "a", "command", list("b"))), `release.before[1].name: "a": is the name of release.before[0] already`},
		{"command in two places", minimal, "", map[string]any{"app.procfile": "web: gunicorn blog.wsgi\n", "web.command": list("gunicorn")}, `web.command: stands in app.procfile too; keep one of them`},
		{"worker in two places", production, "", map[string]any{"app.procfile": "worker-mail: celery\n", "workers": list(object("name", "mail", "command", list("celery")))}, `workers[0].command: stands in app.procfile too`},
		{"Procfile without commands", minimal, "app.procfile", "web\n", `app.procfile: line 1 is not a name, a colon and a command: web`},
		{"Procfile that nobody reads", minimal, "app.procfile", "Procfile", `app.procfile: "Procfile": cannot be read here`},
		{"several commands for one process", minimal, "app.procfile", "web: ./prepare && gunicorn\n", `app.procfile: web: runs several commands, of which none would get the signal to stop`},
		{"variable before a command", minimal, "app.procfile", "web: A=1 gunicorn\n", `app.procfile: web: begins with a variable`},
		{"variable of the pod", minimal, "app.env.POD_IP", "x", `app.env.POD_IP: is set by every pod itself`},
		{"reference to nothing", minimal, "app.env.DSN", "$(DATABASE_URI)", `app.env.DSN: names the variable DATABASE_URI, which is not there; $$(DATABASE_URI) is that text itself`},
		{"reference to what this environment lacks", minimal, "app.env.DSN", "$(CELERY_BROKER_URL)", `app.env.DSN: names the variable CELERY_BROKER_URL, which is not there`},
		{"reference to another process' value", minimal, "app.env.DSN", "$(PORT)", `app.env.DSN: names the variable PORT, which is not there`},
		{"circle of references", minimal, "app.env", object("A", "$(B)", "B", "$(A)"), `app.env: refer to each other in a circle: A → B → A`},
		{"circle through a process", minimal, "", map[string]any{"app.env": object("A", "$(B)", "B", "1"), "web.env": object("B", "$(A)")}, `web.env: refer to each other in a circle`},
		{"value from a Secret twice", minimal, "app", object("name", "blog", "image", "a:1", "settingsModule", "b", "env", object("A", "1"), "secretKeyRefs", object("A", object("name", "s", "key", "k"))), `app.secretKeyRefs.A: stands in app.env, app.secretEnv or app.bindings too`},
		{"value from a Secret of the contract", minimal, "app.secretKeyRefs", object("DATABASE_URL", object("name", "s", "key", "k")), `app.secretKeyRefs.DATABASE_URL: is set by the environment contract`},
		{"value from no key", minimal, "app.secretKeyRefs", object("A", object("name", "s")), `app.secretKeyRefs.A.key: is required`},
		{"file without root", minimal, "app.files", object("newrelic.ini", "x"), `app.files.newrelic.ini: is not the path of a file from the root`},
		{"file in the scratch space", minimal, "app.files", object("/tmp/x", "x"), `app.files./tmp/x: may not lie in /tmp`},
		{"file upwards", minimal, "app.files", object("/etc/../x", "x"), `app.files./etc/../x: is not the path of a file`},
		{"files too large", minimal, "app.files", object("/etc/x", strings.Repeat("x", 1<<20+1)), `app.files: may have 1048576 bytes together, have 1048577`},
		{"copies of a queue", production, "broker", object("kind", "external", "external", object("host", "b", "password", "x", "replicas", list("r"))), `broker.external.replicas: would be ignored`},
		{"visibility below the longest task", production, "", map[string]any{"workers": list(object("name", "a", "longestTaskSeconds", 7200)), "broker.visibilityTimeoutSeconds": 3600}, `broker.visibilityTimeoutSeconds: 3600: may not be below 7265 = the longer of 7205 s for the longest task and 0 s for the longest delay + 60 s`},
		{"visibility below the longest delay", production, "broker", object("visibilityTimeoutSeconds", 3600, "longestDelaySeconds", 86400), `broker.visibilityTimeoutSeconds: 3600: may not be below 86460`},
		{"visibility without broker", minimal, "broker.visibilityTimeoutSeconds", 3600, `broker.visibilityTimeoutSeconds: would be ignored, because the broker is no Redis`},
		{"task that RabbitMQ takes back", onAWS, "", map[string]any{"broker": object("kind", "managed", "engine", "rabbitmq"), "workers": list(object("name", "a", "longestTaskSeconds", 3600))}, `workers[0].longestTaskSeconds: 3600: may not be above 1800 with broker.engine rabbitmq`},
		{"more connections than the server has", minimal, "web", object("replicas", 10, "threads", 8), `database.maxConnections: the app may open 323 connections = web 2 × 10 pods × 16 + release 1 + shell 2, but the database has 97 for it: database.maxConnections 100, less 3 that PostgreSQL keeps`},
		{"more connections than RDS has", onAWS, "web", object("autoscaling", object("maxReplicas", 100)), `database.managed.memory: the app may open 1605 connections = web 2 × 100 pods × 8 + worker default 2 × 1 pods × 2 + release 1, but the database has 665 for it: RDS allows 675 with 8Gi, less 10 that are kept`},
		{"more connections than Cloud SQL has", onGCP, "web", object("autoscaling", object("maxReplicas", 100)), `but the database has 390 for it: Cloud SQL allows 400 with 8Gi, less 10 that are kept`},
		{"more connections than an external server has", minimal, "database", object("kind", "external", "maxConnections", 20, "external", object("host", "db", "password", "x")), `database.maxConnections: the app may open 35 connections`},
		{"limit of a managed server", onAWS, "database.maxConnections", 500, `database.maxConnections: would be ignored, because database.kind is managed`},
		{"pool that is too small", minimal, "", map[string]any{"web": object("replicas", 100), "database.pooler": object("kind", "pgbouncer", "maxClients", 100)}, `database.pooler.maxClients: 100: the app may open 1600 = web 2 × 100 pods × 8, but the pool takes 200 = 2 pods × 100`},
		{"pool that is too large", minimal, "database.pooler", object("kind", "pgbouncer", "poolSize", 50), `database.maxConnections: the app may open 203 connections = pool 2 × 2 pods × 50 + release 1 + shell 2`},
		{"size of no pool", minimal, "database.pooler", object("poolSize", 50), `database.pooler.poolSize: would be ignored, because database.pooler.kind is none`},
		{"pool that verifies", production, "database", object("kind", "external", "pooler", object("kind", "pgbouncer"), "external", object("host", "db", "password", "x", "sslMode", "verify-full")), `database.pooler.kind: "pgbouncer": cannot verify the server's certificate`},
		{"connections of Uvicorn in production", production, "web.server", "uvicorn", `web.databaseConnections: is required in production with web.server uvicorn`},
		{"way to the database", minimal, "release.after", list(object("name", "a", "command", list("a"), "database", "pool")), `release.after[0].database: "pool": must be one of pooled, direct`},
		{"NGINX without files", minimal, "static", object("store", "image", "server", "nginx"), `static.server: "nginx": needs static.store pod or volume, whose files it sees; static.store is image`},
		{"NGINX for another address", minimal, "static", object("url", "https://cdn.example.com/", "server", "nginx"), `static.url: "https://cdn.example.com/": must be a path below / with static.server nginx`},
		{"NGINX that is not there", minimal, "static.nginx", object("image", "nginx:1"), `static.nginx: would be ignored, because static.server is not nginx`},
		{"server of a bucket", onAWS, "static", object("store", "bucket", "server", "whitenoise"), `static.server: would be ignored, because static.store is bucket`},
		{"no port left for the app", minimal, "", map[string]any{"static.server": "nginx", "web.port": 65535}, `web.port: 65535: must be below 65535`},
		{"truth for an agent", minimal, "monitoring.newRelic", true, `monitoring.newRelic: true: must be of type string, is boolean`},
		{"labels of annotations", minimal, "monitoring.prometheus", object("scrape", "annotations", "labels", object("a", "b")), `monitoring.prometheus.labels: would be ignored`},
		{"scraping", minimal, "monitoring.prometheus", object("scrape", true), `monitoring.prometheus.scrape: true: must be of type string`},
		{"annotation with a space", minimal, "web.annotations", object("a b", "c"), `web.annotations.a b: is not an annotation's key`},
		{"no disk to write to", minimal, "web.resources", object("ephemeralStorage", "1Mi"), `web.resources.ephemeralStorage: "1Mi": must be at least 16Mi`},
		{"variable name", minimal, "app.env.1ST", "x", `app.env.1ST: is not a variable name`},
		{"variable of the contract", minimal, "app.env.DATABASE_URL", "postgres://x", `app.env.DATABASE_URL: is set by the environment contract (database.url)`},
		{"secret of the contract", minimal, "app.secretEnv.DJANGO_SECRET_KEY", "x", `app.secretEnv.DJANGO_SECRET_KEY: is set by the environment contract (django.secretKey)`},
		{"profile unknown", minimal, "app.profiles", list("rails"), `app.profiles[0]: "rails": must be one of django-app-prefix, service-host`},
		{"binding to nothing", minimal, "app.bindings.MY_DB", "database.uri", `app.bindings.MY_DB: "database.uri": must be one of`},
		{"workers without Celery app", minimal, "workers", list(object("name", "default")), `app.celeryApp: is required, because workers or beat are configured`},
		{"workers without broker", production, "broker.kind", "none", `broker.kind: "none": workers and beat need a broker`},
		{"two workers of a name", production, "workers", list(object("name", "a"), object("name", "a")), `workers[1].name: "a": is the name of workers[0] already`},
		{"worker without name", production, "workers", list(object("replicas", 2)), `workers[0].name: is required`},
		{"queue name", production, "workers", list(object("name", "a", "queues", list("a b"))), `workers[0].queues[0]: "a b": must match`},
		{"queues beside a command", production, "workers", list(object("name", "a", "queues", list("q"), "command", list("run"))), `workers[0].queues: would be ignored, because the worker has a command of its own`},
		{"heartbeat outside tmp", production, "workers", list(object("name", "a", "heartbeatFile", "/srv/beat")), `workers[0].heartbeatFile: "/srv/beat": must match`},
		{"no database in production", production, "database", nil, `database.kind: is required in production`},
		{"external database without server", minimal, "database.kind", "external", `database.external: is required, because database.kind is external`},
		{"server beside in-cluster database", minimal, "database.external", object("host", "db", "password", "x"), `database.external: contradicts database.kind in-cluster`},
		{"volume of an external database", minimal, "database", object("kind", "external", "external", object("host", "db", "password", "x"), "volume", object("size", "5Gi")), `database.volume: would be ignored, because database.kind is not in-cluster`},
		{"plain text database in production", production, "database", object("kind", "external", "external", object("host", "db", "password", "x", "sslMode", "disable")), `database.external.sslMode: "disable": production needs TLS`},
		{"plain text cache in production", production, "cache", object("kind", "external", "external", object("host", "c", "password", "x", "tls", "off")), `cache.external.tls: "off": production needs TLS`},
		{"memory of no cache", minimal, "cache", object("kind", "none", "memory", "64Mi"), `cache.memory: would be ignored, because cache.kind is neither in-cluster nor managed`},
		{"database name of PostgreSQL", minimal, "database.name", "postgres", `database.name: "postgres": belongs to PostgreSQL`},
		{"database user of PostgreSQL", minimal, "database.user", "pg_monitor", `database.user: "pg_monitor": names that begin with pg_`},
		{"size without unit", minimal, "database.volume.size", "ten", `database.volume.size: "ten": must match`},
		{"size of bytes", minimal, "database.volume.size", "10", `database.volume.size: "10": must be at least 1Mi`},
		{"request above limit", minimal, "web.resources", object("memory", "1Gi", "memoryLimit", "512Mi"), `web.resources.memory: "1Gi": may not be above memoryLimit, which is 512Mi`},
		{"no CPU", minimal, "web.resources.cpu", "0", `web.resources.cpu: "0": must be above zero`},
		{"static folder in tmp", minimal, "static.root", "/tmp/static", `static.root: "/tmp/static": may not lie in /tmp`},
		{"static URL without slash", minimal, "static.url", "static", `static.url: "static": must match`},
		{"volume of no store", minimal, "static.volume.size", "1Gi", `static.volume: would be ignored, because static.store is not volume`},
		{"one-node volume in production", production, "static", object("store", "volume", "accessMode", "ReadWriteOnce"), `static.accessMode: "ReadWriteOnce": with several web pods`},
		{"data loss without protection", minimal, "allowDataLoss", list("database"), `allowDataLoss[0]: "database": changes nothing, because protection is disposable`},
		{"data loss of what holds none", production, "allowDataLoss", list("cache"), `allowDataLoss[0]: "cache": must be one of database, broker, media, search`},
		{"schedule of no beat", minimal, "beat.scheduleSize", "1Gi", `beat.scheduleSize: would be ignored, because beat.enabled is false`},
		{"Pod Security of a given namespace", minimal, "namespace", object("source", "existing", "name", "default", "podSecurity", "baseline"), `namespace.podSecurity: would be ignored, because namespace.source is existing`},
		{"check level", minimal, "release.check", "LOUD", `release.check: "LOUD": must be one of CRITICAL, ERROR, WARNING, INFO, DEBUG, OFF`},
		{"e-mail", minimal, "release.superuser", object("username", "admin", "email", "admin"), `release.superuser.email: "admin": must match`},
		{"time limit", minimal, "release.activeDeadlineSeconds", 1, `release.activeDeadlineSeconds: 1: minimum`},
		{"owner with a space", minimal, "owner", "web team", `owner: "web team": must match`},
	}
}

func cloudMistakes() []wrong {
	list := func(values ...any) []any { return values }
	return []wrong{
		{"no region", onAWS, "aws", nil, `aws: is required with cloud aws`},
		{"region of another cloud", onAWS, "aws.region", "europe-west1", `aws.region: "europe-west1": must match`},
		{"account with dashes", onAWS, "aws.accountId", "1234-5678-9012", `aws.accountId: "1234-5678-9012": must match`},
		{"fewer zones than asked", onAWS, "aws.zones", list("a", "b"), `aws.zones: "a, b": names 2 zones, but network.zones is 3`},
		{"public addresses", onAWS, "network.cidr", "8.8.0.0/16", `network.cidr: "8.8.0.0/16": must be of private addresses`},
		{"addresses inside a block", onAWS, "network.cidr", "10.0.1.0/16", `network.cidr: "10.0.1.0/16": begins inside its block; the block is 10.0.0.0/16`},
		{"no addresses", onAWS, "network.cidr", "10.0.0.999/16", `network.cidr: "10.0.0.999/16": is not a block of addresses`},
		{"network too small", onAWS, "network.cidr", "10.0.0.0/24", `network.cidr: "10.0.0.0/24": must match`},
		{"way out", onAWS, "network.nat", "none", `network.nat: "none": must be one of single, per-zone`},
		{"truth for a switch", onAWS, "network.flowLogs", true, `network.flowLogs: true: must be of type string, is boolean`},
		{"API open to all", onAWS, "cluster.endpoint.allowedCIDRs", list("0.0.0.0/0"), `cluster.endpoint.allowedCIDRs[0]: "0.0.0.0/0": lets anyone reach the cluster's API`},
		{"API open to nobody named", onAWS, "cluster.endpoint", nil, `cluster.endpoint.allowedCIDRs: is required in production`},
		{"addresses of a private API", onAWS, "cluster.endpoint.access", "private", `cluster.endpoint.allowedCIDRs: would be ignored, because cluster.endpoint.access is private`},
		{"context of a made cluster", onAWS, "cluster.context", "kind-kind", `cluster.context: would be ignored, because cluster.source is create`},
		{"nodes of an auto cluster", onAWS, "cluster.nodes.max", 5, `cluster.nodes: would be ignored, because cluster.mode is not nodes`},
		{"version without minor", onAWS, "cluster.version", "1", `cluster.version: "1": must match`},
		{"HTTPS without zone", onAWS, "dns", nil, `dns: is required on a cloud: the certificate of app.url is proven by its zone`},
		{"plain HTTP on a cloud", onAWS, "app.url", "http://blog.example.com", `app.url: "http://blog.example.com": must be an https address on a cloud`},
		{"nobody administers", onAWS, "aws.admins", nil, `aws.admins: is required`},
		{"session instead of role", onAWS, "aws.admins", list("arn:aws:sts::123456789012:assumed-role/deployer/me"), `aws.admins[0]: "arn:aws:sts::123456789012:assumed-role/deployer/me": must be the ARN of an IAM role or user`},
		{"ingress beside the load balancer", onAWS, "web.ingress", map[string]any{"ingressClassName": "nginx", "host": "blog.example.com", "tlsSecretName": "c"}, `web.ingress: would be ignored, because the environment has a load balancer of its own`},
		{"zone of another name", onAWS, "dns.zone", "example.org", `dns.zone: "example.org": must hold the name of app.url, which is blog.example.com`},
		{"parent of a given zone", onAWS, "dns.parent", "com", `dns.parent`},
		{"disk that shrinks", onAWS, "database.managed.maxStorage", "10Gi", `database.managed.maxStorage: "10Gi": may not be below database.managed.storage, which is 50Gi`},
		{"backups for years", onAWS, "database.managed.backupDays", 365, `database.managed.backupDays: 365: maximum`},
		{"managed database without cloud", minimal, "database.kind", "managed", `database.kind: "managed": needs a cloud`},
		{"bucket without cloud", minimal, "static.store", "bucket", `static.store: "bucket": needs a cloud`},
		{"uploads without cloud", minimal, "media.store", "bucket", `media.store: "bucket": needs a cloud`},
		{"network without cloud", minimal, "network.zones", 3, `network: would be ignored, because cloud is none`},
		{"rules of no bucket", onAWS, "media.cors", list(map[string]any{"origins": list("*")}), `media.cors: would be ignored, because media.store is not bucket`},
		{"origin without scheme in CORS", onAWS, "static", map[string]any{"store": "bucket", "cors": list(map[string]any{"origins": list("example.com")})}, `static.cors[0].origins[0]: "example.com": must match`},
		{"address of static files beside a bucket", onAWS, "static", map[string]any{"store": "bucket", "url": "/files/"}, `static.url: would be ignored, because static.store is bucket`},
		{"budget without anyone to tell", onAWS, "budget", map[string]any{"monthlyUSD": 100}, `budget.emails: is required`},
	}
}

func googleMistakes() []wrong {
	list := func(values ...any) []any { return values }
	return []wrong{
		{"no project", onGCP, "gcp", nil, `gcp: is required with cloud gcp`},
		{"project's number", onGCP, "gcp.project", "123456789012", `gcp.project: "123456789012": must match`},
		{"region of the other cloud", onGCP, "gcp.region", "eu-west-1", `gcp.region: "eu-west-1": must match`},
		{"zone for a region", onGCP, "gcp.region", "europe-west1-b", `gcp.region: "europe-west1-b": must match`},
		{"administrator without kind", onGCP, "gcp.admins", list("ops@example.com"), `gcp.admins[0]: "ops@example.com": must match`},
		{"administrator in capitals", onGCP, "gcp.admins", list("user:Ops@example.com"), `gcp.admins[0]: "user:Ops@example.com": must match`},
		{"groups of two domains", onGCP, "gcp.admins", list("group:a@example.com", "group:b@example.org"), `gcp.admins[1]: "group:b@example.org": must be a group of example.com`},
		{"zones of nodes that Google places", onGCP, "gcp.zones", list("b", "c"), `gcp.zones: would be ignored, because cluster.mode is not nodes`},
		{"zones of a regional network", onGCP, "network", map[string]any{"zones": 3}, `network.zones: would be ignored, because a network on Google Cloud`},
		{"ways out of a regional network", onGCP, "network", map[string]any{"nat": "per-zone"}, `network.nat: would be ignored, because a network on Google Cloud`},
		{"budget without billing account", onGCP, "budget", map[string]any{"monthlyUSD": 100, "emails": list("ops@example.com")}, `gcp.billingAccount: is required`},
		{"memory out of proportion", onGCP, "database.managed", map[string]any{"cpu": 2, "memory": "32Gi"}, `database.managed.memory: "32Gi": must be from 3.75Gi to 13Gi with 2 CPUs on Cloud SQL`},
		{"replicas of a small cache", onGCP, "cache", map[string]any{"kind": "managed", "memory": "1Gi", "managed": map[string]any{"replicas": 2}}, `cache.managed.replicas: 2: more than one needs cache.memory of at least 5Gi`},
		{"cache too large", onGCP, "cache", map[string]any{"kind": "managed", "memory": "500Gi"}, `cache.memory: "500Gi": may be at most 300Gi`},
		{"search without anyone to look after it", onGCP, "search", map[string]any{"kind": "managed"}, `search.kind: "managed": needs cloud aws`},
		{"size of no search", onAWS, "search", map[string]any{"memory": "4Gi"}, `search.memory: would be ignored, because search.kind is none`},
		{"RabbitMQ on Google Cloud", onGCP, "broker", map[string]any{"kind": "managed", "engine": "rabbitmq"}, `broker.engine: "rabbitmq": needs broker.kind managed with cloud aws`},
		{"addresses that float", onGCP, "loadBalancer", map[string]any{"addresses": "floating"}, `loadBalancer.addresses: "floating": must be fixed with cloud gcp`},
		{"visitors of an existing cluster", minimal, "loadBalancer", map[string]any{"addresses": "fixed"}, `loadBalancer: would be ignored, because cloud is none`},
		{"truth for logs of requests", onAWS, "loadBalancer", map[string]any{"accessLogs": true}, `loadBalancer.accessLogs: true: must be of type string, is boolean`},
		{"another word for a switch", onGCP, "loadBalancer", map[string]any{"accessLogs": "all"}, `loadBalancer.accessLogs: "all": must be one of on, off`},
		{"logs of an existing cluster's requests", minimal, "loadBalancer", map[string]any{"accessLogs": "on"}, `loadBalancer: would be ignored, because cloud is none`},
		{"addresses of visitors", onAWS, "loadBalancer", map[string]any{"allowedCIDRs": list("10.0.0.0/99")}, `loadBalancer.allowedCIDRs[0]: "10.0.0.0/99": is not a block of addresses`},
		{"a second load balancer", onAWS, "web.service.type", "LoadBalancer", `web.service.type: "LoadBalancer": must be ClusterIP or NodePort`},
		{"a namespace that is not there yet", onGCP, "namespace", map[string]any{"source": "existing", "name": "shop"}, `namespace.source: "existing": must be create`},
		{"a CDN without a cloud", minimal, "static.cdn", "on", `static.cdn: "on": needs a cloud`},
		{"a bucket that nobody reads", onAWS, "static", map[string]any{"store": "bucket", "cdn": "off"}, `static.cdn: "off": must be on with static.store bucket`},
		{"truth for a CDN", onGCP, "static", map[string]any{"cdn": true}, `static.cdn: true: must be of type string, is boolean`},
		{"a CDN of another address", onAWS, "static", map[string]any{"cdn": "on", "url": "https://files.example.com/"}, `static.url: "https://files.example.com/": must be a path such as /static/ with static.cdn on`},
		{"a CDN of everything", onGCP, "static", map[string]any{"cdn": "on", "url": "//"}, `static.url: "//": must be a path such as /static/ with static.cdn on`},
		{"a CDN for some visitors", onGCP, "", map[string]any{"static.cdn": "on", "loadBalancer": map[string]any{"allowedCIDRs": list("203.0.113.0/24")}}, `static.cdn: "on": would let everyone read what loadBalancer.allowedCIDRs lets only some`},
		{"a CDN of an old GKE", onGCP, "", map[string]any{"static.cdn": "on", "cluster.version": "1.34"}, `cluster.version: "1.34": must be 1.35 or later with static.cdn on and cloud gcp`},
		{"the CDN's host for the app", onAWS, "", map[string]any{"static.cdn": "on", "app.url": "https://static.example.com"}, `app.url: "https://static.example.com": has the host that the static files get`},
		{"existing cluster on a cloud", onAWS, "cluster", map[string]any{"source": "existing", "context": "a"}, `cluster.source: "existing": is not supported yet with cloud aws; allowed with cloud aws: create`},
		{"created cluster without a cloud", minimal, "cluster", map[string]any{"source": "create"}, `cluster.source: "create": is not supported yet with cloud none; allowed with cloud none: existing`},
		{"existing network", onGCP, "network", map[string]any{"source": "existing"}, `network.source: "existing": is not supported yet with cloud gcp; allowed with cloud gcp: create`},
		{"registry of another stack", onAWS, "registry", map[string]any{"source": "stack", "stack": "org/platform/prod"}, `registry.source: "stack": is not supported yet with cloud aws; allowed with cloud aws: none or create`},
		{"stack without a name", onAWS, "dns", map[string]any{"zone": "example.com", "source": "stack"}, `dns.stack: is required with dns.source stack: organization/project/stack`},
		{"name of an unused stack", minimal, "namespace.stack", "org/platform/prod", `namespace.stack: would be ignored, because namespace.source is not stack`},
		{"stack without its project", minimal, "namespace.stack", "prod", `namespace.stack: "prod": must match`},
		{"source of a database in the cluster", minimal, "database.source", "create", `database.source: would be ignored, because database.kind is not managed`},
		{"snapshot of the other cloud", onGCP, "database.managed", map[string]any{"restoreFrom": "rds:blog-2026"}, `database.managed.restoreFrom: "rds:blog-2026": must be INSTANCE/BACKUP on Cloud SQL`},
		{"dump in the other cloud", onGCP, "database.import", map[string]any{"from": "s3://dumps/blog.dump"}, `database.import.from: "s3://dumps/blog.dump": must begin with gs:// with cloud gcp`},
		{"dump without object", onGCP, "database.import", map[string]any{"from": "gs://dumps"}, `database.import.from: "gs://dumps": must match`},
		{"dump without a cloud", minimal, "database", map[string]any{"import": map[string]any{"from": "s3://dumps/blog.dump"}}, `database.import: needs a cloud`},
		{"clouds on an existing cluster", minimal, "gcp", map[string]any{"project": "blog-dev", "region": "europe-west1"}, `gcp: would be ignored, because cloud is none`},
	}
}

func TestOneConfigurationDescribesBothClouds(t *testing.T) {
	both := changed(t, onAWS, "gcp", map[string]any{"project": "blog-production", "region": "europe-west1"})
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		environment, err := parse(t, changed(t, both, "cloud", string(cloud)))
		require.NoError(t, err)
		assert.Equal(t, cloud, environment.Cloud)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	for _, mistake := range append(mistakes(), append(cloudMistakes(), googleMistakes()...)...) {
		t.Run(mistake.name, func(t *testing.T) {
			_, err := parse(t, mistake.base)
			require.NoError(t, err, "the configuration without the mistake is good")

			_, err = parse(t, mistake.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "got %v", err)
			assert.ErrorContains(t, err, mistake.want)
		})
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	text := changed(t, minimal, "cloud", "azure")
	text = changed(t, text, "web.replicas", "three")
	text = changed(t, text, "shap", "staging")
	_, err := parse(t, text)

	var problems spec.Problems
	require.True(t, errors.As(err, &problems))
	assert.Len(t, problems, 3)

	text = changed(t, minimal, "workers", []any{map[string]any{"name": "a"}})
	text = changed(t, text, "database.name", "postgres")
	text = changed(t, text, "app.image", "blog")
	_, err = parse(t, text)
	require.True(t, errors.As(err, &problems))
	assert.Len(t, problems, 3)
}

func TestAMistypedFieldHidesNoOtherMistake(t *testing.T) {
	text := changed(t, production, "web.replica", 5)
	text = changed(t, text, "web.port", "http")
	text = changed(t, text, "database.name", "postgres")
	_, err := parse(t, text)

	var problems spec.Problems
	require.True(t, errors.As(err, &problems))
	var paths []string
	for _, problem := range problems {
		paths = append(paths, problem.Path)
	}
	assert.Equal(t, []string{"database.name", "web.port", "web.replica"}, paths)
}

func TestAMistypedFieldCausesNoSecondMistake(t *testing.T) {
	for path, value := range map[string]any{
		"database.kind":        "manged",
		"app.url":              "blog.example.com",
		"workers":              []any{map[string]any{"name": "Default"}},
		"broker.kind":          1,
		"cluster":              "production",
		"app.celeryapp":        "blog",
		"web.replicas":         "many",
		"static.url":           7,
		"database.maxconnects": 5,
	} {
		_, err := parse(t, changed(t, production, path, value))
		var problems spec.Problems
		require.True(t, errors.As(err, &problems), path)
		assert.Len(t, problems, 1, "%s: %v", path, err)
	}
}

func TestATooLargeConfigurationIsRefused(t *testing.T) {
	_, err := spec.Parse([]byte(strings.Repeat(" ", 4<<20)+"{}"), "dev")
	assert.ErrorContains(t, err, "environment: may have at most 4194304 bytes, has 4194306")
}

func TestTextAfterTheConfigurationIsRefused(t *testing.T) {
	_, err := spec.Parse([]byte(`{"cloud": "none"} {"cloud": "aws"}`), "dev")
	assert.ErrorContains(t, err, "environment: has text after its end")
}

func TestASecretValueIsNeverShown(t *testing.T) {
	text := changed(t, minimal, "app.secretEnv.TOKEN", 4242424242)
	text = changed(t, text, "database", map[string]any{"kind": "external", "external": map[string]any{"host": "db", "password": 31337313}})
	_, err := parse(t, text)

	require.Error(t, err)
	assert.NotContains(t, err.Error(), "4242424242")
	assert.NotContains(t, err.Error(), "31337313")
	assert.ErrorContains(t, err, "app.secretEnv.TOKEN: [secret]")
}

func TestAnEmptyConfigurationSaysWhatToSet(t *testing.T) {
	for _, raw := range []string{"", "  ", "not json", "[]", `"text"`, "null"} {
		_, err := spec.Parse([]byte(raw), "dev")
		var problems spec.Problems
		assert.True(t, errors.As(err, &problems), "%q: %v", raw, err)
	}
}
