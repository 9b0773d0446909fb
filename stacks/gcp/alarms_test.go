package gcp_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// documented are the metrics that Google documents, with their kind, their unit, which the
// thresholds below are in, and the type and the label of what is measured.
//
//   - https://docs.cloud.google.com/sql/docs/postgres/admin-api/metrics
//   - https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-redis
//   - https://docs.cloud.google.com/load-balancing/docs/metrics
var documented = map[string]struct{ kind, unit, resource, label string }{
	"cloudsql.googleapis.com/database/cpu/utilization":             {"GAUGE", "10^2.%", "cloudsql_database", "database_id"},
	"cloudsql.googleapis.com/database/memory/utilization":          {"GAUGE", "10^2.%", "cloudsql_database", "database_id"},
	"cloudsql.googleapis.com/database/disk/bytes_used":             {"GAUGE", "By", "cloudsql_database", "database_id"},
	"cloudsql.googleapis.com/database/postgresql/num_backends":     {"GAUGE", "1", "cloudsql_database", "database_id"},
	"cloudsql.googleapis.com/database/replication/replica_lag":     {"GAUGE", "s", "cloudsql_database", "database_id"},
	"cloudsql.googleapis.com/database/auto_failover_request_count": {"DELTA", "1", "cloudsql_database", "database_id"},
	"redis.googleapis.com/stats/cpu_utilization_main_thread":       {"DELTA", "s{CPU}", "redis_instance", "instance_id"},
	"redis.googleapis.com/clients/connected":                       {"GAUGE", "1", "redis_instance", "instance_id"},
	"redis.googleapis.com/stats/memory/usage_ratio":                {"GAUGE", "1", "redis_instance", "instance_id"},
	"redis.googleapis.com/stats/evicted_keys":                      {"DELTA", "1", "redis_instance", "instance_id"},
	"redis.googleapis.com/replication/master/slaves/lag":           {"GAUGE", "s", "redis_instance", "instance_id"},
	"loadbalancing.googleapis.com/https/request_count":             {"DELTA", "1", "https_lb_rule", "url_map_name"},
}

type expected struct {
	metric, aligner, reducer string
	threshold                float64
}

func expectedOfProduction() map[string][]expected {
	const sql, redis, requests = "cloudsql.googleapis.com/database/", "redis.googleapis.com/", "loadbalancing.googleapis.com/https/request_count"
	wanted := map[string][]expected{
		"web-errors":             {{requests, "ALIGN_DELTA", "REDUCE_SUM", 0.05}, {requests, "ALIGN_DELTA", "REDUCE_SUM", 20}},
		"database-failover":      {{sql + "auto_failover_request_count", "ALIGN_DELTA", "REDUCE_NONE", 0}},
		"database-replica-0-lag": {{sql + "replication/replica_lag", "ALIGN_MAX", "REDUCE_NONE", 600}},
		"broker-memory":          {{redis + "stats/memory/usage_ratio", "ALIGN_MAX", "REDUCE_NONE", 0.8}},
		"broker-evictions":       {{redis + "stats/evicted_keys", "ALIGN_DELTA", "REDUCE_NONE", 0}},
	}
	// A server of 8 GiB has 400 connections, and its disk of 50 GiB grows to 250.
	for _, server := range []string{"database", "database-replica-0"} {
		wanted[server+"-cpu"] = []expected{{sql + "cpu/utilization", "ALIGN_MEAN", "REDUCE_NONE", 0.9}}
		wanted[server+"-memory"] = []expected{{sql + "memory/utilization", "ALIGN_MEAN", "REDUCE_NONE", 0.9}}
		wanted[server+"-storage"] = []expected{{sql + "disk/bytes_used", "ALIGN_MAX", "REDUCE_NONE", 0.9 * 250 * (1 << 30)}}
		wanted[server+"-connections"] = []expected{{sql + "postgresql/num_backends", "ALIGN_MAX", "REDUCE_SUM", 0.8 * 400}}
	}
	for _, server := range []string{"cache", "broker"} {
		wanted[server+"-cpu"] = []expected{{redis + "stats/cpu_utilization_main_thread", "ALIGN_RATE", "REDUCE_SUM", 0.9}}
		wanted[server+"-connections"] = []expected{{redis + "clients/connected", "ALIGN_MAX", "REDUCE_NONE", 0.8 * 65000}}
		wanted[server+"-lag"] = []expected{{redis + "replication/master/slaves/lag", "ALIGN_MAX", "REDUCE_NONE", 60}}
	}
	return wanted
}

// with adds to the whole environment before its zone.
func with(tier spec.Tier, more string) string {
	return strings.Replace(fmt.Sprintf(whole, tier), `"dns":`, more+`, "dns":`, 1)
}

const mailed = `"monitoring": {"alarms": {"emails": ["ops@example.com"]}}`

