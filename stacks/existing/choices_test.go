package existing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// chosen deploys a small environment with further sections.
func chosen(t *testing.T, outputs mocks.Outputs, sections string) mocks.Program {
	t.Helper()
	return chosenIn(t, "staging", outputs, sections)
}

func chosenIn(t *testing.T, tier string, outputs mocks.Outputs, sections string) mocks.Program {
	t.Helper()
	text := fmt.Sprintf(`{"cloud": "none", "tier": %q, "cluster": {"context": "kind-kind"}, %s}`, tier, sections)
	environment, err := spec.Parse([]byte(text), "dev")
	require.NoError(t, err)
	return mocks.Run(t, outputs, func(ctx *pulumi.Context) error { return existing.Deploy(ctx, environment) })
}

const smallApp = `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog"}`

const first = "spec.template.spec.containers[0]"

// environmentOf returns the value of a variable of an object's first container.
func environmentOf(t *testing.T, r mocks.Resource, name string) any {
	t.Helper()
	entries, _ := r.At(t, first+".env").([]any)
	for _, entry := range entries {
		if variable, _ := entry.(map[string]any); variable["name"] == name {
			return variable["value"]
		}
	}
	return nil
}

func TestPoolerIsBetweenAppAndDatabase(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, smallApp+`, "database": {"pooler": {"kind": "pgbouncer"}}`)

		plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
		assert.Equal(t, "blog-pgbouncer", plain["PGHOST"])
		assert.Equal(t, "transaction", plain["DATABASE_POOLING"])
		migrate := ran.Find(t, "Job", "blog-migrate")
		assert.Equal(t, "blog-postgres", environmentOf(t, migrate, "PGHOST"))
		assert.Equal(t, "-c lock_timeout=10s", environmentOf(t, migrate, "PGOPTIONS"))
		assert.True(t, waits(ran, migrate, ran.Find(t, "Deployment", "blog-pgbouncer").URN))
	}
}

func TestWorkersScaleByTheQueue(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "workers": [{"name": "mail", "queues": ["mail"], "autoscaling": {"by": "queue", "minReplicas": 0, "maxReplicas": 5}}]`)

	scaled := ran.Find(t, "ScaledObject", "blog-worker-mail-queue")
	assert.Equal(t, "blog-redis-broker.blog-dev.svc:6379", scaled.At(t, "spec.triggers[0].metadata.address"))
	assert.Equal(t, "mail", scaled.At(t, "spec.triggers[0].metadata.listName"))
	policy := ran.Find(t, "NetworkPolicy", "blog-redis-broker")
	assert.Equal(t, map[string]any{"app": "keda-operator"}, policy.At(t, "spec.ingress[0].from[1].podSelector.matchLabels"))
}

func TestCacheLocationListsReplicas(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "cache": {"kind": "external", "external": {"host": "cache", "password": "x", "replicas": ["copy"]}}`)

	secret := ran.Find(t, "Secret", "blog-env")
	const each = ":6379/0?ssl_cert_reqs=required"
	assert.Equal(t, "rediss://:x@cache"+each+",rediss://:x@copy"+each, secret.At(t, "stringData.CACHE_LOCATION"))
	assert.Equal(t, "rediss://:x@cache"+each, secret.At(t, "stringData.CACHE_URL"))
}

func TestUvicornServesTheASGIModule(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "web": {"server": "uvicorn"}`)

	command, _ := ran.Find(t, "Deployment", "blog-web").At(t, first+".command").([]any)
	assert.Equal(t, []any{"uvicorn", "blog.asgi:application"}, command[:2])
	assert.Nil(t, environmentOf(t, ran.Find(t, "Deployment", "blog-web"), "GUNICORN_CMD_ARGS"))
}

func TestVisibilityTimeoutReachesCelery(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "workers": [{"name": "slow", "longestTaskSeconds": 7200}]`)

	plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	assert.Equal(t, "7265", plain["CELERY_VISIBILITY_TIMEOUT"])
}

func TestNewRelicRunsEveryProcess(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "monitoring": {"newRelic": "on", "prometheus": {"scrape": "annotations"}},
		"workers": [{"name": "a"}], "beat": {"enabled": true}, "processes": [{"name": "bot", "command": ["bot"]}]`)

	for _, process := range []string{"blog-web", "blog-worker-a", "blog-beat", "blog-process-bot"} {
		command, _ := ran.Find(t, "Deployment", process).At(t, first+".command").([]any)
		assert.Equal(t, []any{"newrelic-admin", "run-program"}, command[:2], process)
	}
	assert.Equal(t, "true", ran.Find(t, "Deployment", "blog-web").At(t, `spec.template.metadata.annotations["prometheus.io/scrape"]`))
}

func TestReleaseAndStackCanBeBoundToVariables(t *testing.T) {
	ran := chosen(t, mocks.Known, `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings",
		"bindings": {"SENTRY_RELEASE": "app.release", "SENTRY_ENVIRONMENT": "app.environment"}}`)

	plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	assert.Equal(t, "1.0", plain["SENTRY_RELEASE"])
	assert.Equal(t, "dev", plain["SENTRY_ENVIRONMENT"])
}

func TestNGINXListensOnTheWebPort(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "static": {"server": "nginx"}`)

	web := ran.Find(t, "Deployment", "blog-web")
	assert.Equal(t, "8001", environmentOf(t, web, "PORT"))
	assert.Contains(t, environmentOf(t, web, "GUNICORN_CMD_ARGS"), "--bind=0.0.0.0:8001")
	assert.Equal(t, 8000.0, web.At(t, first+".ports[0].containerPort"), "the Service leads to NGINX")
}

