package aws_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// documented are the metrics that AWS documents, with their dimensions and their unit, which the
// thresholds below are in.
//
//   - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
//   - https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
//   - https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
//   - https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
//   - https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
var documented = map[string]struct{ dimensions, unit string }{
	"AWS/RDS CPUUtilization":                        {"DBInstanceIdentifier", "Percent"},
	"AWS/RDS FreeableMemory":                        {"DBInstanceIdentifier", "Bytes"},
	"AWS/RDS FreeStorageSpace":                      {"DBInstanceIdentifier", "Bytes"},
	"AWS/RDS DatabaseConnections":                   {"DBInstanceIdentifier", "Count"},
	"AWS/RDS MaximumUsedTransactionIDs":             {"DBInstanceIdentifier", "Count"},
	"AWS/RDS ReplicaLag":                            {"DBInstanceIdentifier", "Seconds"},
	"AWS/ElastiCache EngineCPUUtilization":          {"CacheClusterId", "Percent"},
	"AWS/ElastiCache CurrConnections":               {"CacheClusterId", "Count"},
	"AWS/ElastiCache Evictions":                     {"CacheClusterId", "Count"},
	"AWS/ElastiCache DatabaseMemoryUsagePercentage": {"CacheClusterId", "Percent"},
	"AWS/ElastiCache ReplicationLag":                {"CacheClusterId", "Seconds"},
	"AWS/AmazonMQ SystemCpuUtilization":             {"Broker", "Percent"},
	"AWS/AmazonMQ RabbitMQMemUsed":                  {"Broker", "Bytes"},
	"AWS/AmazonMQ RabbitMQMemLimit":                 {"Broker", "Bytes"},
	"AWS/AmazonMQ RabbitMQDiskFree":                 {"Broker", "Bytes"},
	"AWS/AmazonMQ RabbitMQDiskFreeLimit":            {"Broker", "Bytes"},
	"AWS/AmazonMQ MessageReadyCount":                {"Broker", "Count"},
	"AWS/ES ClusterStatus.red":                      {"ClientId DomainName", "Count"},
	"AWS/ES ClusterStatus.yellow":                   {"ClientId DomainName", "Count"},
	"AWS/ES ClusterIndexWritesBlocked":              {"ClientId DomainName", "Count"},
	"AWS/ES AutomatedSnapshotFailure":               {"ClientId DomainName", "Count"},
	"AWS/ES FreeStorageSpace":                       {"ClientId DomainName", "Megabytes"},
	"AWS/ES CPUUtilization":                         {"ClientId DomainName", "Percent"},
	"AWS/ES JVMMemoryPressure":                      {"ClientId DomainName", "Percent"},
	"AWS/ApplicationELB RequestCount":               {"LoadBalancer", "Count"},
	"AWS/ApplicationELB HTTPCode_Target_5XX_Count":  {"LoadBalancer", "Count"},
	"AWS/ApplicationELB HTTPCode_ELB_5XX_Count":     {"LoadBalancer", "Count"},
	"AWS/ApplicationELB HealthyHostCount":           {"LoadBalancer TargetGroup", "Count"},
	"AWS/CertificateManager DaysToExpiry":           {"CertificateArn", "Count"},
}

// expected is what an alarm measures and at which threshold it rings, in words that the tables
// of tests can hold: the unit is that of the metric.
type expected struct {
	metrics, statistic, rings string
	threshold                 float64
}

