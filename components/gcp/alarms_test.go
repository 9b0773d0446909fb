package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withAlarms(args *gcp.AlarmsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewAlarms(ctx, "blog", args)
		return err
	}
}

func TestALogIsLookedAtWithoutACondition(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withAlarms(&gcp.AlarmsArgs{
		Project: mocks.Project, Environment: "blog-dev", Emails: []string{"ada@example.com"}, Alarms: []gcp.Alarm{gcp.CertificateAlarm(mocks.Project)}, Labels: environment,
	}))
	policy := ran.Find(t, "AlertPolicy", "blog-certificate")
	assert.Len(t, policy.At(t, "conditions"), 1, "Google takes no other beside one of a log")
	assert.Equal(t, "86400s", policy.At(t, "alertStrategy.notificationRateLimit.period"), "Google requires one for a log")
	assert.Len(t, policy.At(t, "notificationChannels"), 1)
}

func TestWrongAlarmsAreNamed(t *testing.T) {
	refusedWith(t, withAlarms(&gcp.AlarmsArgs{}), "Alarms: Project is required", "Alarms: Environment is required", "Alarms: Alarms is required", "Alarms: Emails or Channels is required")
	certificate := gcp.CertificateAlarm(mocks.Project)
	refusedWith(t, withAlarms(&gcp.AlarmsArgs{
		Project: mocks.Project, Environment: "blog-dev", Emails: []string{"ada"}, Channels: make([]string, 16), Alarms: []gcp.Alarm{certificate, certificate},
	}), `Alarms: Emails has "ada"`, `Alarms: Channels has ""`, "Alarms: Emails and Channels are 17; allowed are 16", "Alarms: Alarms has certificate twice")
}
