package processes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// The API server takes what refers to stored credentials, the second plan is empty, and the state names the entries only.
func TestStoredCredentialsComeUpAndStayOutOfTheState(t *testing.T) {
	configuration := environments.Small(spec.NoCloud).Set(t,
		"namespace={source: existing, name: shop}",
		"database={kind: external, name: Shop-1, pooler: {kind: pgbouncer}, external: {host: db.example.com, passwordSecretKeyRef: {name: vault, key: password}, userSecretKeyRef: {name: vault, key: user}}}",
		"cache={kind: external, external: {host: cache.example.com, number: 3, user: shop, passwordSecretKeyRef: {name: vault, key: password}}}",
		"broker={kind: external, engine: rabbitmq, external: {host: mq.data.svc, virtualHost: shop, passwordSecretKeyRef: {name: vault, key: password}, userSecretKeyRef: {name: vault, key: user}}}",
		"workers=[{name: mail, autoscaling: {by: queue, minReplicas: 1, maxReplicas: 3}}]",
	)
	e := enginetest.NewEnvironment(t, configuration, onACluster)
	e.Up(t)
	assert.False(t, e.Up(t).Any(), "a second update changes nothing")
	state := string(e.Export(t))
	assert.Contains(t, state, `"vault"`)
	assert.NotContains(t, state, "rehearsed", "the value of every entry")
	assert.NotContains(t, state, "cmVoZWFyc2Vk", "the value of every entry, in base64")
	e.Destroy(t)
	assert.Empty(t, e.Leaks())
}