func expectedOfProduction() map[string]expected {
	const above, below = "GreaterThanThreshold", "LessThanThreshold"
	wanted := map[string]expected{
		"web-errors":   {"AWS/ApplicationELB HTTPCode_ELB_5XX_Count, AWS/ApplicationELB HTTPCode_Target_5XX_Count, AWS/ApplicationELB RequestCount", "Sum", above, 5},
		"web-down":     {"AWS/ApplicationELB HealthyHostCount", "Minimum", below, 1},
		"certificate":  {"AWS/CertificateManager DaysToExpiry", "Minimum", below, 21},
		"broker-cpu":   {"AWS/AmazonMQ SystemCpuUtilization", "Average", above, 90},
		"broker-queue": {"AWS/AmazonMQ MessageReadyCount", "Maximum", above, 50},
		// Of what the broker allows itself.
		"broker-memory":            {"AWS/AmazonMQ RabbitMQMemLimit, AWS/AmazonMQ RabbitMQMemUsed", "Maximum, Minimum", above, 80},
		"broker-disk":              {"AWS/AmazonMQ RabbitMQDiskFree, AWS/AmazonMQ RabbitMQDiskFreeLimit", "Maximum, Minimum", below, 2},
		"search-red":               {"AWS/ES ClusterStatus.red", "Maximum", above, 0},
		"search-yellow":            {"AWS/ES ClusterStatus.yellow", "Maximum", above, 0},
		"search-writes-blocked":    {"AWS/ES ClusterIndexWritesBlocked", "Maximum", above, 0},
		"search-snapshot":          {"AWS/ES AutomatedSnapshotFailure", "Maximum", above, 0},
		"search-storage":           {"AWS/ES FreeStorageSpace", "Minimum", below, 40 * 1024 / 4},
		"search-cpu":               {"AWS/ES CPUUtilization", "Maximum", above, 80},
		"search-memory":            {"AWS/ES JVMMemoryPressure", "Maximum", above, 95},
		"database-transaction-ids": {"AWS/RDS MaximumUsedTransactionIDs", "Maximum", above, 1e9},
		"database-replica-0-lag":   {"AWS/RDS ReplicaLag", "Maximum", above, 600},
	}
	// A db.r7g.large has 16 GiB, of which RDS makes 1351 connections, and the disk grows from
	// 50 GiB.
	for _, server := range []string{"database", "database-replica-0"} {
		wanted[server+"-cpu"] = expected{"AWS/RDS CPUUtilization", "Average", above, 90}
		wanted[server+"-memory"] = expected{"AWS/RDS FreeableMemory", "Average", below, 0.05 * (16 << 30)}
		wanted[server+"-storage"] = expected{"AWS/RDS FreeStorageSpace", "Minimum", below, 0.05 * 50 * (1 << 30)}
		wanted[server+"-connections"] = expected{"AWS/RDS DatabaseConnections", "Maximum", above, 0.8 * 1351}
	}
	for _, node := range []string{"cache-0", "cache-1"} {
		wanted[node+"-cpu"] = expected{"AWS/ElastiCache EngineCPUUtilization", "Average", above, 90}
		wanted[node+"-connections"] = expected{"AWS/ElastiCache CurrConnections", "Maximum", above, 0.8 * 65000}
		wanted[node+"-lag"] = expected{"AWS/ElastiCache ReplicationLag", "Maximum", above, 60}
	}
	return wanted
}

const (
	withRabbitMQ = `"broker": {"kind": "managed", "engine": "rabbitmq"}`
	withSearch   = `"search": {"kind": "managed", "storage": "40Gi"}, "media":`
	withReplica  = `"database": {"kind": "managed", "managed": {"memory": "9Gi", "replicas": 1}}`
	withAlarms   = `"monitoring": {"alarms": {"emails": ["ops@example.com"]}}, "dns":`
)

func TestEachManagedServiceHasTheAlarmsOfItsMetrics(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, `"broker": {"kind": "managed"}`, withRabbitMQ, `"media":`, withSearch, `"database": {"kind": "managed"}`, withReplica,
			`"dns":`, `"monitoring": {"alarms": {"emails": ["ops@example.com"], "queueLength": 50}}, "dns":`)
		found := map[string]expected{}
		for _, alarm := range ran.OfKind("MetricAlarm") {
			name := strings.TrimPrefix(alarm.Name, "blog-")
			found[name] = measured(t, alarm)
			if outputs == mocks.Known {
				assert.Regexp(t, "^blog-dev-"+name+"-[0-9a-f]{6}$", alarm.At(t, "name"), "CloudWatch overwrites an alarm of the same name")
			}
			assert.NotEmpty(t, alarm.At(t, "alarmDescription"))
			assert.LessOrEqual(t, len(alarm.At(t, "alarmDescription").(string)), 1024)
		}
		assert.Equal(t, expectedOfProduction(), found)
	}
}

