package existing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// storedServers are external servers whose credentials are in the Secrets pg and mq, and in one that the environment creates.
const storedServers = smallApp + `,
	"secrets": [{"name": "own", "entries": {"PASSWORD": "hunter2"}}],
	"database": {"kind": "external", "name": "Shop-1", "pooler": {"kind": "pgbouncer"},
		"external": {"host": "pg-rw", "passwordSecretKeyRef": {"name": "pg", "key": "password"}, "userSecretKeyRef": {"name": "pg", "key": "username"}}},
	"cache": {"kind": "external", "external": {"host": "redis.example.com", "user": "shop", "number": 3, "passwordSecretKeyRef": {"name": "own", "key": "PASSWORD"}}},
	"broker": {"kind": "external", "engine": "rabbitmq", "external": {"host": "mq.data.svc", "virtualHost": "shop",
		"passwordSecretKeyRef": {"name": "mq", "key": "password"}, "userSecretKeyRef": {"name": "mq", "key": "username"}, "urlPasswordSecretKeyRef": {"name": "mq", "key": "encoded"}}},
	"workers": [{"name": "a", "autoscaling": {"by": "queue", "minReplicas": 0, "maxReplicas": 3}},
		{"name": "b", "kind": "django-tasks", "autoscaling": {"by": "queue", "minReplicas": 0, "maxReplicas": 3}}]`

// sourceOf returns the Secret and the key of a variable of an object's container.
func sourceOf(t *testing.T, r mocks.Resource, containers, name string) string {
	t.Helper()
	entries, _ := r.At(t, "spec.template.spec."+containers+"[0].env").([]any)
	for _, entry := range entries {
		variable, _ := entry.(map[string]any)
		from, _ := variable["valueFrom"].(map[string]any)
		if key, is := from["secretKeyRef"].(map[string]any); is && variable["name"] == name {
			return fmt.Sprint(key["name"], "/", key["key"])
		}
	}
	return ""
}

