package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

func pgBouncerArgs() *kubernetes.PgBouncerArgs {
	return &kubernetes.PgBouncerArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
		Image:     "docker.io/edoburu/pgbouncer:v1.24.1-p1",
		Server: connection.Database{
			Host: pulumi.String("db.example.com"), Port: 5433, Name: "blog", User: "writer",
			Password: pulumi.ToSecret(pulumi.String(`hunter"2`)).(pulumi.StringOutput), SSLMode: "require",
		},
		Replicas: 2, PoolSize: 20, MaxClients: 500,
	}
}

func withPgBouncer(args *kubernetes.PgBouncerArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		bouncer, err := kubernetes.NewPgBouncer(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("url", bouncer.Database.URL())
		return nil
	}
}

func TestAPoolSharesConnectionsByTransaction(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withPgBouncer(pgBouncerArgs()))

		secret := ran.Find(t, "Secret", "blog-pgbouncer")
		assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])
		configuration, _ := secret.At(t, `stringData["pgbouncer.ini"]`).(string)
		for _, line := range []string{
			"blog = host=db.example.com port=5433 dbname=blog\n", "pool_mode = transaction\n", "auth_type = scram-sha-256\n",
			"default_pool_size = 20\n", "max_client_conn = 500\n", "server_tls_sslmode = require\n",
		} {
			assert.Contains(t, configuration, line)
		}
		assert.Equal(t, "\"writer\" \"hunter\"\"2\"\n", secret.At(t, `stringData["userlist.txt"]`), "a quote is doubled")
	}
}

// Each database has a pool of the same size.
func TestAPoolLeadsToEveryDatabase(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := pgBouncerArgs()
		args.Further = []string{"archive", "reports"}
		ran := mocks.Run(t, outputs, withPgBouncer(args))
		configuration, _ := ran.Find(t, "Secret", "blog-pgbouncer").At(t, `stringData["pgbouncer.ini"]`).(string)
		assert.Contains(t, configuration, "[databases]\nblog = host=db.example.com port=5433 dbname=blog\narchive = host=db.example.com port=5433 dbname=archive\nreports = host=db.example.com port=5433 dbname=reports\n\n[pgbouncer]\n")
	}
}

func TestOnlyTheAppReachesThePool(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withPgBouncer(pgBouncerArgs()))

	deployment, service := ran.Find(t, "Deployment", "blog-pgbouncer"), ran.Find(t, "Service", "blog-pgbouncer")
	assert.Equal(t, deployment.At(t, "spec.selector.matchLabels"), service.At(t, "spec.selector"))
	assert.Equal(t, "blog-pgbouncer", service.At(t, "metadata.name"))
	policy := ran.Find(t, "NetworkPolicy", "blog-pgbouncer")
	assert.Equal(t, map[string]any{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}, policy.At(t, "spec.ingress[0].from[0].podSelector.matchLabels"))
}

func TestAPodOfThePoolLeavesInItsOwnTime(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withPgBouncer(pgBouncerArgs()))

	deployment := ran.Find(t, "Deployment", "blog-pgbouncer")
	assert.Equal(t, 15.0, deployment.At(t, "spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds"))
	assert.Equal(t, 135.0, deployment.At(t, "spec.template.spec.terminationGracePeriodSeconds"))
	assert.Equal(t, 0.0, deployment.At(t, "spec.strategy.rollingUpdate.maxUnavailable"))
	ran.Find(t, "PodDisruptionBudget", "blog-pgbouncer")
}

func TestWhatAPoolNeedsIsNamed(t *testing.T) {
	for _, want := range []string{"PgBouncer: Image is required", "PgBouncer: Server.Host is required", "PgBouncer: PoolSize is required"} {
		ran, err := mocks.Try(mocks.Known, nil, withPgBouncer(&kubernetes.PgBouncerArgs{}))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}

func TestWhoCountsTheMessagesReachesTheBroker(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewRedis(ctx, "blog", &kubernetes.RedisArgs{
			Component: "redis-broker", Namespace: pulumi.String("blog-dev"), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
			Image: "docker.io/library/redis:8", Memory: "64Mi", CPU: "25m", EvictionPolicy: arguments.NoEviction,
			Callers: []map[string]string{{"app": "keda-operator"}},
		})
		return err
	})

	policy := ran.Find(t, "NetworkPolicy", "blog-redis-broker")
	assert.Equal(t, map[string]any{"app": "keda-operator"}, policy.At(t, "spec.ingress[0].from[1].podSelector.matchLabels"))
	assert.Equal(t, map[string]any{}, policy.At(t, "spec.ingress[0].from[1].namespaceSelector"), "whatever its namespace")
}

func TestAServerTakesAsManyConnectionsAsItIsTold(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewPostgres(ctx, "blog", &kubernetes.PostgresArgs{
			Namespace: pulumi.String("blog-dev"), Labels: testLabels(), Image: "docker.io/library/postgres:17", Database: "blog", User: "blog", Size: "1Gi", MaxConnections: 200,
		})
		return err
	})
	assert.Contains(t, ran.Find(t, "StatefulSet", "blog-postgres").At(t, "spec.template.spec.containers[0].args"), "max_connections=200")
}
