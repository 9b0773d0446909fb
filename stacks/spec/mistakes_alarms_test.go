package spec_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestAlarmsThatNotifyNobodyAreReported(t *testing.T) {
	const topic, channel = "arn:aws:sns:eu-west-1:123456789012:alarms", "projects/blog-production/notificationChannels/42"
	alarms := func(pairs ...any) map[string]any {
		wanted := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			wanted[pairs[i].(string)] = pairs[i+1]
		}
		return map[string]any{"alarms": wanted}
	}
	for _, row := range []wrong{
		{"alarms of no cloud", minimal, "monitoring", alarms("emails", list("ops@example.com")), `monitoring.alarms: would be ignored, because cloud is none`},
		{"no one on AWS", onAWS, "monitoring", alarms(), `monitoring.alarms.emails: is required, unless monitoring.alarms.topicARN names who is notified`},
		{"no one on Google Cloud", onGCP, "monitoring", alarms(), `monitoring.alarms.emails: is required, unless monitoring.alarms.notificationChannels names who is notified`},
		{"no address", onAWS, "monitoring", alarms("emails", list("ops")), `monitoring.alarms.emails[0]: "ops": must be`},
		{"topic of the other cloud", onGCP, "monitoring", alarms("topicARN", topic), `monitoring.alarms.topicARN: "` + topic + `": needs cloud aws; with cloud gcp: monitoring.alarms.emails or notificationChannels`},
		{"channel of the other cloud", onAWS, "monitoring", alarms("notificationChannels", list(channel)), `monitoring.alarms.notificationChannels: "` + channel + `": needs cloud gcp; with cloud aws: monitoring.alarms.emails or topicARN`},
		{"topic of another region", onAWS, "monitoring", alarms("topicARN", "arn:aws:sns:us-east-1:123456789012:alarms"), `monitoring.alarms.topicARN: "arn:aws:sns:us-east-1:123456789012:alarms": is in us-east-1, but an alarm notifies topics of the same region only`},
		{"queue for a topic", onAWS, "monitoring", alarms("topicARN", "arn:aws:sqs:eu-west-1:123456789012:alarms"), `must be the ARN of an SNS topic`},
		{"topic in order", onAWS, "monitoring", alarms("topicARN", topic+".fifo"), `must be the ARN of an SNS topic whose messages have no order`},
		{"channel of another project", onGCP, "monitoring", alarms("notificationChannels", list("projects/other-project/notificationChannels/42")), `monitoring.alarms.notificationChannels[0]: "projects/other-project/notificationChannels/42": is not of gcp.project`},
		{"queue of Redis", onAWS, "monitoring", alarms("emails", list("ops@example.com"), "queueLength", 50), `monitoring.alarms.queueLength: would be ignored, because the broker is not a managed RabbitMQ`},
		{"no task at all", onAWS, "monitoring", alarms("emails", list("ops@example.com"), "queueLength", 0), `monitoring.alarms.queueLength: 0: must be at least 1`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse(t, row.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "%v", err)
			assert.Contains(t, err.Error(), row.want)
		})
	}
}

func TestAlarmsAreTakenFromWhoeverIsNotified(t *testing.T) {
	for name, row := range map[string]struct {
		text   string
		alarms map[string]any
	}{
		"a topic":              {onAWS, map[string]any{"topicARN": "arn:aws:sns:eu-west-1:123456789012:alarms"}},
		"addresses of AWS":     {onAWS, map[string]any{"emails": list("ops@example.com")}},
		"addresses of Google":  {onGCP, map[string]any{"emails": list("ops@example.com")}},
		"notification channel": {onGCP, map[string]any{"notificationChannels": list("projects/blog-production/notificationChannels/42")}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, changed(t, row.text, "monitoring", map[string]any{"alarms": row.alarms}))
			require.NoError(t, err)
		})
	}
}
