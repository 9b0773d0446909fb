package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func cpuPolicy(condition, aggregation vals) args {
	aligned := args{"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_MEAN"}.With(args(aggregation))
	threshold := args{
		"filter":     `resource.type = "cloudsql_database" AND metric.type = "cloudsql.googleapis.com/database/cpu/utilization"`,
		"comparison": "COMPARISON_GT", "thresholdValue": 0.9, "duration": "900s", "aggregations": []any{map[string]any(aligned)},
	}.With(args(condition))
	return args{"displayName": "cpu", "combiner": "AND", "conditions": []any{vals{"displayName": "cpu", "conditionThreshold": map[string]any(threshold)}}}
}

func TestAlertPoliciesThatGoogleRefuses(t *testing.T) {
	d := newDirect(t)
	log := args{"displayName": "certificate", "combiner": "AND", "conditions": []any{vals{"displayName": "log", "conditionMatchedLog": vals{"filter": "severity = ERROR"}}}}
	limited := vals{"notificationRateLimit": vals{"period": "300s"}}
	for says, inputs := range map[string]args{
		"Cannot find metric(s) that match type = \"cloudsql.googleapis.com/database/cpu\"": cpuPolicy(vals{"filter": `resource.type = "cloudsql_database" AND metric.type = "cloudsql.googleapis.com/database/cpu"`}, nil),
		"must specify a restriction on \"resource.type\"":                                  cpuPolicy(vals{"filter": `metric.type = "cloudsql.googleapis.com/database/cpu/utilization"`}, nil),
		"must specify a restriction on \"metric.type\"":                                    cpuPolicy(vals{"filter": `resource.type = "cloudsql_database"`}, nil),
		"is not written against the resource type \"gce_instance\"":                        cpuPolicy(vals{"filter": `resource.type = "gce_instance" AND metric.type = "cloudsql.googleapis.com/database/cpu/utilization"`}, nil),
		"an aggregation is required":                                                       cpuPolicy(vals{"aggregations": nil}, nil),
		"alignment period must be in multiples of one minute":                              cpuPolicy(nil, vals{"alignmentPeriod": "450s"}),
		"cross-series reduction needs an aligner":                                          cpuPolicy(nil, vals{"perSeriesAligner": nil, "crossSeriesReducer": "REDUCE_SUM"}),
		"it needs a cross-series reducer":                                                  cpuPolicy(nil, vals{"groupByFields": []any{"resource.label.database_id"}}),
		"The aligner cannot be applied to metrics with kind GAUGE":                         cpuPolicy(nil, vals{"perSeriesAligner": "ALIGN_RATE"}),
		"it must be in multiples of one minute":                                            cpuPolicy(vals{"duration": "90s"}, nil),
		"COMPARISON_GT or COMPARISON_LT":                                                   cpuPolicy(vals{"comparison": "COMPARISON_GE"}, nil),
		"notification_rate_limit had an invalid value: it is required":                     log,
		"only log-based alert policies may specify":                                        cpuPolicy(nil, nil).With(args{"alertStrategy": limited}),
		"is from 30 minutes to 7 days (got 60s)":                                           cpuPolicy(nil, nil).With(args{"alertStrategy": vals{"autoClose": "60s"}}),
		"a condition has exactly one kind (got 0)":                                         {"displayName": "none", "combiner": "AND", "conditions": []any{vals{"displayName": "none"}}},
		"expected combiner to be one of":                                                   cpuPolicy(nil, nil).With(args{"combiner": "XOR"}),
	} {
		_, err := d.TryCreate("monitoring/alertPolicy", "policy", inputs)
		if assert.Error(t, err, says) {
			assert.Contains(t, err.Error(), says)
		}
	}
	channel := d.Create("monitoring/notificationChannel", "ops", args{"type": "email", "labels": vals{"email_address": "ops@shop.example"}})
	policy := d.Create("monitoring/alertPolicy", "cpu", cpuPolicy(nil, nil).With(args{"notificationChannels": []any{channel.ID}}))
	require.ErrorContains(t, d.Delete(channel), "it is used by an alert policy")
	require.NoError(t, d.Delete(policy))
	require.NoError(t, d.Delete(channel))
	d.Create("monitoring/alertPolicy", "certificate", log.With(args{"alertStrategy": limited}))
}
