package kubernetes_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/scrape"
	"github.com/djangostack/djangostack/tests/mocks"
)

func exporterArgs() *kubernetes.ExporterArgs {
	return &kubernetes.ExporterArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Server:    kubernetes.PostgresPart,
		Postgres: &connection.Database{
			Host: pulumi.String("blog-postgres"), Port: 5432, Name: "postgres", User: "djangostack_monitor", SSLMode: "prefer",
			Password: pulumi.ToSecret(pulumi.String("of-the-monitor")).(pulumi.StringOutput),
		},
		Image:  "quay.io/prometheuscommunity/postgres-exporter:v0.19.1",
		Scrape: scrape.Target{By: scrape.ByPodMonitor, Interval: 30, Labels: map[string]string{"release": "prometheus"}},
	}
}

func redisExporterArgs() *kubernetes.ExporterArgs {
	args := exporterArgs()
	args.Server, args.Postgres, args.Image = "redis-cache", nil, "docker.io/oliver006/redis_exporter:v1.92.1"
	args.Redis = &connection.Redis{
		Host: pulumi.String("blog-redis-cache"), Port: 6379, TLS: true, CA: pulumi.String("-----BEGIN CERTIFICATE-----"),
		Password: pulumi.ToSecret(pulumi.String("of-the-cache")).(pulumi.StringOutput),
	}
	return args
}

func withExporter(args *kubernetes.ExporterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewExporter(ctx, "blog", args)
		return err
	}
}

// variables are the plain variables of a Deployment's first container.
func variables(t *testing.T, deployment mocks.Resource) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, each := range deployment.At(t, "spec.template.spec.containers[0].env").([]any) {
		variable := each.(map[string]any)
		found[fmt.Sprint(variable["name"])] = fmt.Sprint(variable["value"])
	}
	return found
}

func TestAnExporterConnectsToItsServer(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withExporter(exporterArgs()))
		assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-postgres-exporter").Plain()["stringData"])
		deployment := ran.Find(t, "Deployment", "blog-postgres-exporter")
		found := variables(t, deployment)
		assert.Equal(t, "blog-postgres:5432/postgres?sslmode=disable", found["DATA_SOURCE_URI"], "the driver knows no prefer")
		assert.Equal(t, "djangostack_monitor", found["DATA_SOURCE_USER"])
		assert.NotContains(t, fmt.Sprint(deployment.Plain()), "of-the-monitor")
		assert.Equal(t, "Recreate", deployment.At(t, "spec.strategy.type"), "two pods would take twice the connections")
	}
}

func TestAnExporterVerifiesTheCertificateOfItsServer(t *testing.T) {
	args := exporterArgs()
	args.Postgres.SSLMode, args.Postgres.CA = "verify-full", pulumi.String("-----BEGIN CERTIFICATE-----")
	ran := mocks.Run(t, mocks.Known, withExporter(args))
	assert.Equal(t, "blog-postgres:5432/postgres?sslmode=verify-full&sslrootcert=/etc/djangostack/ca/ca.pem", variables(t, ran.Find(t, "Deployment", "blog-postgres-exporter"))["DATA_SOURCE_URI"])
	assert.Equal(t, "-----BEGIN CERTIFICATE-----", ran.Find(t, "ConfigMap", "blog-postgres-exporter-authority").At(t, `data["ca.pem"]`))

	ran = mocks.Run(t, mocks.Known, withExporter(redisExporterArgs()))
	deployment := ran.Find(t, "Deployment", "blog-redis-cache-exporter")
	found := variables(t, deployment)
	assert.Equal(t, "rediss://blog-redis-cache:6379", found["REDIS_ADDR"])
	assert.Equal(t, "/etc/djangostack/ca/ca.pem", found["REDIS_EXPORTER_TLS_CA_CERT_FILE"])
	assert.Equal(t, "/etc/djangostack/ca", deployment.At(t, "spec.template.spec.containers[0].volumeMounts[0].mountPath"))
	assert.Equal(t, "true", found["REDIS_EXPORTER_DISABLE_SCRAPE_ENDPOINT"], "it would send the password to any address")
}

