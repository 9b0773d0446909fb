package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func testLabels() labels.Labels {
	return labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog", "djangostack/environment": "dev"}
}

func postgresArgs() *kubernetes.PostgresArgs {
	return &kubernetes.PostgresArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Image:     "docker.io/library/postgres:17",
		Database:  "blog",
		User:      "blog",
		Size:      "5Gi",
		Resources: pod.Resources{CPU: "100m", Memory: "256Mi", MemoryLimit: "512Mi"},
	}
}

func redisArgs() *kubernetes.RedisArgs {
	return &kubernetes.RedisArgs{
		Component:      "redis-cache",
		Namespace:      pulumi.String("blog-dev"),
		Labels:         testLabels(),
		Image:          "docker.io/library/redis:8",
		Memory:         "64Mi",
		CPU:            "25m",
		EvictionPolicy: arguments.AllKeysLRU,
	}
}

func withPostgres(args *kubernetes.PostgresArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewPostgres(ctx, "blog", args)
		return err
	}
}

func withRedis(args *kubernetes.RedisArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewRedis(ctx, "blog", args)
		return err
	}
}

func TestPostgresIsAServerBehindItsName(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withPostgres(postgresArgs()))

			assert.ElementsMatch(t, []string{
				"Job blog-postgres-role",
				"NetworkPolicy blog-postgres",
				"PersistentVolumeClaim blog-postgres-data",
				"Postgres blog",
				"RandomPassword blog-postgres-admin-password",
				"RandomPassword blog-postgres-password",
				"Secret blog-postgres",
				"Secret blog-postgres-admin",
				"Service blog-postgres",
				"StatefulSet blog-postgres",
			}, ran.Names())
			service := ran.Find(t, "Service", "blog-postgres")
			assert.Equal(t, "blog-postgres", service.At(t, "metadata.name"))
			assert.Equal(t, 5432.0, service.At(t, "spec.ports[0].port"))
			server := ran.Find(t, "StatefulSet", "blog-postgres")
			assert.Equal(t, service.At(t, "spec.selector"), server.At(t, "spec.selector.matchLabels"))
			assert.Equal(t, "/var/lib/postgresql/data", server.At(t, "spec.template.spec.containers[0].volumeMounts[0].mountPath"))
		})
	}
}

func TestPostgresKeepsItsPasswordSecret(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withPostgres(postgresArgs()))

	assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-postgres").Plain()["stringData"])
	assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-postgres-admin").Plain()["stringData"])
	assert.NotContains(t, ran.Find(t, "StatefulSet", "blog-postgres").Plain(), "generated-")
}

func TestPostgresOutlivesItsPodInAClaimOfTheProgram(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withPostgres(postgresArgs()))

	claim := ran.Find(t, "PersistentVolumeClaim", "blog-postgres-data")
	assert.Equal(t, "5Gi", claim.At(t, "spec.resources.requests.storage"))
	assert.Nil(t, claim.At(t, "spec.storageClassName"), "the cluster's default class")
	server := ran.Find(t, "StatefulSet", "blog-postgres")
	assert.Equal(t, claim.At(t, "metadata.name"), server.At(t, "spec.template.spec.volumes[0].persistentVolumeClaim.claimName"))
	assert.Contains(t, server.DependsOn, claim.URN, "the claim is deleted after the server that mounts it")
}

func TestProtectionCoversEverythingThatHoldsData(t *testing.T) {
	for _, protect := range []bool{true, false} {
		args := postgresArgs()
		args.Data = data.Held{Parts: []data.Part{data.Database}, Immutable: map[string]string{"database.name": "blog"}, Protected: protect}
		ran := mocks.Run(t, mocks.Known, withPostgres(args))
		for _, holder := range [][2]string{
			{"StatefulSet", "blog-postgres"},
			{"PersistentVolumeClaim", "blog-postgres-data"},
			{"RandomPassword", "blog-postgres-password"},
			{"RandomId", "blog-postgres-immutable"},
			{"RandomPassword", "blog-postgres-admin-password"},
		} {
			assert.Equal(t, protect, ran.Find(t, holder[0], holder[1]).Protect, holder)
		}
	}
}

func TestOnlyTheAppReachesPostgres(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withPostgres(postgresArgs()))

	policy := ran.Find(t, "NetworkPolicy", "blog-postgres")
	assert.Equal(t, map[string]any{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}, policy.At(t, "spec.ingress[0].from[0].podSelector.matchLabels"))
	assert.Equal(t, 5432.0, policy.At(t, "spec.ingress[0].ports[0].port"))
}