func TestPodsReferToStoredCredentials(t *testing.T) {
	ran := chosen(t, mocks.Known, storedServers)
	for _, name := range []string{"blog-web", "blog-worker-a"} {
		process := ran.Find(t, "Deployment", name)
		for variable, want := range map[string]string{
			"PGPASSWORD": "pg/password", "POSTGRES_PASSWORD": "pg/password", "PGUSER": "pg/username",
			"DJANGOSTACK_CACHE_PASSWORD": "blog-secret-own-1a2b3c4d/PASSWORD", "DJANGOSTACK_BROKER_PASSWORD": "mq/encoded", "DJANGOSTACK_BROKER_USER": "mq/username",
			"DJANGOSTACK_DATABASE_PASSWORD": "",
		} {
			assert.Equal(t, want, sourceOf(t, process, "containers", variable), name+" "+variable)
		}
		assert.Equal(t, "postgres://blog-pgbouncer:5432/Shop-1?sslmode=disable", environmentOf(t, process, "DATABASE_URL"), name)
		assert.Equal(t, "rediss://shop:$(DJANGOSTACK_CACHE_PASSWORD)@redis.example.com:6379/3?ssl_cert_reqs=required", environmentOf(t, process, "REDIS_URL"))
		assert.Equal(t, "amqps://$(DJANGOSTACK_BROKER_USER):$(DJANGOSTACK_BROKER_PASSWORD)@mq.data.svc:5671/shop", environmentOf(t, process, "CELERY_BROKER_URL"))
	}
	migrate := ran.Find(t, "Job", "blog-migrate")
	assert.Equal(t, "postgres://pg-rw:5432/Shop-1?sslmode=require", environmentOf(t, migrate, "DATABASE_URL"), "migrate bypasses the pool")
	assert.Equal(t, "pg/password", sourceOf(t, migrate, "containers", "PGPASSWORD"))

	shell := ran.Find(t, "Job", "blog-shell")
	entries, _ := shell.At(t, "spec.template.spec.containers[1].env").([]any)
	assert.Contains(t, entries, map[string]any{"name": "PGPASSWORD", "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "pg", "key": "password"}}}, "psql signs in as well")
	assert.Contains(t, entries, map[string]any{"name": "PGHOST", "value": "pg-rw"})

	for _, secret := range ran.OfKind("Secret") {
		if strings.HasPrefix(secret.Name, "blog-env") {
			data, _ := secret.At(t, "stringData").(map[string]any)
			for _, variable := range []string{"PGPASSWORD", "DATABASE_URL", "DIRECT_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "direct-database-url"} {
				assert.NotContains(t, data, variable)
			}
		}
	}
	plain, _ := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	assert.NotContains(t, plain, "PGUSER")
}

func TestThePoolReadsStoredCredentials(t *testing.T) {
	ran := chosen(t, mocks.Known, storedServers)
	pool := ran.Find(t, "Deployment", "blog-pgbouncer")
	assert.Equal(t, "pg/password", sourceOf(t, pool, "initContainers", "SERVER_PASSWORD"))
	assert.Equal(t, "pg/username", sourceOf(t, pool, "initContainers", "SERVER_USER"))
	assert.Empty(t, sourceOf(t, pool, "containers", "SERVER_PASSWORD"))
	configuration := ran.Find(t, "Secret", "blog-pgbouncer")
	assert.NotContains(t, configuration.At(t, "stringData"), "userlist.txt")
	ini := configuration.At(t, `stringData["pgbouncer.ini"]`)
	assert.Contains(t, ini, "auth_file = /run/djangostack/pgbouncer/userlist.txt\n")
	assert.Contains(t, ini, "Shop-1 = host=pg-rw port=5432 dbname=Shop-1\n")
}

func TestScalersReferToStoredCredentials(t *testing.T) {
	ran := chosen(t, mocks.Known, storedServers)
	queue := ran.Find(t, "ScaledObject", "blog-worker-a-queue")
	assert.Equal(t, "amqps://mq.data.svc:5671/shop", queue.At(t, "spec.triggers[0].metadata.host"))
	access := ran.Find(t, "TriggerAuthentication", "blog-worker-a-queue-access").At(t, "spec.secretTargetRef")
	assert.ElementsMatch(t, []any{
		map[string]any{"parameter": "username", "name": "mq", "key": "username"}, map[string]any{"parameter": "password", "name": "mq", "key": "password"},
	}, access)

	rows := ran.Find(t, "ScaledObject", "blog-worker-b-queue")
	assert.NotContains(t, rows.At(t, "spec.triggers[0].metadata"), "userName")
	access = ran.Find(t, "TriggerAuthentication", "blog-worker-b-queue-access").At(t, "spec.secretTargetRef")
	assert.ElementsMatch(t, []any{
		map[string]any{"parameter": "userName", "name": "pg", "key": "username"}, map[string]any{"parameter": "password", "name": "pg", "key": "password"},
	}, access)
}

func TestAScalerOfAnOpenRedisSignsInAsNobody(t *testing.T) {
	const section = smallApp + `, "workers": [{"name": "a", "autoscaling": {"by": "queue", "minReplicas": 0, "maxReplicas": 3}}],
		"broker": {"kind": "external", "external": {"host": "redis.example.com", "tls": "off", "number": 7, %s}}`
	ran := chosen(t, mocks.Known, fmt.Sprintf(section, `"auth": "off"`))
	queue := ran.Find(t, "ScaledObject", "blog-worker-a-queue")
	assert.Equal(t, "7", queue.At(t, "spec.triggers[0].metadata.databaseIndex"))
	assert.NotContains(t, queue.At(t, "spec.triggers[0]"), "authenticationRef")
	assert.Empty(t, ran.OfKind("TriggerAuthentication"))

	ran = chosen(t, mocks.Known, fmt.Sprintf(section, `"user": "shop", "password": "hunter2"`))
	assert.Equal(t, map[string]any{"username": "shop", "password": "hunter2"}, ran.Find(t, "Secret", "blog-worker-a-queue").At(t, "stringData"))

	ran = chosen(t, mocks.Known, fmt.Sprintf(section, `"user": "shop", "passwordSecretKeyRef": {"name": "queue", "key": "password"}`))
	assert.Equal(t, map[string]any{"username": "shop"}, ran.Find(t, "Secret", "blog-worker-a-queue").At(t, "stringData"))
	assert.Contains(t, ran.Find(t, "TriggerAuthentication", "blog-worker-a-queue-access").At(t, "spec.secretTargetRef"), map[string]any{"parameter": "password", "name": "queue", "key": "password"})
}

func TestServersInTheClusterAreReached(t *testing.T) {
	ran := chosen(t, mocks.Known, storedServers)
	rules, _ := ran.Find(t, "NetworkPolicy", "blog-egress").At(t, "spec.egress").([]any)
	pods := map[string]bool{}
	for _, rule := range rules {
		peers, _ := rule.(map[string]any)["to"].([]any)
		ports, _ := rule.(map[string]any)["ports"].([]any)
		for _, peer := range peers {
			if _, is := peer.(map[string]any)["namespaceSelector"]; is {
				pods[fmt.Sprint(ports[0].(map[string]any)["port"])] = true
			}
		}
	}
	assert.Equal(t, map[string]bool{"5432": true, "5671": true}, pods, "pg-rw and mq.data.svc are Services, redis.example.com is none")
}

func TestTheReleaseWaitsForTheCheckOfStoredCredentials(t *testing.T) {
	ran := chosen(t, mocks.Known, storedServers)
	check := ran.Find(t, "Job", "blog-credentials")
	assert.Equal(t, "mq/encoded", sourceOf(t, check, "containers", "ENTRY_0"))
	assert.Equal(t, "percent-encoded", environmentOf(t, check, "FORM_0"))
	assert.Equal(t, "mq/username", sourceOf(t, check, "containers", "ENTRY_1"))
	assert.Empty(t, sourceOf(t, check, "containers", "ENTRY_2"), "libpq reads the database's, and the own Secret is checked before")
	assert.Contains(t, environmentOf(t, check, "WRONG_0"), "broker.external.urlPasswordSecretKeyRef: the Secret mq has an entry encoded that is not percent-encoded")
	assert.True(t, ran.Waits(ran.Find(t, "Job", "blog-migrate"), check))

	without := chosen(t, mocks.Known, smallApp+`, "database": {"kind": "external", "external": {"host": "pg-rw", "passwordSecretKeyRef": {"name": "pg", "key": "password"}}}`)
	for _, job := range without.OfKind("Job") {
		assert.NotEqual(t, "blog-credentials", job.Name)
	}
}
