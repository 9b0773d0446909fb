package dashboards_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/components/dashboards"
	"github.com/djangostack/djangostack/tests/golden"
)

// rich has every kind of object.
func rich() dashboards.Environment {
	return dashboards.Environment{Name: "shop-production", Requests: true, Objects: alerts.Objects{
		Namespace:    "shop",
		Web:          "shop-web",
		Processes:    []string{"shop-worker-mail", "shop-beat"},
		Sleepers:     []string{"shop-worker-video"},
		Servers:      []string{"shop-postgres", "shop-redis-broker"},
		Poolers:      []string{"shop-pgbouncer"},
		CronJobs:     []alerts.CronJob{{Name: "shop-cron-clean"}},
		Backup:       &alerts.CronJob{Name: "shop-backup"},
		RestoreDrill: &alerts.CronJob{Name: "shop-restore-drill"},
		Claims:       []string{"shop-postgres-6f1e2d"},
		BackupClaim:  "shop-backup-1d2e3f",
		Autoscalers:  []string{"shop-web", "keda-hpa-shop-worker-video"},
		Queues:       []alerts.Queue{{ScaledObject: "shop-worker-video"}},
		Exporters: []alerts.Exporter{
			{Deployment: "shop-postgres-exporter", Server: "shop-postgres", Engine: alerts.Postgres},
			{Deployment: "shop-redis-broker-exporter", Server: "shop-redis-broker", Engine: alerts.RedisBroker},
		},
	}}
}

// known are metrics that exporters document and no alert uses.
var known = []string{
	// https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
	"container_cpu_usage_seconds_total", "container_memory_working_set_bytes",
	// https://github.com/korfuri/django-prometheus/blob/master/documentation/exports.md
	// https://github.com/prometheus-community/postgres_exporter/tree/master/collector
	"pg_stat_database_xact_commit", "pg_stat_database_xact_rollback", "pg_database_size_bytes",
	// https://github.com/oliver006/redis_exporter/blob/master/exporter/exporter.go
	"redis_keyspace_hits_total", "redis_keyspace_misses_total", "redis_evicted_keys_total", "redis_connected_clients",
	"django_http_responses_total_by_status_total", "django_http_requests_latency_seconds_by_view_method_bucket",
}

var metric = regexp.MustCompile(`([a-z_]+)\{`)

func TestTheDashboardOfARichEnvironment(t *testing.T) {
	text, err := rich().JSON()
	require.NoError(t, err)
	golden.Equal(t, "testdata/dashboard.json", text)

	// The test in local/image that runs promtool reads the file.
	var rules []map[string]string
	for i, query := range rich().Queries() {
		rules = append(rules, map[string]string{"record": fmt.Sprintf("query:%d", i), "expr": query})
	}
	file, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": rules}}})
	require.NoError(t, err)
	golden.Equal(t, "testdata/queries.yaml", string(file))
}

func TestEachQueryIsOfAMetricThatAnExporterHas(t *testing.T) {
	var alerted []string
	for _, rule := range alerts.Rules(rich().Objects) {
		for _, found := range metric.FindAllStringSubmatch(rule.Expr, -1) {
			alerted = append(alerted, found[1])
		}
	}
	queries := rich().Queries()
	require.NotEmpty(t, queries)
	for _, query := range queries {
		found := metric.FindAllStringSubmatch(query, -1)
		require.NotEmpty(t, found, query)
		for _, each := range found {
			assert.True(t, slices.Contains(alerted, each[1]) || slices.Contains(known, each[1]), "no exporter is known for %s", each[1])
		}
		assert.Equal(t, strings.Count(query, "{"), strings.Count(query, `namespace="shop"`)+strings.Count(query, "{5}"), "a series of another namespace: %s", query)
	}
}

func TestADashboardIsOfWhatTheEnvironmentHas(t *testing.T) {
	titles := func(environment dashboards.Environment) []string {
		text, err := environment.JSON()
		require.NoError(t, err)
		var read struct {
			Panels []struct {
				Title, Type string
				ID          int
				GridPos     struct{ X, Y, W, H int }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(text), &read))
		var rows []string
		taken := map[[2]int]string{}
		for i, panel := range read.Panels {
			assert.Equal(t, i+1, panel.ID)
			if panel.Type == "row" {
				rows = append(rows, panel.Title)
			}
			for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
				for y := panel.GridPos.Y; y < panel.GridPos.Y+panel.GridPos.H; y++ {
					assert.Empty(t, taken[[2]int{x, y}], "%s lies on another", panel.Title)
					taken[[2]int{x, y}] = panel.Title
				}
			}
		}
		return rows
	}
	assert.Equal(t, []string{"Web", "Workers and processes", "Queues", "Database, cache and broker", "shop-postgres", "shop-redis-broker", "Volumes", "Scheduled commands"}, titles(rich()))
	small := dashboards.Environment{Name: "shop", Objects: alerts.Objects{Namespace: "shop", Web: "shop-web"}}
	assert.Equal(t, []string{"Web"}, titles(small))
	for _, query := range small.Queries() {
		assert.NotContains(t, query, "django_http", "Prometheus does not scrape the web pods")
	}
}

func TestIdentifiersOfDashboardsFit(t *testing.T) {
	seen := map[string]bool{}
	for _, namespace := range []string{"shop", strings.Repeat("n", 60) + "-a", strings.Repeat("n", 60) + "-b"} {
		text, err := dashboards.Environment{Name: "shop", Objects: alerts.Objects{Namespace: namespace}}.JSON()
		require.NoError(t, err)
		var read struct{ UID string }
		require.NoError(t, json.Unmarshal([]byte(text), &read))
		assert.LessOrEqual(t, len(read.UID), 40)
		assert.False(t, seen[read.UID], read.UID)
		seen[read.UID] = true
	}
}
