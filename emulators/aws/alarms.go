package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// alarms are those of CloudWatch. It takes every name of a metric: an alarm of a metric that no service reports never
// has data. An alarm of a name that exists is the same alarm, and overwrites it.
func alarms() kinds {
	return kinds{
		"cloudwatch/metricAlarm": {
			DisplayName: "CloudWatch Metric Alarm", ID: "{name}", Name: autoname(maxName),
			Defaults:  vals{"actionsEnabled": true, "treatMissingData": "missing"},
			ReplaceOn: []string{"name"}, Sets: []string{"metricQueries"},
			Rules: []cloud.Rule{
				cloud.Length("name", 1, 255), cloud.Length("alarmDescription", 0, 1024),
				cloud.OneOf("treatMissingData", "breaching", "notBreaching", "ignore", "missing"),
				cloud.OneOf("statistic", "SampleCount", "Average", "Sum", "Minimum", "Maximum"),
				cloud.OneOf("comparisonOperator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
					"LessThanOrEqualToThreshold", "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold",
					"GreaterThanUpperThreshold"),
				cloud.OneNeeded("metricName", "metricQueries"), cloud.Together("metricName", "namespace"), cloud.Together("metricName", "period"),
				arn("alarmActions"), arn("okActions"), arn("insufficientDataActions"), alarmPeriods, alarmStatistic, alarmQueries,
			},
			Outputs: vals{"arn": "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}", "evaluateLowSampleCountPercentiles": ""},
			Apply: func(m *cloud.Operation) error {
				for _, actions := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
					if err := actionsHere(m, m.Texts(actions)); err != nil {
						return err
					}
				}
				return nil
			},
		},
	}
}

// actionsHere refuses more actions than an alarm has, and topics that it cannot notify.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func actionsHere(m *cloud.Operation, actions []string) error {
	if len(actions) > 5 {
		return cloud.Refuse("ValidationError", "Member must have length less than or equal to 5")
	}
	for _, action := range actions {
		parts := strings.Split(action, ":")
		if len(parts) > 3 && parts[2] == "sns" && parts[3] != m.Scope.Region {
			return cloud.Refuse("ValidationError", "Invalid region %s specified. Only %s is supported.", parts[3], m.Scope.Region)
		}
	}
	return nil
}

// alarmPeriods: all periods of an alarm are at most a day, or a week if each is an hour at least.
func alarmPeriods(j *cloud.Validation) {
	periods := j.At("period")
	periods = append(periods, j.At("metricQueries.metric.period")...)
	count := 1.0
	if known, is := j.Values["evaluationPeriods"].(float64); is {
		count = known
	}
	for _, value := range periods {
		period, is := value.(float64)
		if !is {
			continue
		}
		if !slices.Contains([]float64{10, 20, 30}, period) && (period < 60 || int(period)%60 != 0) {
			j.Fail("period", "Period must be 10, 20, 30 or a multiple of 60 (got %v)", period)
		}
		longest := 86400.0
		if period >= 3600 {
			longest = 604800
		}
		if period*count > longest {
			j.Fail("evaluationPeriods", "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= %v)", longest)
		}
	}
}

func alarmStatistic(j *cloud.Validation) {
	if j.Has("metricName") && !j.Has("statistic") && !j.Has("extendedStatistic") {
		j.Fail("statistic", "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm")
	}
	if j.Has("metricQueries") && (j.Has("dimensions") || j.Has("statistic")) {
		j.Fail("metricQueries", "conflicts with dimensions, namespace, period and statistic")
	}
}

// alarmQueries: one query is the alarm's value, and an expression uses the others by their ids.
func alarmQueries(j *cloud.Validation) {
	queries := j.Objects("metricQueries")
	var ids []string
	returned := 0
	for _, query := range queries {
		id := query.Text("id")
		if !regexp.MustCompile(`^[a-z][a-zA-Z0-9_]{0,254}$`).MatchString(id) || slices.Contains(ids, id) {
			j.Fail("metricQueries.id", "ids begin with a lower-case letter and differ (got %q)", id)
		}
		ids = append(ids, id)
		if query.True("returnData") {
			returned++
		}
		if query.Has("expression") == query.Has("metric") {
			j.Fail("metricQueries", "a query has either an expression or a metric")
		}
	}
	if len(queries) > 0 && returned != 1 {
		j.Fail("metricQueries", "Exactly one element of the metrics list should return data.")
	}
	for _, expression := range j.Texts("metricQueries.expression") {
		for _, name := range regexp.MustCompile(`\b[a-z][a-zA-Z0-9_]*\b`).FindAllString(expression, -1) {
			if !slices.Contains(ids, name) {
				j.Fail("metricQueries.expression", "Error in expression: undeclared variable %q", name)
			}
		}
	}
}
