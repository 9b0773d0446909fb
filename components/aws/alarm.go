package aws

import (
	"maps"
	"slices"

	awscloudwatch "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// Alarm is one alarm of CloudWatch.
type Alarm struct {
	// Name within the environment, for instance database-cpu.
	Name string
	// Description says what has happened and what to do. It is part of the notification.
	Description string
	// Metric is what is measured. With an Expression, it is computed from several Metrics, by
	// the names that they have in it
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html).
	Metric     Metric
	Expression string
	Metrics    map[string]Metric
	// Comparison with Threshold, in the metric's unit.
	Comparison Comparison
	Threshold  float64
	// PeriodSeconds is the length of a period, and Periods how many in a row cross the
	// threshold before the alarm rings.
	PeriodSeconds, Periods int
	// MissingData says what a period without data is.
	MissingData MissingData
}

// Metric is a metric of CloudWatch and how the values of a period become one. An alarm that
// names a unit finds no data if a service reports another, so none does
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html).
type Metric struct {
	Namespace, Name string
	Dimensions      pulumi.StringMap
	Statistic       Statistic
}

// Statistic makes one value of the values of a period.
type Statistic string

// The statistics that the alarms need.
const (
	Average Statistic = "Average"
	Minimum Statistic = "Minimum"
	Maximum Statistic = "Maximum"
	Sum     Statistic = "Sum"
)

// Comparison says on which side of the threshold an alarm rings.
type Comparison string

// Above and below the threshold.
const (
	Above Comparison = "GreaterThanThreshold"
	Below Comparison = "LessThanThreshold"
)

// MissingData says what a period without data is.
type MissingData string

// MissingIsUnknown keeps the state of an alarm, MissingIsFine ends it, and MissingIsBad lets
// it ring
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
const (
	MissingIsUnknown MissingData = "missing"
	MissingIsFine    MissingData = "notBreaching"
	MissingIsBad     MissingData = "breaching"
)

// Periods of the metrics. Most services report once a minute.
const (
	minute      = 60
	fiveMinutes = 5 * minute
	day         = 24 * 60 * minute
)

// above rings when the average of a metric is above a threshold for a quarter of an hour.
func above(name, description string, metric Metric, threshold float64) Alarm {
	const quarter = 3
	return Alarm{
		Name: name, Description: description, Metric: metric, Comparison: Above, Threshold: threshold,
		PeriodSeconds: fiveMinutes, Periods: quarter, MissingData: MissingIsUnknown,
	}
}

// below rings when a metric is below a threshold for a quarter of an hour.
func below(name, description string, metric Metric, threshold float64) Alarm {
	alarm := above(name, description, metric, threshold)
	alarm.Comparison = Below
	return alarm
}

func (a *AlarmsArgs) alarm(alarm Alarm, suffix pulumi.StringOutput, topics pulumi.Array) *awscloudwatch.MetricAlarmArgs {
	called := names.Fit(limits.MaxAlarmName-random.SuffixLength, a.Environment, alarm.Name)
	args := &awscloudwatch.MetricAlarmArgs{
		Name:               pulumi.Sprintf("%s-%s", called, suffix),
		AlarmDescription:   pulumi.String(alarm.Description),
		ComparisonOperator: pulumi.String(string(alarm.Comparison)),
		Threshold:          pulumi.Float64(alarm.Threshold),
		EvaluationPeriods:  pulumi.Int(alarm.Periods),
		TreatMissingData:   pulumi.String(string(alarm.MissingData)),
		AlarmActions:       topics,
		OkActions:          topics,
		Tags:               a.Tags.For(called),
	}
	if alarm.Expression == "" {
		args.Namespace, args.MetricName = pulumi.String(alarm.Metric.Namespace), pulumi.String(alarm.Metric.Name)
		args.Dimensions, args.Statistic = alarm.Metric.Dimensions, pulumi.String(string(alarm.Metric.Statistic))
		args.Period = pulumi.Int(alarm.PeriodSeconds)
		return args
	}
	args.MetricQueries = alarm.queries()
	return args
}

// queries are the metrics of an expression and the expression, which is the alarm's value.
func (a Alarm) queries() awscloudwatch.MetricAlarmMetricQueryArray {
	queries := awscloudwatch.MetricAlarmMetricQueryArray{awscloudwatch.MetricAlarmMetricQueryArgs{
		Id:         pulumi.String("value"),
		Expression: pulumi.String(a.Expression),
		Label:      pulumi.String(a.Name),
		ReturnData: pulumi.Bool(true),
	}}
	for _, id := range slices.Sorted(maps.Keys(a.Metrics)) {
		metric := a.Metrics[id]
		queries = append(queries, awscloudwatch.MetricAlarmMetricQueryArgs{
			Id:         pulumi.String(id),
			ReturnData: pulumi.Bool(false),
			Metric: awscloudwatch.MetricAlarmMetricQueryMetricArgs{
				Namespace:  pulumi.String(metric.Namespace),
				MetricName: pulumi.String(metric.Name),
				Dimensions: metric.Dimensions,
				Period:     pulumi.Int(a.PeriodSeconds),
				Stat:       pulumi.String(string(metric.Statistic)),
			},
		})
	}
	return queries
}
