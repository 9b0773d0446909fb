package gcp

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func alertPolicies() kinds {
	return kinds{
		"monitoring/alertPolicy": {
			DisplayName: "Alert Policy", ID: "projects/{project}/alertPolicies/{digits:19}",
			Defaults: vals{"enabled": true},
			Computed: []string{"conditions.name"},
			Rules: rules{
				cloud.OneOf("combiner", "AND", "OR", "AND_WITH_MATCHING_RESOURCE"), cloud.OneOf("severity", "CRITICAL", "ERROR", "WARNING"),
				cloud.Length("displayName", 1, 512), policyConditions, policyStrategy,
			},
			// Channels of a rehearsal that exist already are in the real project.
			References: []ref{{Path: "notificationChannels", To: "monitoring/notificationChannel", By: []string{"id", "name"}, Optional: true, BlocksDelete: true}},
			Missing:    code{Code: "404 notFound", Message: "Alert policy %s does not exist."},
			Outputs:    vals{"name": "{id}", "creationRecords": list()},
		},
	}
}

// policyStrategy: only a policy of logs limits its notifications, and it has to.
func policyStrategy(j *cloud.Validation) {
	logs, limited := j.Has("conditions.conditionMatchedLog"), j.Has("alertStrategy.notificationRateLimit")
	switch {
	case logs && !limited:
		j.Fail("alertStrategy", "Field alert_policy.alert_strategy.notification_rate_limit had an invalid value: it is required for a log matching condition")
	case !logs && limited:
		j.Fail("alertStrategy", "Field alert_policy.alert_strategy.notification_rate_limit had an invalid value: only log-based alert policies may specify a notification rate limit")
	case logs && len(j.Objects("conditions")) > 1:
		j.Fail("conditions", "Alert policies with a log matching condition can only have a single condition.")
	}
	for _, text := range j.Texts("alertStrategy.autoClose") {
		if seconds := secondsOf(text); seconds < 1800 || seconds > 604800 {
			j.Fail("alertStrategy.autoClose", "is from 30 minutes to 7 days (got %s)", text)
		}
	}
	if channels := j.At("notificationChannels"); len(channels) > 16 {
		j.Fail("notificationChannels", "an alert policy has 16 channels at most")
	}
}

func policyConditions(j *cloud.Validation) {
	conditions := j.Objects("conditions")
	if len(conditions) > 6 {
		j.Fail("conditions", "an alert policy has 6 conditions at most")
	}
	for _, condition := range conditions {
		kinds := 0
		for _, kind := range []string{"conditionThreshold", "conditionAbsent", "conditionMatchedLog", "conditionMonitoringQueryLanguage", "conditionPrometheusQueryLanguage"} {
			if condition.Has(kind) {
				kinds++
			}
		}
		if kinds != 1 {
			j.Fail("conditions", "a condition has exactly one kind (got %d)", kinds)
		}
		if threshold, is := condition["conditionThreshold"].(cloud.Values); is {
			thresholdCondition(j, threshold)
		}
	}
}

func thresholdCondition(j *cloud.Validation, condition cloud.Values) {
	const at = "conditions.conditionThreshold"
	if !slices.Contains([]string{"COMPARISON_GT", "COMPARISON_LT"}, condition.Text("comparison")) {
		j.Fail(at, "Field comparison had an invalid value of %q: COMPARISON_GT or COMPARISON_LT", condition.Text("comparison"))
	}
	if seconds := secondsOf(condition.Text("duration")); seconds < 0 || seconds%60 != 0 {
		j.Fail(at, "Field duration had an invalid value of %q: it must be in multiples of one minute", condition.Text("duration"))
	}
	checkSeries(j, condition.Texts("filter"), condition.Objects("aggregations"))
	checkSeries(j, condition.Texts("denominatorFilter"), condition.Objects("denominatorAggregations"))
	numerator, denominator := condition.Objects("aggregations"), condition.Objects("denominatorAggregations")
	if condition.Has("denominatorFilter") && len(numerator) > 0 && len(denominator) > 0 &&
		numerator[0].Text("alignmentPeriod") != denominator[0].Text("alignmentPeriod") {
		j.Fail(at, "the numerator and the denominator must have the same alignment period")
	}
}

var (
	metricOf   = regexp.MustCompile(`metric\.type\s*=\s*"([^"]+)"`)
	resourceOf = regexp.MustCompile(`resource\.type\s*=\s*"([^"]+)"`)
)

