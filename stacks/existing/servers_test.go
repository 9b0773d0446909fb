package existing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// searching is an app with a separate search engine, which its release connects to, and a
// proxy in front of both.
const searching = smallApp + `, "processes": [
	{"name": "search", "image": "registry.example.com/search:1.0", "appEnvironment": false, "port": 7700, "databaseConnections": 0, "start": "before-release"},
	{"name": "proxy", "image": "registry.example.com/proxy:1.0", "appEnvironment": false, "port": 8080, "databaseConnections": 0,
		"command": ["proxy", "--to=$(process:web.url)"], "args": ["--log", "$$(process:web.url) $(POD_NAME)"],
		"probes": {"readiness": {"handler": "exec", "command": ["probe", "$(process:search.host)"]}},
		"sidecars": [{"name": "watch", "args": ["$(process:search.port)"]}]}]`

func TestAServerOfTheAppStartsBeforeTheRelease(t *testing.T) {
	for _, outputs := range mocks.Both() {
		for _, steps := range []string{"", `, "release": {"steps": [{"name": "index", "command": ["index"]}]}`, `, "release": {"steps": []}`} {
			ran := chosen(t, outputs, searching+steps)
			search := ran.Find(t, "Deployment", "blog-process-search").URN
			for _, process := range []string{"blog-web", "blog-process-proxy"} {
				assert.True(t, waits(ran, ran.Find(t, "Deployment", process), search), "%s%s", process, steps)
			}
			for _, job := range []string{"blog-migrate", "blog-step-index"} {
				if slices.Contains(ran.Names(), "Job "+job) {
					assert.True(t, waits(ran, ran.Find(t, "Job", job), search), job)
					assert.False(t, waits(ran, ran.Find(t, "Deployment", "blog-process-search"), ran.Find(t, "Job", job).URN), job)
				}
			}
		}
	}
}

// A server of the app has no password that everyone in the cluster would have to guess, and may ask for its own name.
func TestOnlyTheEnvironmentConnectsToAServerOfTheApp(t *testing.T) {
	const storing = `, "volumes": [{"name": "index", "size": "1Gi"}]`
	volume := `"start": "before-release", "volumes": [{"name": "index", "source": "volume", "from": "index", "mountPath": "/index"}]`
	ran := chosen(t, mocks.Known, strings.Replace(searching, `"start": "before-release"`, volume, 1)+storing)
	search, proxy := ran.Find(t, "NetworkPolicy", "blog-process-search"), ran.Find(t, "NetworkPolicy", "blog-process-proxy")
	assert.Equal(t, map[string]any{"app.kubernetes.io/name": "blog", "app.kubernetes.io/instance": "blog"}, search.At(t, "spec.ingress[0].from[0].podSelector.matchLabels"))
	assert.NotContains(t, fmt.Sprint(proxy.At(t, "spec.ingress")), "from")
	service := ran.Find(t, "Service", "blog-process-search")
	assert.Equal(t, true, service.At(t, "spec.publishNotReadyAddresses"))
	assert.False(t, waits(ran, service, ran.Find(t, "Deployment", "blog-process-search").URN), "it may need its own name first")
	assert.True(t, waits(ran, ran.Find(t, "Service", "blog-process-proxy"), ran.Find(t, "Deployment", "blog-process-proxy").URN))

	assert.NotContains(t, fmt.Sprint(ran.Find(t, "Deployment", "blog-process-search").At(t, first)), "preStop", "no other pod could answer meanwhile")

	routed := searching + `, "web": {"ingress": {"ingressClassName": "nginx", "host": "blog.example.com"}}, "routes": [{"path": "/search", "process": "search"}]`
	assert.NotContains(t, fmt.Sprint(chosen(t, mocks.Known, routed).Find(t, "NetworkPolicy", "blog-process-search").At(t, "spec.ingress")), "from", "the controller is elsewhere")
}

