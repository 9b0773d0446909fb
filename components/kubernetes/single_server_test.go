package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// A probe that times out because the node is busy must not leave an environment without
// its database: the only server stays in its Service.
func TestTheOnlyServerStaysInItsServiceWhenAProbeFails(t *testing.T) {
	for name, program := range map[string]pulumi.RunFunc{"postgres": withPostgres(postgresArgs()), "redis-cache": withRedis(redisArgs()), "memcached": withMemcached(memcachedArgs())} {
		ran := mocks.Run(t, mocks.Known, program)
		service, server := ran.Find(t, "Service", "blog-"+name), ran.Find(t, "StatefulSet", "blog-"+name)
		assert.Equal(t, true, service.At(t, "spec.publishNotReadyAddresses"), name)
		for _, probe := range []string{"startupProbe", "readinessProbe"} {
			assert.NotNil(t, server.At(t, "spec.template.spec.containers[0]."+probe+".tcpSocket"), "%s: a command costs CPU each time", name)
		}
		assert.Nil(t, server.At(t, "spec.template.spec.containers[0].livenessProbe"), "%s: a restart helps no busy server", name)
	}
}

// Of several pods, one that is not ready gets no clients.
func TestOneOfSeveralPodsLeavesItsServiceWhenAProbeFails(t *testing.T) {
	for replicas, published := range map[int]bool{1: true, 2: false} {
		args := pgBouncerArgs()
		args.Replicas = replicas
		service := mocks.Run(t, mocks.Known, withPgBouncer(args)).Find(t, "Service", "blog-pgbouncer")
		assert.Equal(t, published, service.At(t, "spec.publishNotReadyAddresses"))
	}
}