// measured reads an alarm, and holds each of its metrics against the documentation.
func measured(t *testing.T, alarm mocks.Resource) expected {
	t.Helper()
	metrics, statistics := map[string]bool{}, map[string]bool{}
	add := func(metric map[string]any, statistic string) {
		name := fmt.Sprintf("%s %s", metric["namespace"], metric["metricName"])
		known, is := documented[name]
		require.True(t, is, "%s measures %s, which AWS does not document", alarm.Name, name)
		dimensions, _ := metric["dimensions"].(map[string]any)
		assert.Equal(t, known.dimensions, strings.Join(slices.Sorted(maps.Keys(dimensions)), " "), alarm.Name)
		assert.NotContains(t, metric, "unit", "an alarm that names a unit finds no data of another")
		metrics[name], statistics[metric[statistic].(string)] = true, true
	}
	plain := alarm.Plain()
	if plain["metricName"] != nil {
		add(plain, "statistic")
	} else {
		for _, query := range plain["metricQueries"].([]any) {
			if metric, is := query.(map[string]any)["metric"].(map[string]any); is {
				add(metric, "stat")
			}
		}
	}
	return expected{
		metrics: joined(metrics), statistic: joined(statistics),
		rings: alarm.At(t, "comparisonOperator").(string), threshold: alarm.At(t, "threshold").(float64),
	}
}

func joined(words map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(words)), ", ") }

func TestTheBrokerMustNotEvict(t *testing.T) {
	ran := chosen(t, mocks.Known, spec.Staging, `"dns":`, withAlarms)
	names := map[string]mocks.Resource{}
	for _, alarm := range ran.OfKind("MetricAlarm") {
		names[strings.TrimPrefix(alarm.Name, "blog-")] = alarm
	}
	evictions, found := names["broker-evictions"]
	require.True(t, found)
	assert.Equal(t, 0.0, evictions.At(t, "threshold"))
	assert.Equal(t, "Sum", evictions.At(t, "statistic"))
	assert.Contains(t, names, "broker-memory")
	assert.NotContains(t, names, "cache-evictions", "a full cache evicts, and is full most of the time")
	assert.NotContains(t, names, "cache-memory")
	assert.NotContains(t, names, "cache-lag", "one node follows no other")
}

func TestWhoIsNotifiedOfAlarms(t *testing.T) {
	for _, row := range []struct {
		alarms                string
		topics, subscriptions int
		actions               []any
	}{
		{`{"emails": ["ops@example.com", "dba@example.com"]}`, 1, 2, []any{"arn:aws:mock:eu-central-1:123456789012:blog-alarms"}},
		{`{"topicARN": "arn:aws:sns:eu-central-1:123456789012:everyone"}`, 0, 0, []any{"arn:aws:sns:eu-central-1:123456789012:everyone"}},
		{`{"emails": ["ops@example.com"], "topicARN": "arn:aws:sns:eu-central-1:123456789012:everyone"}`, 1, 1, []any{
			"arn:aws:sns:eu-central-1:123456789012:everyone", "arn:aws:mock:eu-central-1:123456789012:blog-alarms",
		}},
	} {
		ran := chosen(t, mocks.Known, spec.Staging, `"dns":`, `"monitoring": {"alarms": `+row.alarms+`}, "dns":`)
		assert.Len(t, ran.OfKind("Topic"), row.topics)
		assert.Len(t, ran.OfKind("TopicSubscription"), row.subscriptions)
		for _, topic := range ran.OfKind("Topic") {
			assert.Regexp(t, "^blog-dev-alarms-[0-9a-f]{6}$", topic.At(t, "name"))
		}
		require.NotEmpty(t, ran.OfKind("MetricAlarm"))
		for _, alarm := range ran.OfKind("MetricAlarm") {
			assert.Equal(t, row.actions, alarm.At(t, "alarmActions"))
			assert.Equal(t, row.actions, alarm.At(t, "okActions"), "who was called is told that it is over")
		}
	}
}

func TestServicesInTheClusterHaveNoAlarm(t *testing.T) {
	inCluster := []string{
		`"database": {"kind": "managed"}`, `"database": {"kind": "in-cluster"}`, `"cache": {"kind": "managed"}`, `"cache": {"kind": "in-cluster"}`,
		`"broker": {"kind": "managed"}`, `"broker": {"kind": "in-cluster"}`,
	}
	ran := chosen(t, mocks.Known, spec.Staging, append(inCluster, `"dns":`, withAlarms)...)
	var names []string
	for _, alarm := range ran.OfKind("MetricAlarm") {
		names = append(names, alarm.Name)
	}
	assert.ElementsMatch(t, []string{"blog-web-errors", "blog-web-down", "blog-certificate"}, names)
	assert.Empty(t, chosen(t, mocks.Known, spec.Staging).OfKind("MetricAlarm"), "the configuration has no alarms")
}