func TestAnExporterReachesItsServerOnly(t *testing.T) {
	for _, each := range []struct {
		args              *kubernetes.ExporterArgs
		server            string
		metrics, connects float64
	}{{exporterArgs(), "postgres", 9187, 5432}, {redisExporterArgs(), "redis-cache", 9121, 6379}} {
		policy := mocks.Run(t, mocks.Known, withExporter(each.args)).Find(t, "NetworkPolicy", "blog-"+each.server+"-exporter")
		assert.Equal(t, []any{map[string]any{"ports": []any{map[string]any{"port": each.metrics, "protocol": "TCP"}}}}, policy.At(t, "spec.ingress"))
		assert.Equal(t, each.server, policy.At(t, "spec.egress[1].to[0].podSelector.matchLabels").(map[string]any)[labels.ComponentLabel])
		assert.Equal(t, []any{map[string]any{"port": each.connects, "protocol": "TCP"}}, policy.At(t, "spec.egress[1].ports"))
		assert.Len(t, policy.At(t, "spec.egress"), 2, "DNS and the server")
		assert.ElementsMatch(t, []any{"Ingress", "Egress"}, policy.At(t, "spec.policyTypes"))
	}
}

func TestPrometheusFindsAnExporterAsItFindsWeb(t *testing.T) {
	args := exporterArgs()
	ran := mocks.Run(t, mocks.Known, withExporter(args))
	monitor := ran.Find(t, "PodMonitor", "blog-postgres-exporter")
	assert.Equal(t, map[string]any{"port": "metrics", "path": "/metrics", "interval": "30s"}, monitor.At(t, "spec.podMetricsEndpoints[0]"))
	assert.Equal(t, ran.Find(t, "Deployment", "blog-postgres-exporter").At(t, "spec.selector"), monitor.At(t, "spec.selector"))
	assert.Equal(t, "prometheus", monitor.At(t, "metadata.labels.release"))
	assert.Empty(t, ran.OfKind("Service"))

	args.Scrape.By = scrape.ByServiceMonitor
	ran = mocks.Run(t, mocks.Known, withExporter(args))
	service := ran.Find(t, "Service", "blog-postgres-exporter")
	assert.Equal(t, ran.Find(t, "Deployment", "blog-postgres-exporter").At(t, "spec.selector.matchLabels"), service.At(t, "spec.selector"))
	for label, value := range ran.Find(t, "ServiceMonitor", "blog-postgres-exporter").At(t, "spec.selector.matchLabels").(map[string]any) {
		assert.Equal(t, value, service.At(t, "metadata.labels").(map[string]any)[label])
	}

	args.Scrape = scrape.Target{By: scrape.ByAnnotations}
	ran = mocks.Run(t, mocks.Known, withExporter(args))
	assert.Equal(t, map[string]any{"prometheus.io/scrape": "true", "prometheus.io/port": "9187", "prometheus.io/path": "/metrics"},
		ran.Find(t, "Deployment", "blog-postgres-exporter").At(t, "spec.template.metadata.annotations"))
	assert.Empty(t, ran.OfKind("PodMonitor"))
}

func TestWhatAnExporterNeedsIsNamed(t *testing.T) {
	both := redisExporterArgs()
	both.Postgres = exporterArgs().Postgres
	for want, args := range map[string]*kubernetes.ExporterArgs{
		"Exporter: Image is required":                            {},
		"Exporter: Postgres or Redis, and not both, is required": both,
		`Exporter: Scrape.By is ""; allowed are "annotations"`:   {Server: "postgres"},
	} {
		ran, err := mocks.Try(mocks.Known, nil, withExporter(args))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}

func TestAServerThatIsMonitoredHasARoleForItsExporter(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := postgresArgs()
		args.Monitored = true
		ran := mocks.Run(t, outputs, withPostgres(args))
		assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-postgres-monitor").Plain()["stringData"])
		assert.Contains(t, ran.Find(t, "Job", "blog-postgres-role").At(t, "spec.template.spec.containers[0].command[2]"), "GRANT pg_monitor")
	}
	plain, watched := mocks.Run(t, mocks.Known, withPostgres(postgresArgs())), postgresArgs()
	watched.Monitored = true
	assert.Equal(t, plain.Find(t, "StatefulSet", "blog-postgres").Plain(), mocks.Run(t, mocks.Known, withPostgres(watched)).Find(t, "StatefulSet", "blog-postgres").Plain(),
		"PostgreSQL does not restart for an exporter")

	watched.User = "djangostack_monitor"
	ran, err := mocks.Try(mocks.Known, nil, withPostgres(watched))
	assert.ErrorContains(t, err, `Postgres: User is "djangostack_monitor", the role of the exporter; the app needs a separate role`)
	assert.Empty(t, ran.Resources)
}
