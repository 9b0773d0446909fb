package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func memcachedArgs() *kubernetes.MemcachedArgs {
	return &kubernetes.MemcachedArgs{
		Namespace: pulumi.String("blog-dev"), Labels: testLabels(), Image: "docker.io/library/memcached:1.6",
		Servers: 1, Memory: "64Mi", CPU: "15m", Connections: 1024,
	}
}

func withMemcached(args *kubernetes.MemcachedArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewMemcached(ctx, "blog", args)
		return err
	}
}

func TestMemcachedHasItsLimitsOnTheCommandLine(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := memcachedArgs()
		args.Parameters = map[string]string{"threads": "2", "max-item-size": "2m"}
		server := mocks.Run(t, outputs, withMemcached(args)).Find(t, "StatefulSet", "blog-memcached")

		assert.Equal(t, []any{"memcached", "--port=11211", "--udp-port=0", "--memory-limit=64", "--conn-limit=1024", "--max-item-size=2m", "--threads=2"},
			server.At(t, "spec.template.spec.containers[0].args"))
	}
}

func TestMemcachedsLimitIsAboveAllThatTheServerUses(t *testing.T) {
	limits := func(memory string, connections int) map[string]any {
		args := memcachedArgs()
		args.Memory, args.Connections = memory, connections
		server := mocks.Run(t, mocks.Known, withMemcached(args)).Find(t, "StatefulSet", "blog-memcached")
		return server.At(t, "spec.template.spec.containers[0].resources").(map[string]any)
	}
	// Items, a sixth for the hash table, 34Ki for each connection, 39Mi of first pages, 8Mi.
	small, large := limits("64Mi", 1024), limits("1Gi", 4096)

	assert.Equal(t, "156Mi", small["limits"].(map[string]any)["memory"])
	assert.Equal(t, "1378Mi", large["limits"].(map[string]any)["memory"])
	assert.Equal(t, "72Mi", small["requests"].(map[string]any)["memory"], "a request is for what is used")
}

// A cache holds no data: nothing of it is protected, and it has neither a volume nor a secret.
func TestMemcachedHoldsNoData(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withMemcached(memcachedArgs()))

	for _, registered := range ran.Resources {
		assert.False(t, registered.Protect, registered.Name)
	}
	for _, kind := range []string{"PersistentVolumeClaim", "Secret", "RandomPassword"} {
		assert.Empty(t, ran.OfKind(kind), kind)
	}
	assert.Empty(t, ran.Find(t, "StatefulSet", "blog-memcached").At(t, "spec.template.spec.volumes"))
}

func TestMemcachedAdmitsOnlyTheApp(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withMemcached(memcachedArgs()))

	policy := ran.Find(t, "NetworkPolicy", "blog-memcached")
	assert.Len(t, policy.At(t, "spec.ingress[0].from"), 1)
	assert.Equal(t, "blog", policy.At(t, `spec.ingress[0].from[0].podSelector.matchLabels["app.kubernetes.io/instance"]`))
	assert.Equal(t, 11211.0, policy.At(t, "spec.ingress[0].ports[0].port"))
}

func TestEachOfSeveralMemcachedsHasAnAddress(t *testing.T) {
	args := memcachedArgs()
	args.Servers = 3
	ran := mocks.Run(t, mocks.Known, withMemcached(args))

	set := ran.Find(t, "StatefulSet", "blog-memcached")
	assert.Equal(t, 3.0, set.At(t, "spec.replicas"))
	assert.Equal(t, "Parallel", set.At(t, "spec.podManagementPolicy"))
	assert.Empty(t, set.Ignored, "a manifest without the policy is refused by a cluster that has the set with it")
	assert.Equal(t, "kubernetes.io/hostname", set.At(t, "spec.template.spec.topologySpreadConstraints[0].topologyKey"))
	const pod = `spec.selector["statefulset.kubernetes.io/pod-name"]`
	for service, of := range map[string]string{"blog-memcached": "blog-memcached-0", "blog-memcached-1": "blog-memcached-1", "blog-memcached-2": "blog-memcached-2"} {
		assert.Equal(t, of, ran.Find(t, "Service", service).At(t, pod), service)
	}
	require.Len(t, ran.OfKind("PodDisruptionBudget"), 1)
	// The first server keeps its address when others come.
	one := mocks.Run(t, mocks.Known, withMemcached(memcachedArgs()))
	assert.Equal(t, "blog-memcached", one.Find(t, "Service", "blog-memcached").At(t, "metadata.name"))
	assert.Nil(t, one.Find(t, "Service", "blog-memcached").At(t, pod))
	assert.Equal(t, "Parallel", one.Find(t, "StatefulSet", "blog-memcached").At(t, "spec.podManagementPolicy"), "a StatefulSet with another is replaced")
	assert.Empty(t, one.OfKind("PodDisruptionBudget"))
	assert.Equal(t, one.Find(t, "StatefulSet", "blog-memcached").At(t, "spec.template"), set.At(t, "spec.template"), "the first server is not restarted")
}

func TestAWrongMemcachedIsRefused(t *testing.T) {
	args := memcachedArgs()
	args.Servers, args.Connections, args.Memory = 0, 0, "much"
	mocks.Refused(t, withMemcached(args), "Servers", "Connections", "much")

	args = memcachedArgs()
	args.Memory = "512Ki"
	mocks.Refused(t, withMemcached(args), "512Ki")
}