// Images of others know the names that a compose file gives.
func TestAServiceHasAFixedName(t *testing.T) {
	ran := chosen(t, mocks.Known, strings.Replace(searching, `"start": "before-release"`, `"service": {"name": "opa"}`, 1)+`,
		"web": {"service": {"name": "backend"}, "ingress": {"ingressClassName": "nginx", "host": "blog.example.com"}}, "routes": [{"path": "/search", "process": "search"}]`)
	assert.Equal(t, "opa", ran.Find(t, "Service", "blog-process-search").At(t, "metadata.name"))
	assert.Equal(t, "backend", ran.Find(t, "Service", "blog-web").At(t, "metadata.name"))
	hosts := strings.Split(ran.Find(t, "ConfigMap", "blog-env").At(t, "data.DJANGO_ALLOWED_HOSTS").(string), ",")
	assert.Contains(t, hosts, "backend", "Django answers to the name that callers send")
	assert.NotContains(t, hosts, "opa", "another image is no Django")
	assert.Contains(t, fmt.Sprint(ran.Find(t, "Ingress", "blog-web").At(t, "spec.rules")), "service:map[name:opa ")
	proxy := ran.Find(t, "Deployment", "blog-process-proxy")
	assert.Contains(t, fmt.Sprint(proxy.At(t, first+".command")), "--to=http://backend.")
}

func TestARedisOfTheEnvironmentHasNoTLSForAnAppWithout(t *testing.T) {
	ran := chosenIn(t, "production", mocks.Known, strings.Replace(smallApp, `"name"`, `"url": "https://blog.example.com", "bindings": {"TLS": "cache.tls", "URL": "cache.plainURL", "BROKER_TLS": "broker.tls"}, "name"`, 1)+`,
		"database": {"kind": "in-cluster"}, "cache": {"tls": "off"}, "workers": [{"name": "mail"}]`)
	settings := ran.Find(t, "ConfigMap", "blog-env")
	assert.Equal(t, "false", settings.At(t, "data.TLS"))
	assert.Equal(t, "true", settings.At(t, "data.BROKER_TLS"))
	assert.Equal(t, "verify-full", settings.At(t, "data.PGSSLMODE"))
	assert.Regexp(t, `^redis://:[^@]+@blog-redis-cache:6379/0$`, ran.Find(t, "Secret", "blog-env").At(t, "stringData.URL"))
	assert.NotContains(t, fmt.Sprint(ran.Find(t, "StatefulSet", "blog-redis-cache").Inputs), "tls")
	assert.Contains(t, fmt.Sprint(ran.Find(t, "StatefulSet", "blog-redis-broker").Inputs), "tls")
}

func TestCommandsAndFilesNameTheAddressesOfProcesses(t *testing.T) {
	ran := chosen(t, mocks.Known, strings.Replace(searching, `"name"`, `"files": {"/etc/proxy.conf": "to $(process:search.url)"}, "name"`, 1)+`,
		"configMaps": [{"name": "proxy", "entries": {"proxy.conf": "server $(process:web.host):$(process:web.port); $host"}}],
		"secrets": [{"name": "index", "entries": {"index.conf": "$(process:search.url)"}}],
		"release": {"before": [{"name": "index", "command": ["index", "$(process:search.host)"]}]},
		"cron": [{"name": "index", "schedule": "@daily", "command": ["index"], "args": ["$(process:search.url)"]}]`)
	namespace := ran.Find(t, "Service", "blog-web").At(t, "metadata.namespace").(string)
	web, search := "blog-web."+namespace+".svc", "blog-process-search."+namespace+".svc"
	proxy := ran.Find(t, "Deployment", "blog-process-proxy")
	assert.Equal(t, []any{"proxy", "--to=http://" + web + ":80"}, proxy.At(t, first+".command"))
	assert.Equal(t, []any{"--log", "$(process:web.url) $(POD_NAME)"}, proxy.At(t, first+".args"), "Kubernetes replaces variables itself")
	assert.Equal(t, []any{"probe", search}, proxy.At(t, first+".readinessProbe.exec.command"))
	assert.Equal(t, []any{"7700"}, proxy.At(t, "spec.template.spec.initContainers[0].args"))
	assert.Equal(t, "server "+web+":80; $host", ran.Find(t, "ConfigMap", "blog-config-map-proxy").At(t, `data["proxy.conf"]`))
	assert.Equal(t, "http://"+search+":7700", ran.Find(t, "Secret", "blog-secret-index").At(t, `stringData["index.conf"]`))
	assert.Contains(t, fmt.Sprint(ran.Find(t, "ConfigMap", "blog-files").Inputs), "to http://"+search+":7700")
	assert.Equal(t, []any{"index", search}, ran.Find(t, "Job", "blog-before-index").At(t, first+".command"))
	assert.Equal(t, []any{"http://" + search + ":7700"}, ran.Find(t, "CronJob", "blog-cron-index").At(t, "spec.jobTemplate."+first+".args"))
	assert.Contains(t, ran.Find(t, "ConfigMap", "blog-env").At(t, "data.DJANGO_ALLOWED_HOSTS"), web)
}

