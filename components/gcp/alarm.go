package gcp

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/monitoring"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Alarm is one alert policy of Cloud Monitoring.
type Alarm struct {
	// Name within the environment, for instance database-cpu.
	Name string
	// Description says what has happened and what to do. It is part of the notification.
	Description string
	// Conditions must all hold. Without any, Log is what is looked for in the logs.
	Conditions []Condition
	Log        string
	// Before are resources that must exist before Google knows the metric: it finds a metric
	// in a project that uses the service.
	Before []pulumi.Resource
}

// Condition compares a metric with a threshold.
type Condition struct {
	// Metric with the domain of its API, and Resource, the type of what is measured.
	Metric   string
	Resource string
	// Labels select what is measured, by the whole name of a label, for instance
	// resource.labels.database_id.
	Labels pulumi.StringMap
	// Selected is a further part of the filter, which selects what is measured; nil for none.
	// Filter is one that only the numerator has; empty for none.
	Selected pulumi.StringInput
	Filter   string
	// Aligner makes one value of the values of five minutes. Reducer makes one of several
	// series, for each value of the labels By.
	Aligner Aligner
	Reducer Reducer
	By      []string
	// Denominator divides the metric by itself without Filter.
	Denominator bool
	Comparison  Comparison
	Threshold   float64
	// Seconds for which the comparison holds before the alarm rings, in whole minutes.
	Seconds int
}

// Aligner makes one value of the values of a period.
type Aligner string

// The aligners that the alarms need. A metric of the kind DELTA is aligned by Delta or Rate, a
// GAUGE by the others
// (https://docs.cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#aligner).
const (
	Mean  Aligner = "ALIGN_MEAN"
	Most  Aligner = "ALIGN_MAX"
	Delta Aligner = "ALIGN_DELTA"
	Rate  Aligner = "ALIGN_RATE"
)

// Reducer makes one series of several.
type Reducer string

// AddUp adds all series; Separate leaves them as they are.
const (
	Separate Reducer = "REDUCE_NONE"
	AddUp    Reducer = "REDUCE_SUM"
)

// Comparison says on which side of the threshold an alarm rings.
type Comparison string

// Above and below the threshold.
const (
	Above Comparison = "COMPARISON_GT"
	Below Comparison = "COMPARISON_LT"
)

const (
	// alignment is five minutes. Metrics come once a minute and up to four minutes late.
	alignment = "300s"
	// quarterHour is how long something lasts before somebody is called.
	quarterHour = 900
	// closeAfter is when an incident ends that has no data any more: the least that Google
	// allows (https://docs.cloud.google.com/monitoring/alerts/incidents-events#closing).
	closeAfter = "1800s"
	// logRate is how often a policy of a log notifies at most.
	logRate = "86400s"
)

func (a *AlarmsArgs) policy(alarm Alarm, channels pulumi.StringArray) *monitoring.AlertPolicyArgs {
	strategy := monitoring.AlertPolicyAlertStrategyArgs{AutoClose: pulumi.String(closeAfter)}
	conditions := monitoring.AlertPolicyConditionArray{}
	for i, condition := range alarm.Conditions {
		conditions = append(conditions, monitoring.AlertPolicyConditionArgs{
			DisplayName:        pulumi.String(fmt.Sprintf("%s %d", alarm.Name, i+1)),
			ConditionThreshold: condition.threshold(),
		})
	}
	if alarm.Log != "" {
		strategy.NotificationRateLimit = monitoring.AlertPolicyAlertStrategyNotificationRateLimitArgs{Period: pulumi.String(logRate)}
		conditions = append(conditions, monitoring.AlertPolicyConditionArgs{
			DisplayName:         pulumi.String(alarm.Name),
			ConditionMatchedLog: monitoring.AlertPolicyConditionConditionMatchedLogArgs{Filter: pulumi.String(alarm.Log)},
		})
	}
	return &monitoring.AlertPolicyArgs{
		Project:              pulumi.String(a.Project),
		DisplayName:          pulumi.String(a.Environment + ": " + alarm.Name),
		Combiner:             pulumi.String("AND"),
		Conditions:           conditions,
		NotificationChannels: channels,
		AlertStrategy:        strategy,
		Documentation: monitoring.AlertPolicyDocumentationArgs{
			Content:  pulumi.String(alarm.Description),
			MimeType: pulumi.String("text/markdown"),
		},
		UserLabels: a.Labels.All(),
	}
}

func (c Condition) threshold() monitoring.AlertPolicyConditionConditionThresholdArgs {
	all := c.filter()
	args := monitoring.AlertPolicyConditionConditionThresholdArgs{
		Filter:         all,
		Comparison:     pulumi.String(string(c.Comparison)),
		ThresholdValue: pulumi.Float64(c.Threshold),
		Duration:       pulumi.String(fmt.Sprintf("%ds", c.Seconds)),
		Trigger:        monitoring.AlertPolicyConditionConditionThresholdTriggerArgs{Count: pulumi.Int(1)},
		Aggregations: monitoring.AlertPolicyConditionConditionThresholdAggregationArray{monitoring.AlertPolicyConditionConditionThresholdAggregationArgs{
			AlignmentPeriod:    pulumi.String(alignment),
			PerSeriesAligner:   pulumi.String(string(c.Aligner)),
			CrossSeriesReducer: pulumi.String(string(c.Reducer)),
			GroupByFields:      pulumi.ToStringArray(c.By),
		}},
	}
	if c.Filter != "" {
		args.Filter = pulumi.Sprintf("%s AND %s", all, c.Filter)
	}
	if c.Denominator {
		args.DenominatorFilter = all
		args.DenominatorAggregations = monitoring.AlertPolicyConditionConditionThresholdDenominatorAggregationArray{monitoring.AlertPolicyConditionConditionThresholdDenominatorAggregationArgs{
			AlignmentPeriod:    pulumi.String(alignment),
			PerSeriesAligner:   pulumi.String(string(c.Aligner)),
			CrossSeriesReducer: pulumi.String(string(c.Reducer)),
			GroupByFields:      pulumi.ToStringArray(c.By),
		}}
	}
	return args
}

// filter selects the metric and what is measured
// (https://docs.cloud.google.com/monitoring/api/v3/filters).
func (c Condition) filter() pulumi.StringOutput {
	fixed := fmt.Sprintf("resource.type = %q AND metric.type = %q", c.Resource, c.Metric)
	selected := c.Labels.ToStringMapOutput().ApplyT(func(labels map[string]string) string {
		parts := []string{fixed}
		for _, label := range Labels(labels).keys() {
			parts = append(parts, fmt.Sprintf("%s = %q", label, labels[label]))
		}
		return strings.Join(parts, " AND ")
	}).(pulumi.StringOutput)
	if c.Selected == nil {
		return selected
	}
	return pulumi.Sprintf("%s AND %s", selected, c.Selected)
}
