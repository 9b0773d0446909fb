package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func queueAlarm() args {
	return args{
		"name": "shop-queue", "namespace": "AWS/AmazonMQ", "metricName": "MessageReadyCount", "dimensions": map[string]any{"Broker": "shop"}, "statistic": "Maximum",
		"comparisonOperator": "GreaterThanThreshold", "threshold": 100, "period": 300, "evaluationPeriods": 3,
	}
}

func TestAlarmsThatCloudWatchRefuses(t *testing.T) {
	d := newDirect(t)
	topic := d.Create("sns/topic", "alarms", args{"name": "shop-alarms"}).ID
	query := func(more args) map[string]any {
		return args{"id": "used", "metric": map[string]any{"namespace": "AWS/AmazonMQ", "metricName": "RabbitMQMemUsed", "period": 300, "stat": "Maximum"}}.With(more)
	}
	whole := func(queries ...any) args {
		return queueAlarm().With(args{"namespace": nil, "metricName": nil, "statistic": nil, "period": nil, "dimensions": nil, "metricQueries": queries})
	}
	for says, inputs := range map[string]args{
		"one of `metricName,metricQueries` must be specified":    queueAlarm().With(args{"metricName": nil}),
		"namespace is required":                                  queueAlarm().With(args{"namespace": nil}),
		"One of `statistic` or `extended_statistic`":             queueAlarm().With(args{"statistic": nil}),
		"expected statistic to be one of":                        queueAlarm().With(args{"statistic": "Mean"}),
		"Period must be 10, 20, 30 or a multiple of 60 (got 90)": queueAlarm().With(args{"period": 90}),
		"Metrics cannot be checked across more than a day":       queueAlarm().With(args{"period": 1800, "evaluationPeriods": 49}),
		"Invalid region us-east-1 specified":                     queueAlarm().With(args{"alarmActions": []any{"arn:aws:sns:us-east-1:123456789012:alarms"}}),
		"length less than or equal to 5":                         queueAlarm().With(args{"alarmActions": []any{topic, topic + "1", topic + "2", topic + "3", topic + "4", topic + "5"}}),
		"Exactly one element of the metrics list should return":  whole(query(nil)),
		"undeclared variable \"allowed\"":                        whole(query(args{"returnData": false}), map[string]any{"id": "value", "expression": "used / allowed", "returnData": true}),
		"a query has either an expression or a metric":           whole(map[string]any{"id": "value", "returnData": true}),
		"ids begin with a lower-case letter and differ (got \"V": whole(query(args{"id": "V", "returnData": true})),
	} {
		_, err := d.TryCreate("cloudwatch/metricAlarm", "queue", inputs)
		require.ErrorContains(t, err, says)
	}
	alarm := d.Create("cloudwatch/metricAlarm", "queue", queueAlarm().With(args{"alarmActions": []any{topic}}))
	assert.Equal(t, "shop-queue", alarm.ID)
	d.Create("cloudwatch/metricAlarm", "memory", whole(query(args{"returnData": false}), map[string]any{"id": "value", "expression": "100 * used", "returnData": true}).With(args{"name": "shop-memory"}))
}

func TestAnAddressHasToConfirmItsSubscription(t *testing.T) {
	d := newDirect(t)
	topic := d.Create("sns/topic", "alarms", args{"name": "shop-alarms"})
	assert.Equal(t, "arn:aws:sns:eu-central-1:123456789012:shop-alarms", topic.ID)
	subscription := d.Create("sns/topicSubscription", "ops", args{"topic": topic.ID, "protocol": "email", "endpoint": "ops@shop.example"})
	assert.Equal(t, true, subscription.Values["pendingConfirmation"])
	_, err := d.TryCreate("sns/topicSubscription", "ops", args{"topic": topic.ID, "protocol": "email", "endpoint": "ops"})
	require.ErrorContains(t, err, "Invalid parameter: Email address")
	_, err = d.TryCreate("sns/topicSubscription", "ops", args{"topic": topic.ID + "-other", "protocol": "email", "endpoint": "ops@shop.example"})
	require.ErrorContains(t, err, "Topic does not exist")
}