// checkSeries refuses a filter without a type, a metric that Google does not have, and an aligner that does not fit it.
// A filter that is not known yet is not checked.
func checkSeries(j *cloud.Validation, filters []string, aggregations []cloud.Values) {
	const at = "conditions.conditionThreshold"
	for _, filter := range filters {
		metric, resource := metricOf.FindStringSubmatch(filter), resourceOf.FindStringSubmatch(filter)
		if resource == nil {
			j.Fail(at, `Field filter had an invalid value of %q: must specify a restriction on "resource.type" in the filter`, filter)
			continue
		}
		if metric == nil {
			j.Fail(at, `Field filter had an invalid value of %q: must specify a restriction on "metric.type" in the filter`, filter)
			continue
		}
		known, is := googleMetrics()[metric[1]]
		switch {
		case !is:
			j.Fail(at, "Cannot find metric(s) that match type = %q.", metric[1])
		case known.resource != resource[1]:
			j.Fail(at, "The metric %q is not written against the resource type %q, but against %q", metric[1], resource[1], known.resource)
		case len(aggregations) == 0:
			j.Fail(at, "Field aggregation.alignmentPeriod had an invalid value: an aggregation is required for %s", metric[1])
		}
		for _, aggregation := range aggregations {
			checkAggregation(j, known.kind, aggregation)
		}
	}
}

func checkAggregation(j *cloud.Validation, kind string, aggregation cloud.Values) {
	const at = "conditions.conditionThreshold.aggregations"
	aligner, reducer := aggregation.Text("perSeriesAligner"), aggregation.Text("crossSeriesReducer")
	if period := secondsOf(aggregation.Text("alignmentPeriod")); period < 60 || period%60 != 0 {
		j.Fail(at, "Field aggregation.alignmentPeriod had an invalid value of %q: alignment period must be in multiples of one minute", aggregation.Text("alignmentPeriod"))
	}
	if (aligner == "" || aligner == "ALIGN_NONE") && reducer != "" && reducer != "REDUCE_NONE" {
		j.Fail(at, "Field aggregation.perSeriesAligner had an invalid value of %q: cross-series reduction needs an aligner", aligner)
	}
	if (reducer == "" || reducer == "REDUCE_NONE") && aggregation.Has("groupByFields") {
		j.Fail(at, "Field aggregation.groupByFields had an invalid value: it needs a cross-series reducer")
	}
	fits := map[string][]string{
		"GAUGE": {"ALIGN_MEAN", "ALIGN_MAX", "ALIGN_MIN", "ALIGN_SUM", "ALIGN_NEXT_OLDER", "ALIGN_STDDEV", "ALIGN_COUNT", "ALIGN_PERCENT_CHANGE"},
		"DELTA": {"ALIGN_DELTA", "ALIGN_RATE", "ALIGN_MEAN", "ALIGN_MAX", "ALIGN_MIN", "ALIGN_SUM", "ALIGN_STDDEV", "ALIGN_COUNT"},
	}[kind]
	if kind != "" && !slices.Contains(fits, aligner) {
		j.Fail(at, "Field aggregation.perSeriesAligner had an invalid value of %q: The aligner cannot be applied to metrics with kind %s", aligner, kind)
	}
}

// secondsOf reads a duration such as 300s; -1 for what is none.
func secondsOf(text string) int {
	number, is := strings.CutSuffix(text, "s")
	seconds, err := strconv.Atoi(number)
	if !is || err != nil {
		return -1
	}
	return seconds
}

type googleMetric struct{ kind, resource string }

// googleMetrics are metrics of the services that the tables have.
//
//   - https://docs.cloud.google.com/sql/docs/postgres/admin-api/metrics
//   - https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-redis
//   - https://docs.cloud.google.com/load-balancing/docs/metrics
func googleMetrics() map[string]googleMetric {
	const gauge, delta = "GAUGE", "DELTA"
	const sql, redis, balancer = "cloudsql_database", "redis_instance", "https_lb_rule"
	return map[string]googleMetric{
		"cloudsql.googleapis.com/database/auto_failover_request_count": {delta, sql},
		"cloudsql.googleapis.com/database/cpu/utilization":             {gauge, sql},
		"cloudsql.googleapis.com/database/disk/bytes_used":             {gauge, sql},
		"cloudsql.googleapis.com/database/disk/quota":                  {gauge, sql},
		"cloudsql.googleapis.com/database/disk/utilization":            {gauge, sql},
		"cloudsql.googleapis.com/database/memory/utilization":          {gauge, sql},
		"cloudsql.googleapis.com/database/postgresql/num_backends":     {gauge, sql},
		"cloudsql.googleapis.com/database/replication/replica_lag":     {gauge, sql},
		"cloudsql.googleapis.com/database/up":                          {gauge, sql},
		"redis.googleapis.com/clients/connected":                       {gauge, redis},
		"redis.googleapis.com/replication/master/slaves/lag":           {gauge, redis},
		"redis.googleapis.com/replication/role":                        {gauge, redis},
		"redis.googleapis.com/stats/cache_hit_ratio":                   {gauge, redis},
		"redis.googleapis.com/stats/cpu_utilization":                   {delta, redis},
		"redis.googleapis.com/stats/cpu_utilization_main_thread":       {delta, redis},
		"redis.googleapis.com/stats/evicted_keys":                      {delta, redis},
		"redis.googleapis.com/stats/memory/system_memory_usage_ratio":  {gauge, redis},
		"redis.googleapis.com/stats/memory/usage_ratio":                {gauge, redis},
		"loadbalancing.googleapis.com/https/request_count":             {delta, balancer},
		"loadbalancing.googleapis.com/https/backend_request_count":     {delta, balancer},
	}
}