func TestAVolumeIsInMemory(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "web": {"volumes": [{"name": "shm", "medium": "Memory", "sizeLimit": "128Mi", "mountPath": "/dev/shm"}]}`)
	web := ran.Find(t, "Deployment", "blog-web").At(t, "spec.template.spec")
	assert.Contains(t, fmt.Sprint(web), "map[emptyDir:map[medium:Memory sizeLimit:128Mi] name:shm]")
}

// An app with SQLite on a volume has neither a server nor its variables.
func TestAnAppNeedsNoPostgreSQL(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, smallApp+`, "database": {"kind": "none"}, "cache": {"kind": "none"}, "shell": {"enabled": true},
			"volumes": [{"name": "data", "size": "1Gi"}], "web": {"replicas": 1, `+sqlite+`}, "release": {`+sqlite+`}`)
		assert.NotContains(t, ran.Names(), "StatefulSet blog-postgres")
		settings := fmt.Sprint(ran.Find(t, "ConfigMap", "blog-env").Inputs, ran.Find(t, "Secret", "blog-env").Inputs)
		for _, name := range []string{"DATABASE_URL", "PGHOST", "POSTGRES_DB", "PGSSLMODE"} {
			assert.NotContains(t, settings, name)
		}
		migrate := ran.Find(t, "Job", "blog-migrate")
		assert.Nil(t, environmentOf(t, migrate, "PGOPTIONS"))
		assert.Contains(t, fmt.Sprint(migrate.At(t, first+".volumeMounts")), "/srv/data")
		assert.NotContains(t, fmt.Sprint(ran.Find(t, "Job", "blog-shell").At(t, "spec.template.spec.containers")), "psql")
		assert.Equal(t, "Recreate", ran.Find(t, "Deployment", "blog-web").At(t, "spec.strategy.type"), "one pod writes the file")
	}
}

const sqlite = `"volumes": [{"name": "data", "source": "volume", "from": "data", "mountPath": "/srv/data"}]`

// The files of an app and its servers have addresses and passwords that the environment has made.
func TestATemplateIsComposed(t *testing.T) {
	const sections = `, "processes": [{"name": "search", "image": "registry.example.com/search:1.0", "appEnvironment": false, "port": 7700, "databaseConnections": 0,
			"volumes": [{"name": "conf", "source": "secret", "from": "conf", "mountPath": "/etc/search.yml", "subPath": "search.yml"}]}],
		"secrets": [
			{"name": "keys", "generate": {"search": {}}, "entries": {"smtp": "of-the-server", "at": "$(process:web.url)/x"}},
			{"name": "conf", "templates": {"search.yml": "to: $(value:database.user):$(value:database.password)@$(value:database.host)\nkey: $(secret:keys.search) $(secret:keys.smtp) $(secret:keys.at)\nat: $(process:web.url) $$(value:database.name) $$(PORT)"}}]`
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, smallApp+sections)
		object := ran.Find(t, "Secret", "blog-secret-conf")
		assert.Equal(t, mocks.Hidden, object.Plain()["stringData"])
		mounted := ran.Find(t, "Deployment", "blog-process-search").At(t, first+".volumeMounts")
		assert.Contains(t, fmt.Sprint(mounted), "mountPath:/etc/search.yml name:conf readOnly:true subPath:search.yml")
		if outputs != mocks.Known {
			continue
		}
		password := ran.Find(t, "RandomPassword", "blog-postgres-password")
		text := object.At(t, `stringData["search.yml"]`).(string)
		assert.Regexp(t, `^to: blog:[^@$]+@blog-postgres\nkey: \S+ of-the-server http://blog-web\.[a-z-]+\.svc:80/x\nat: http://blog-web\.[a-z-]+\.svc:80 \$\(value:database.name\) \$\(PORT\)$`, text)
		assert.NotContains(t, fmt.Sprint(ran.Find(t, "Deployment", "blog-process-search").Inputs, password.Name), "of-the-server")
	}
}

