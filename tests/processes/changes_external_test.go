package processes_test

import (
	"slices"
	"testing"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// external returns an environment whose data services are servers outside of the cluster.
func external(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t,
		"web.server=uvicorn",
		"workers=[{name: mail}]",
		"release.steps=[{name: check}, {name: migrate}, {name: seed, command: [seed]}]",
		"database={kind: external, external: {host: db.example.com, password: of-the-server}}",
		"cache={kind: external, external: {host: cache.example.com, password: of-the-server}}",
		"broker={kind: external, external: {host: queue.example.com, password: of-the-server}}",
	)
}

// stored returns an environment whose servers have their credentials in Secrets that exist.
func stored(t *testing.T) environments.Environment {
	t.Helper()
	const refs = "passwordSecretKeyRef: {name: vault, key: password}, urlPasswordSecretKeyRef: {name: vault, key: encoded}, userSecretKeyRef: {name: vault, key: user}"
	return environments.Small(spec.NoCloud).Set(t,
		"workers=[{name: mail}]",
		"app.bindings={CACHE_PASSWORD: cache.password, QUEUE_PASSWORD: broker.password}",
		"database={kind: external, external: {host: db.example.com, "+refs+"}}",
		"cache={kind: external, external: {host: cache.example.com, "+refs+"}}",
		"broker={kind: external, engine: rabbitmq, external: {host: queue.example.com, "+refs+"}}",
	)
}

func externalChanges() []change {
	sets := []string{
		"app.asgiModule=blog.other",
		"database.external.host=other.example.com",
		"database.external.port=5433",
		"database.external.password=of-another-server",
		"database.external.sslMode=verify-full",
		"database.external={host: db.example.com, passwordSecretKeyRef: {name: stripe, key: token}}",
		"database.external={host: db.example.com, passwordSecretKeyRef: {name: stripe, key: token}, urlPasswordSecretKeyRef: {name: stripe, key: token}, userSecretKeyRef: {name: stripe, key: token}}",
		"cache.external.host=other.example.com",
		"cache.external.port=6380",
		"cache.external.password=of-another-server",
		"cache.external.tls=off",
		"cache.external.user=blog",
		"cache.external.number=2",
		"cache.external.auth=off --set cache.external={host: cache.example.com, auth: off}",
		"cache.external={host: cache.example.com, passwordSecretKeyRef: {name: stripe, key: token}, urlPasswordSecretKeyRef: {name: stripe, key: token}, userSecretKeyRef: {name: stripe, key: token}}",
		"cache.external.replicas=[copy.example.com]",
		"broker.external.host=other.example.com",
		"broker.external.port=6380",
		"broker.external.password=of-another-server",
		"broker.external.tls=off",
		"broker.external.user=blog",
		"broker.external.number=2",
		"broker.external.resultNumber=2",
		"broker.external.auth=off --set broker.external={host: queue.example.com, auth: off}",
		"broker.external={host: queue.example.com, passwordSecretKeyRef: {name: stripe, key: token}, urlPasswordSecretKeyRef: {name: stripe, key: token}, userSecretKeyRef: {name: stripe, key: token}}",
		"broker={kind: external, engine: rabbitmq, external: {host: queue.example.com, user: blog, password: of-the-server}}",
	}
	return append(rows(2, "External servers", sets...), rows(2, "Release", slices.Concat([]string{
		"release.steps=[{name: migrate}, {name: check}]",
		"release.steps[2].name=fill",
		"release.steps[2].command=[seed, --all]",
		"release.steps[2].database=direct",
		"release.steps[2].writesStatic=true",
		"release.steps[2].activeDeadlineSeconds=900",
		"release.steps[2].resources={cpu: 200m, memory: 192Mi}",
	}, placement("release.steps[2]"))...)...)
}

func storedChanges() []change {
	var sets []string
	for _, service := range []string{"database", "cache", "broker"} {
		for _, entry := range []string{"passwordSecretKeyRef", "urlPasswordSecretKeyRef", "userSecretKeyRef"} {
			sets = append(sets, service+".external."+entry+".name=stripe", service+".external."+entry+".key=token")
		}
	}
	return rows(3, "Credentials in Secrets that exist", append(sets, "broker.external.virtualHost=blog")...)
}
