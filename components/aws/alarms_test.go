package aws_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withAlarms(args *aws.AlarmsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewAlarms(ctx, "blog", args)
		return err
	}
}

func oneAlarm() []aws.Alarm {
	return []aws.Alarm{aws.CertificateAlarm("certificate", pulumi.String("arn:aws:acm:eu-central-1:123456789012:certificate/1"))}
}

func TestAlarmsAreTaggedAndTheirNamesFit(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withAlarms(&aws.AlarmsArgs{
		Environment: strings.Repeat("blog-", 60), Emails: []string{"ada@example.com"}, Alarms: oneAlarm(), Tags: environment,
	}))
	everythingIsTagged(t, ran, "TopicSubscription")
	assert.LessOrEqual(t, len(ran.OfKind("MetricAlarm")[0].At(t, "name").(string)), 255)
	assert.LessOrEqual(t, len(ran.OfKind("Topic")[0].At(t, "name").(string)), 256)
	assert.Equal(t, "ada@example.com", ran.OfKind("TopicSubscription")[0].At(t, "endpoint"))
}

func TestWrongAlarmsAreNamed(t *testing.T) {
	refusedWith(t, withAlarms(&aws.AlarmsArgs{}), "Alarms: Environment is required", "Alarms: Alarms is required", "Alarms: Emails or TopicARN is required")
	refusedWith(t, withAlarms(&aws.AlarmsArgs{Environment: "blog-dev", Emails: []string{"ada"}, TopicARN: "alarms", Alarms: append(oneAlarm(), oneAlarm()...)}),
		`Alarms: Emails has "ada"`, `Alarms: TopicARN is "alarms"`, "Alarms: Alarms has certificate twice")
}