func TestCeleryKnowsRabbitMQsQuorumQueues(t *testing.T) {
	args := func(broker, worker string) any {
		ran := chosen(t, mocks.Known, smallApp+fmt.Sprintf(`, "broker": {%s}, "workers": [{"name": "mail"%s}]`, broker, worker))
		return ran.Find(t, "Deployment", "blog-worker-mail").At(t, first+".args")
	}
	settings := []any{"--", "task.default_queue_type=quorum", "worker.enable_prefetch_count_reduction=false"}

	assert.Equal(t, settings, args(`"engine": "rabbitmq"`, ""))
	assert.Equal(t, append([]any{"--events"}, settings...), args(`"engine": "rabbitmq"`, `, "args": ["--events"]`))
	assert.Equal(t, []any{"--events"}, args(`"engine": "rabbitmq", "queueType": "classic"`, `, "args": ["--events"]`))
	assert.Equal(t, []any{"--events"}, args(`"engine": "redis"`, `, "args": ["--events"]`))
}

func TestMemcachedIsTheCacheWithoutAValueOfRedis(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "cache": {"engine": "memcached", "servers": 2}, "workers": [{"name": "mail"}]`)

	secret, _ := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
	assert.Equal(t, "pymemcache://blog-memcached:11211,blog-memcached-1:11211", secret["CACHE_URL"])
	assert.Equal(t, "blog-memcached:11211,blog-memcached-1:11211", secret["CACHE_LOCATION"])
	assert.NotContains(t, secret, "REDIS_URL")
	assert.Contains(t, secret["CELERY_BROKER_URL"], "@blog-redis-broker:6379", "the broker stays a Redis")
	for _, kind := range []string{"StatefulSet", "Service", "Secret"} {
		for _, found := range ran.OfKind(kind) {
			assert.NotEqual(t, "blog-redis-cache", found.Name)
		}
	}
	assert.True(t, waits(ran, ran.Find(t, "Job", "blog-migrate"), ran.Find(t, "StatefulSet", "blog-memcached").URN))
	egress := ran.Find(t, "NetworkPolicy", "blog-egress")
	assert.Contains(t, egress.At(t, "spec.podSelector.matchExpressions[0].values"), "memcached", "the servers connect to nothing")
}

// Django writes to the first location and reads from the others.
func TestReplicasOfTheCacheFollowItInTheLocations(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "cache": {"replicas": 2}, "workers": [{"name": "mail"}]`)

	secret, _ := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
	locations, _ := secret["CACHE_LOCATION"].(string)
	assert.Regexp(t, `^redis://:[^@]+@blog-redis-cache:6379/0,redis://:[^@]+@blog-redis-cache-replica-1:6379/0,redis://:[^@]+@blog-redis-cache-replica-2:6379/0$`, locations)
	for _, variable := range []string{"CACHE_URL", "REDIS_URL"} {
		assert.Regexp(t, `^redis://:[^@]+@blog-redis-cache:6379/0$`, secret[variable], "one server, which takes writes")
	}
	assert.NotContains(t, secret["CELERY_BROKER_URL"], "replica")
	assert.True(t, waits(ran, ran.Find(t, "Deployment", "blog-web"), ran.Find(t, "StatefulSet", "blog-redis-cache-replica-2").URN))
}

func TestMemcachedAcceptsAsManyConnectionsAsTheProcessesOpen(t *testing.T) {
	limit := func(sections string) any {
		ran := chosen(t, mocks.Known, smallApp+sections)
		return ran.Find(t, "StatefulSet", "blog-memcached").At(t, first+".args[4]")
	}

	assert.Equal(t, "--conn-limit=1024", limit(`, "cache": {"engine": "memcached"}`))
	// 2 × 70 pods × 8 threads are above a thousand.
	const many = `, "web": {"replicas": 70}, "database": {"kind": "external", "external": {"host": "db", "password": "x"}}`
	assert.Equal(t, "--conn-limit=2048", limit(many+`, "cache": {"engine": "memcached"}`))
	assert.Equal(t, "--conn-limit=1500", limit(many+`, "cache": {"engine": "memcached", "parameters": {"conn-limit": "1500"}}`))
}

