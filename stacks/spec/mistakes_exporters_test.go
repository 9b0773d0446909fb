package spec_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestExportersThatCannotMeasureAreReported(t *testing.T) {
	scraped := changed(t, minimal, "monitoring.prometheus", object("scrape", "podMonitor"))
	measured := changed(t, scraped, "monitoring.exporters", object())
	outside := changed(t, changed(t, scraped, "database", object("kind", "none")), "cache.kind", "none")
	for _, row := range []wrong{
		{"nothing scrapes them", minimal, "monitoring.exporters", object(), `monitoring.exporters: needs monitoring.prometheus, which says how Prometheus finds them`},
		{"nothing to measure", changed(t, outside, "broker.kind", "none"), "monitoring.exporters", object(), `monitoring.exporters: would be ignored, because neither PostgreSQL nor Redis runs in the cluster`},
		{"no PostgreSQL", changed(t, scraped, "database", object("kind", "none")), "monitoring.exporters", object("postgres", object("image", "registry.example.com/exporter:1")), `monitoring.exporters.postgres: would be ignored, because PostgreSQL does not run in the cluster`},
		{"image without a tag", scraped, "monitoring.exporters.redis.image", "registry.example.com/exporter", `monitoring.exporters.redis.image: "registry.example.com/exporter": must end in a tag or a digest`},
		{"unknown exporter", scraped, "monitoring.exporters.mysql", object(), `monitoring.exporters.mysql: unknown field; allowed are postgres, redis`},
		{"limit below the request", scraped, "monitoring.exporters.postgres.resources", object("memory", "1Gi"), `monitoring.exporters.postgres.resources.memory: "1Gi"`},
		{"quota", measured, "namespace.quota", object("pods", 3), `monitoring.exporters.postgres 1 + monitoring.exporters.redis`},
		{"connections", measured, "", object("database.maxConnections", 20, "web.replicas", 3), `+ exporter 4, but the database has 17 for it`},
		{"the app as the exporter", minimal, "database.user", "djangostack_monitor", `database.user: "djangostack_monitor": is the user of the exporter of monitoring.exporters; name another`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse(t, row.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "%v", err)
			assert.Contains(t, err.Error(), row.want)
		})
	}
}

// A server restarts when its number of connections changes.
func TestAnExporterOfASmallAppDoesNotRestartPostgreSQL(t *testing.T) {
	scraped := changed(t, minimal, "monitoring.prometheus", object("scrape", "podMonitor"))
	without, err := parse(t, scraped)
	require.NoError(t, err)
	with, err := parse(t, changed(t, scraped, "monitoring.exporters", object()))
	require.NoError(t, err)
	assert.Equal(t, without.Database.MaxConnections, with.Database.MaxConnections)
	assert.Equal(t, "quay.io/prometheuscommunity/postgres-exporter:v0.19.1", string(with.Monitoring.Exporters.Postgres.Image))
}
