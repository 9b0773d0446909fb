package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withReplicas(number int) *kubernetes.RedisArgs {
	args := redisArgs()
	args.Replicas = number
	return args
}

func TestReplicasCopyTheServerBehindTheirNames(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			redis, err := kubernetes.NewRedis(ctx, "blog", withReplicas(2))
			if err != nil {
				return err
			}
			assert.Equal(t, []pulumi.StringInput{pulumi.String("blog-redis-cache-replica-1"), pulumi.String("blog-redis-cache-replica-2")}, redis.Server.Readers)
			return nil
		})
		for _, name := range []string{"blog-redis-cache-replica-1", "blog-redis-cache-replica-2"} {
			replica := ran.Find(t, "StatefulSet", name)
			assert.Equal(t, name, ran.Find(t, "Service", name).At(t, "metadata.name"))
			assert.True(t, ran.Waits(replica, ran.Find(t, "StatefulSet", "blog-redis-cache")), "the server runs first")
			startup, _ := replica.At(t, "spec.template.spec.containers[0].startupProbe.exec.command[2]").(string)
			assert.Equal(t, "redis-cli -p 6379 info replication | grep -q master_link_status:up", startup)
			assert.False(t, replica.Protect)
		}
	}
}

func TestAReplicaHasTheServersPasswordAndNoFile(t *testing.T) {
	args := withReplicas(1)
	args.Size = "1Gi"
	ran := mocks.Run(t, mocks.Known, withRedis(args))

	server := ran.Find(t, "Secret", "blog-redis-cache")
	replica := ran.Find(t, "Secret", "blog-redis-cache-replica-1")
	password, _ := server.At(t, "stringData.password").(string)
	require.NotEmpty(t, password)
	configuration, _ := replica.At(t, `stringData["redis.conf"]`).(string)
	lines := strings.Split(configuration, "\n")
	for _, line := range []string{"replicaof blog-redis-cache 6379", "masterauth " + password, "requirepass " + password, "appendonly no"} {
		assert.Contains(t, lines, line)
	}
	assert.NotContains(t, configuration, "tls")
	assert.True(t, replica.Secret("stringData"))
	assert.Len(t, ran.OfKind("PersistentVolumeClaim"), 1, "the server's")
}

// What restarts the server would interrupt the app.
func TestTheFirstReplicaChangesNothingOfTheServer(t *testing.T) {
	alone, joined := mocks.Run(t, mocks.Known, withRedis(redisArgs())), mocks.Run(t, mocks.Known, withRedis(withReplicas(1)))

	for _, kind := range []string{"StatefulSet", "Service", "Secret", "NetworkPolicy"} {
		assert.Equal(t, alone.Find(t, kind, "blog-redis-cache").Plain(), joined.Find(t, kind, "blog-redis-cache").Plain(), kind)
	}
}

// Redis keeps up to 256 MB for a replica that reads slowly, and the limit of a server of 64Mi is 192Mi.
func TestWhatTheServerKeepsForAReplicaIsBelowItsMemoryLimit(t *testing.T) {
	for memory, buffer := range map[string]string{"64Mi": "33554432", "1Gi": "268435456"} {
		args := redisArgs()
		args.Memory = memory
		configuration := mocks.Run(t, mocks.Known, withRedis(args)).Find(t, "Secret", "blog-redis-cache").At(t, `stringData["redis.conf"]`)

		assert.Contains(t, configuration, "\nclient-output-buffer-limit replica "+buffer+" "+buffer+" 60\n")
	}
}

func TestAReplicaConnectsOverTLSAndChecksTheServer(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, encrypted(func(ctx *pulumi.Context, authority *kubernetes.Authority) error {
		args := withReplicas(1)
		args.Authority = authority
		_, err := kubernetes.NewRedis(ctx, "blog", args)
		return err
	}))

	secret := ran.Find(t, "Secret", "blog-redis-cache-replica-1")
	configuration, _ := secret.At(t, `stringData["redis.conf"]`).(string)
	assert.Contains(t, configuration, "\ntls-replication yes\ntls-ca-cert-file /etc/redis/ca.pem\n")
	assert.Contains(t, configuration, "\nport 0\ntls-port 6379\n")
	trusted, _ := secret.At(t, `stringData["ca.pem"]`).(string)
	assert.Contains(t, trusted, "BEGIN CERTIFICATE")
	ran.Find(t, "Secret", "blog-redis-cache-replica-1-tls")
	replica := ran.Find(t, "StatefulSet", "blog-redis-cache-replica-1")
	assert.Contains(t, replica.At(t, "spec.template.spec.containers[0].startupProbe.exec.command[2]"), "--tls --cacert /etc/redis/ca.pem info replication")
}

func TestANumberOfReplicasBelowZeroIsRefused(t *testing.T) {
	mocks.Refused(t, withRedis(withReplicas(-1)), "Redis", "Replicas")
}