func TestEachManagedServiceHasTheAlarmsOfItsMetrics(t *testing.T) {
	text := strings.Replace(with(spec.Production, mailed), `"database": {"kind": "managed"}`, `"database": {"kind": "managed", "managed": {"replicas": 1}}`, 1)
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, text)
		found := map[string][]expected{}
		for _, policy := range ran.OfKind("AlertPolicy") {
			name := strings.TrimPrefix(policy.Name, "blog-")
			assert.Equal(t, "blog-dev: "+name, policy.At(t, "displayName"))
			assert.NotEmpty(t, policy.At(t, "documentation.content"))
			if name == "certificate" {
				assert.Equal(t, `logName = "projects/blog-production/logs/certificatemanager.googleapis.com%2Fcertificates_expiry" AND jsonPayload.state = "CLOSE_TO_EXPIRY"`,
					policy.At(t, "conditions[0].conditionMatchedLog.filter"))
				continue
			}
			for i := range policy.At(t, "conditions").([]any) {
				found[name] = append(found[name], measured(t, outputs, policy, fmt.Sprintf("conditions[%d].conditionThreshold.", i)))
			}
		}
		want := expectedOfProduction()
		if outputs == mocks.Unknown {
			for _, conditions := range want {
				for i := range conditions {
					conditions[i].metric = ""
				}
			}
		}
		assert.Equal(t, want, found)
		assert.Contains(t, ran.Names(), "AlertPolicy blog-certificate")
	}
}

// measured reads a condition, and holds its metric against the documentation. In a preview of a
// first update the filter names what does not exist yet.
func measured(t *testing.T, outputs mocks.Outputs, policy mocks.Resource, at string) expected {
	t.Helper()
	found := expected{
		aligner: policy.At(t, at+"aggregations[0].perSeriesAligner").(string), reducer: policy.At(t, at+"aggregations[0].crossSeriesReducer").(string),
		threshold: policy.At(t, at+"thresholdValue").(float64),
	}
	if outputs == mocks.Unknown {
		return found
	}
	filter := policy.At(t, at+"filter").(string)
	parts := regexp.MustCompile(`^resource\.type = "([a-z_]+)" AND metric\.type = "([^"]+)" AND (.+)$`).FindStringSubmatch(filter)
	require.NotNil(t, parts, filter)
	found.metric = parts[2]
	known, is := documented[found.metric]
	require.True(t, is, "%s measures %s, which Google does not document", policy.Name, found.metric)
	assert.Equal(t, known.resource, parts[1], policy.Name)
	assert.Contains(t, parts[3], "resource.label."+known.label+" = ", policy.Name)
	assert.Equal(t, known.kind == "DELTA", found.aligner == "ALIGN_DELTA" || found.aligner == "ALIGN_RATE", "%s: %s of %s", policy.Name, found.aligner, known.kind)
	return found
}

func TestTheShareOfErrorsIsOfTheEnvironmentsLoadBalancer(t *testing.T) {
	ran := run(t, mocks.Known, with(spec.Staging, mailed))
	policy := ran.Find(t, "AlertPolicy", "blog-web-errors")
	all := `resource.type = "https_lb_rule" AND metric.type = "loadbalancing.googleapis.com/https/request_count" AND resource.label.project_id = "blog-production"` +
		` AND resource.label.url_map_name = monitoring.regex.full_match("gkegw1-[a-z0-9]+-blog-dev-blog-web-[a-z0-9]+")`
	assert.Equal(t, all+" AND metric.label.response_code_class = 500", policy.At(t, "conditions[0].conditionThreshold.filter"))
	assert.Equal(t, all, policy.At(t, "conditions[0].conditionThreshold.denominatorFilter"))
	assert.Equal(t, all, policy.At(t, "conditions[1].conditionThreshold.filter"), "there are enough requests for a share")
	assert.Equal(t, "AND", policy.At(t, "combiner"))
}

func TestWhoIsNotifiedOfAlarms(t *testing.T) {
	const existing = "projects/blog-production/notificationChannels/42"
	for _, row := range []struct {
		alarms   string
		channels int
		first    any
		all      int
	}{
		{`{"emails": ["ops@example.com", "dba@example.com"]}`, 2, nil, 2},
		{`{"notificationChannels": ["` + existing + `"]}`, 0, existing, 1},
		{`{"emails": ["ops@example.com"], "notificationChannels": ["` + existing + `"]}`, 1, existing, 2},
	} {
		ran := run(t, mocks.Known, with(spec.Staging, `"monitoring": {"alarms": `+row.alarms+`}`))
		made := 0
		for _, channel := range ran.OfKind("NotificationChannel") {
			if strings.HasPrefix(channel.Name, "blog-alarms-") {
				made++
			}
		}
		assert.Equal(t, row.channels, made)
		require.NotEmpty(t, ran.OfKind("AlertPolicy"))
		for _, policy := range ran.OfKind("AlertPolicy") {
			assert.Len(t, policy.At(t, "notificationChannels"), row.all)
			if row.first != nil {
				assert.Equal(t, row.first, policy.At(t, "notificationChannels[0]"))
			}
		}
	}
}

func TestServicesInTheClusterHaveNoAlarm(t *testing.T) {
	text := with(spec.Staging, mailed)
	for _, service := range []string{"database", "cache", "broker"} {
		managed := fmt.Sprintf(`"%s": {"kind": "managed"}`, service)
		require.Contains(t, text, managed)
		text = strings.Replace(text, managed, fmt.Sprintf(`"%s": {"kind": "in-cluster"}`, service), 1)
	}
	var names []string
	for _, policy := range run(t, mocks.Known, text).OfKind("AlertPolicy") {
		names = append(names, policy.Name)
	}
	assert.ElementsMatch(t, []string{"blog-web-errors", "blog-certificate"}, names)
	assert.Empty(t, run(t, mocks.Known, fmt.Sprintf(whole, spec.Staging)).OfKind("AlertPolicy"), "the configuration has no alarms")
}
