package spec

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/components/aws/limits"
	gcplimits "github.com/djangostack/djangostack/components/gcp/limits"
)

// Alarms notify when a managed service needs somebody. Which alarms there are follows from what
// the environment has, and their thresholds from its sizes.
type Alarms struct {
	// Addresses that are notified when an alarm rings and when it is over. On AWS each has to confirm a mail of SNS first.
	Emails []string `json:"emails,omitempty" jsonschema:"minItems=1,maxItems=10,pattern=^[^@\\s\\,;<>]+@[^@\\s\\,;<>]+$,uniqueItems=true"`
	// An existing SNS topic that is notified as well, in aws.region; with cloud aws.
	TopicARN string `json:"topicARN,omitempty" jsonschema:"pattern=^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1\\,256}$"`
	// Existing notification channels of Cloud Monitoring that are notified as well, of gcp.project; with cloud gcp.
	NotificationChannels []string `json:"notificationChannels,omitempty" jsonschema:"minItems=1,maxItems=10,pattern=^projects/[a-z][a-z0-9-]{4\\,28}[a-z0-9]/notificationChannels/[0-9]+$,uniqueItems=true"`
	// Tasks that may wait in all queues of RabbitMQ together before an alarm rings; with broker.engine rabbitmq and broker.kind managed. Amazon MQ reports the length of queues, and no managed Redis does.
	QueueLength int `json:"queueLength,omitempty" jsonschema:"minimum=1,maximum=10000000"`
}

// UnmarshalJSON fills in the defaults before decoding.
func (a *Alarms) UnmarshalJSON(raw []byte) error {
	type plain Alarms
	alarms := plain{QueueLength: 1000}
	if err := json.Unmarshal(raw, &alarms); err != nil {
		return fmt.Errorf("decoding monitoring.alarms: %w", err)
	}
	*a = Alarms(alarms)
	return nil
}

// HasManagedRabbitMQ reports whether the environment's broker is a managed RabbitMQ.
func (e *Environment) HasManagedRabbitMQ() bool {
	return e.Broker.Kind == Managed && e.Broker.Engine == RabbitMQ
}

func (e *Environment) checkAlarms(problems *Problems) {
	alarms := e.Monitoring.Alarms
	if alarms == nil || !e.HasCloud() {
		return
	}
	const topic, channels = "monitoring.alarms.topicARN", "monitoring.alarms.notificationChannels"
	if e.Cloud != AWSCloud && alarms.TopicARN != "" {
		problems.add(topic, alarms.TopicARN, "needs cloud aws; with cloud %s: monitoring.alarms.emails or notificationChannels", e.Cloud)
	}
	if e.Cloud != GCPCloud && len(alarms.NotificationChannels) > 0 {
		problems.add(channels, strings.Join(alarms.NotificationChannels, ", "), "needs cloud gcp; with cloud %s: monitoring.alarms.emails or topicARN", e.Cloud)
	}
	if len(alarms.Emails) == 0 && alarms.TopicARN == "" && len(alarms.NotificationChannels) == 0 {
		problems.add("monitoring.alarms.emails", nil, "is required, unless %s names who is notified", map[Cloud]string{AWSCloud: topic, GCPCloud: channels}[e.Cloud])
	}
	if parts := strings.Split(alarms.TopicARN, ":"); e.Cloud == AWSCloud && e.AWS != nil && len(parts) > limits.ARNRegion && parts[limits.ARNRegion] != e.AWS.Region {
		problems.add(topic, alarms.TopicARN, "is in %s, but an alarm notifies topics of the same region only, which is %s", parts[limits.ARNRegion], e.AWS.Region)
	}
	if all := len(alarms.Emails) + len(alarms.NotificationChannels); e.Cloud == GCPCloud && all > gcplimits.MaxPolicyChannels {
		problems.add(channels, all, "may be at most %d together with monitoring.alarms.emails: an alert policy has no more channels", gcplimits.MaxPolicyChannels)
	}
	for i, channel := range alarms.NotificationChannels {
		if e.Cloud == GCPCloud && e.GCP != nil && !strings.HasPrefix(channel, "projects/"+e.GCP.Project+"/") {
			problems.add(indexed(channels, i), channel, "is not of gcp.project, which is %s: an alert policy notifies channels of the same project only", e.GCP.Project)
		}
	}
}