// The cache alone goes without TLS: what else is in the cluster keeps to namespace.tls.
func TestACacheWithoutTLSLeavesTheOthersWithTLS(t *testing.T) {
	for engine, url := range map[string]string{"memcached": "pymemcache://blog-memcached:11211", "redis": "@blog-redis-cache:6379/0"} {
		ran := chosenIn(t, "production", mocks.Known, `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
			"database": {"kind": "in-cluster"}, "workers": [{"name": "mail"}], "cache": {"tls": "off", "engine": "`+engine+`"}`)

		secret, _ := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
		assert.Contains(t, secret["CACHE_URL"], url)
		assert.NotContains(t, secret["CACHE_URL"], "rediss://")
		assert.Contains(t, secret["DATABASE_URL"], "sslmode=verify-full")
		assert.Contains(t, secret["CELERY_BROKER_URL"], "rediss://")
	}
}

func TestAnotherClientOfMemcachedHasItsURL(t *testing.T) {
	ran := chosen(t, mocks.Known, `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings",
		"env": {"CACHE_URL": "pylibmc://$(CACHE_LOCATION)"}}, "cache": {"engine": "memcached"}`)

	secret, _ := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
	assert.Equal(t, "blog-memcached:11211", secret["CACHE_LOCATION"])
	assert.NotContains(t, secret, "CACHE_URL")
	assert.Equal(t, "pylibmc://$(CACHE_LOCATION)", environmentOf(t, ran.Find(t, "Deployment", "blog-web"), "CACHE_URL"))
}

func TestAnExistingMemcachedIsReachedWithoutACache(t *testing.T) {
	ran := chosen(t, mocks.Known, `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings",
		"secretEnv": {"CACHE_URL": "pymemcache://cache.example.com:11211", "CACHE_LOCATION": "cache.example.com:11211"}},
		"cache": {"kind": "none"}, "namespace": {"egress": [{}, {"cidrs": ["10.0.0.0/8"], "ports": [11211]}]}`)

	secret, _ := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
	assert.Equal(t, "cache.example.com:11211", secret["CACHE_LOCATION"])
}

// What holds data and what leads to it know every database.
func TestBackupsAndThePoolerKnowASecondDatabase(t *testing.T) {
	const two = smallApp + `, "database": {"resources": {"memoryLimit": "1Gi"}, "further": [{"name": "archive", "urlVariable": "ARCHIVE_URL"}], "pooler": {"kind": "pgbouncer"}, "backups": {"store": "volume"}}`
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, two)
		for _, name := range []string{"blog-backup", "blog-restore", "blog-restore-drill"} {
			variables := ran.Find(t, "CronJob", name).At(t, "spec.jobTemplate.spec.template.spec.containers[0].env")
			assert.Contains(t, variables, map[string]any{"name": "BACKUP_FURTHER", "value": "archive"}, name)
		}
		env := ran.Find(t, "Secret", "blog-env")
		assert.Equal(t, mocks.Hidden, env.Plain()["stringData"])
		if outputs == mocks.Known {
			assert.Contains(t, env.At(t, "stringData.ARCHIVE_URL"), "@blog-pgbouncer:5432/archive")
			assert.Contains(t, env.At(t, `stringData["direct-ARCHIVE_URL"]`), "@blog-postgres:5432/archive")
			migrate := ran.Find(t, "Job", "blog-migrate").At(t, first+".env").([]any)
			assert.True(t, slices.ContainsFunc(migrate, func(variable any) bool {
				return strings.Contains(fmt.Sprint(variable), "key:direct-ARCHIVE_URL") && variable.(map[string]any)["name"] == "ARCHIVE_URL"
			}), "migrations bypass the pooler")
			assert.Contains(t, ran.Find(t, "Secret", "blog-pgbouncer").At(t, `stringData["pgbouncer.ini"]`), "\narchive = host=blog-postgres port=5432 dbname=archive\n")
		}
	}
}

// A second alias of DATABASES has a database of the same server and user.
func TestASecondDatabaseIsOnTheEnvironmentsServer(t *testing.T) {
	const two = smallApp + `, "database": {"resources": {"memoryLimit": "1Gi"}, "further": [{"name": "archive", "urlVariable": "ARCHIVE_URL"}, {"name": "reports"}]}, "release": {"migrate": {"databases": ["default", "archive"]}}`
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, two)
		role := ran.Find(t, "Job", "blog-postgres-role")
		script := role.At(t, first+".command[2]")
		assert.Contains(t, script, "ROLE_DATABASE=archive\ngive\nROLE_DATABASE=reports\ngive\n")
		assert.True(t, waits(ran, ran.Find(t, "Job", "blog-migrate"), role.URN))
		env := ran.Find(t, "Secret", "blog-env")
		assert.Equal(t, mocks.Hidden, env.Plain()["stringData"])
		if outputs == mocks.Known {
			url := fmt.Sprint(env.At(t, "stringData.DATABASE_URL"))
			assert.Contains(t, url, ":5432/blog?")
			assert.Equal(t, strings.Replace(url, "/blog?", "/archive?", 1), env.At(t, "stringData.ARCHIVE_URL"))
		}
	}
}