func TestAWorkerOfAnotherQueueScalesByItsList(t *testing.T) {
	ran := chosen(t, mocks.Known, strings.Replace(smallApp, `, "celeryApp": "blog"`, "", 1)+`, "broker": {"kind": "external", "external": {"host": "queue.example.com", "password": "of-the-server", "user": "blog", "number": 4}},
		"workers": [{"name": "rq", "command": ["python", "manage.py", "rqworker"], "queues": ["rq:queue:default"], "longestTaskSeconds": 60, "autoscaling": {"by": "queue", "minReplicas": 0, "maxReplicas": 3}}]`)
	assert.Equal(t, []any{"python", "manage.py", "rqworker"}, ran.Find(t, "Deployment", "blog-worker-rq").At(t, first+".command"))
	trigger := ran.Find(t, "ScaledObject", "blog-worker-rq-queue").At(t, "spec.triggers[0].metadata").(map[string]any)
	assert.Equal(t, "rq:queue:default", trigger["listName"])
	assert.Equal(t, "4", trigger["databaseIndex"])
	access := ran.Find(t, "TriggerAuthentication", "blog-worker-rq-queue-access")
	assert.Contains(t, fmt.Sprint(access.At(t, "spec.secretTargetRef")), "parameter:username")
}

// The program does not know how long uWSGI, Daphne or a server of the image keeps a connection.
func TestNGINXReusesNoConnectionOfAServerOfTheApp(t *testing.T) {
	for _, web := range []string{`{"command": ["uwsgi", "--ini", "app.ini"]}`, `{"server": "image"}`} {
		ran := chosen(t, mocks.Known, smallApp+`, "static": {"server": "nginx"}, "web": `+web)
		configuration := ran.Find(t, "ConfigMap", "blog-nginx").At(t, `data["nginx.conf"]`)
		assert.NotContains(t, configuration, "keepalive 32;", web)
	}
}

// Uploads on a volume are what most compose files let NGINX serve.
func TestNGINXServesUploadsOfAVolume(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "static": {"server": "nginx", "nginx": {"folders": [{"path": "/media", "volume": "uploads"}, {"path": "/files", "volume": "uploads"}]}},
		"volumes": [{"name": "media", "size": "1Gi"}],
		"web": {"replicas": 1, "volumes": [{"name": "uploads", "source": "volume", "from": "media", "mountPath": "/app/media", "subPath": "files"}]}`)
	configuration := ran.Find(t, "ConfigMap", "blog-nginx").At(t, `data["nginx.conf"]`)
	assert.Contains(t, configuration, "location ^~ /media/ {\n      alias /srv/djangostack/uploads/;\n")
	assert.Contains(t, configuration, "location ^~ /files/ {\n      alias /srv/djangostack/uploads/;\n")
	assert.Contains(t, configuration, "keepalive 32;")
	nginx := fmt.Sprint(ran.Find(t, "Deployment", "blog-web").At(t, "spec.template.spec.initContainers"))
	const mount = "map[mountPath:/srv/djangostack/uploads name:uploads readOnly:true subPath:files]"
	assert.Equal(t, 1, strings.Count(nginx, mount), "the API server takes a path once: %s", nginx)
}

// With the default policy, a server that does not start with a setting is not replaced when the setting is corrected.
func TestAServerThatDoesNotStartIsReplacedByACorrectedOne(t *testing.T) {
	for _, services := range []string{"", `, "broker": {"kind": "in-cluster", "engine": "rabbitmq"}, "cache": {"kind": "in-cluster", "engine": "memcached"}`, `, "search": {"kind": "in-cluster"}`, `, "cache": {"kind": "in-cluster", "replicas": 2}`} {
		servers := chosen(t, mocks.Known, smallApp+services).OfKind("StatefulSet")
		assert.NotEmpty(t, servers, services)
		for _, server := range servers {
			assert.Equal(t, "Parallel", server.At(t, "spec.podManagementPolicy"), server.Name)
		}
	}
}