func TestACacheForgetsAndABrokerDoesNot(t *testing.T) {
	cache := mocks.Run(t, mocks.Known, withRedis(redisArgs())).Find(t, "Secret", "blog-redis-cache")
	assert.Contains(t, cache.At(t, `stringData["redis.conf"]`), "maxmemory-policy allkeys-lru")
	assert.Contains(t, cache.At(t, `stringData["redis.conf"]`), "appendonly no")
	assert.Contains(t, cache.At(t, `stringData["redis.conf"]`), "maxmemory 67108864\n")

	args := redisArgs()
	args.Component, args.EvictionPolicy, args.Size = "redis-broker", arguments.NoEviction, "1Gi"
	ran := mocks.Run(t, mocks.Known, withRedis(args))
	broker := ran.Find(t, "Secret", "blog-redis-broker")
	assert.Contains(t, broker.At(t, `stringData["redis.conf"]`), "maxmemory-policy noeviction")
	assert.Contains(t, broker.At(t, `stringData["redis.conf"]`), "appendonly yes")
	assert.NotEmpty(t, ran.OfKind("PersistentVolumeClaim"), "messages outlive the pod")
}

func TestRedisKeepsItsPasswordOffTheCommandLine(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRedis(redisArgs()))

		assert.True(t, ran.Find(t, "Secret", "blog-redis-cache").Secret("stringData"))
		server := ran.Find(t, "StatefulSet", "blog-redis-cache")
		assert.Equal(t, []any{"redis-server", "/etc/redis/redis.conf"}, server.At(t, "spec.template.spec.containers[0].args"))
	}
}

func TestRedisHasMoreMemoryThanItsKeysNeed(t *testing.T) {
	server := mocks.Run(t, mocks.Known, withRedis(redisArgs())).Find(t, "StatefulSet", "blog-redis-cache")

	assert.Equal(t, "72Mi", server.At(t, "spec.template.spec.containers[0].resources.requests.memory"))
	assert.Equal(t, "192Mi", server.At(t, "spec.template.spec.containers[0].resources.limits.memory"))
}

func TestANamespaceEnforcesItsPodSecurityLevel(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			_, err := kubernetes.NewNamespace(ctx, "blog", &kubernetes.NamespaceArgs{Name: "blog-dev", Source: arguments.Create, PodSecurity: "restricted", Labels: testLabels()})
			return err
		})
		namespace := ran.Find(t, "Namespace", "blog-namespace")
		assert.Equal(t, "restricted", namespace.At(t, `metadata.labels["pod-security.kubernetes.io/enforce"]`))
	}
}

func TestAnExistingNamespaceIsNotChanged(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewNamespace(ctx, "blog", &kubernetes.NamespaceArgs{Name: "shared", Source: arguments.Existing})
		return err
	})
	assert.Equal(t, []string{"Namespace blog"}, ran.Names(), "the component alone")
}

func TestMissingArgumentsAreAllNamed(t *testing.T) {
	for name, program := range map[string]struct {
		run  pulumi.RunFunc
		want []string
	}{
		"Postgres": {withPostgres(&kubernetes.PostgresArgs{}), []string{"Postgres: Namespace is required", "Postgres: Image is required", "Postgres: Database is required", "Postgres: User is required", "Postgres: Size is required"}},
		"Redis":    {withRedis(&kubernetes.RedisArgs{}), []string{"Redis: Component is required", "Redis: Namespace is required", "Redis: Image is required", "Redis: EvictionPolicy is"}},
		"Namespace": {func(ctx *pulumi.Context) error {
			_, err := kubernetes.NewNamespace(ctx, "blog", &kubernetes.NamespaceArgs{})
			return err
		}, []string{"Namespace: Name is required", "Namespace: PodSecurity is required"}},
	} {
		t.Run(name, func(t *testing.T) {
			ran, err := mocks.Try(mocks.Known, nil, program.run)
			require.Error(t, err)
			for _, want := range program.want {
				assert.ErrorContains(t, err, want)
			}
			assert.Empty(t, ran.Resources, "nothing is registered")
		})
	}
}

func TestAMemoryThatIsNoQuantityIsNamed(t *testing.T) {
	args := redisArgs()
	args.Memory = "a lot"
	_, err := mocks.Try(mocks.Known, nil, withRedis(args))
	assert.ErrorContains(t, err, `Redis: Memory "a lot" is not a quantity`)
}
