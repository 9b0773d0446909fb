package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// CertificateAlarm rings when a certificate has not been renewed. ACM tries 60 days before its
// end, and 45 days before for shorter ones. It reports the days twice a day, in the region of
// the certificate
// (https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html).
func CertificateAlarm(name string, arn pulumi.StringInput) Alarm {
	const daysLeft = 21
	return Alarm{
		Name:        name,
		Description: "The certificate ends in three weeks and was not renewed. See whether its validation records are in the zone and the zone is delegated; an imported one has to be imported again.",
		Metric:      Metric{Namespace: "AWS/CertificateManager", Name: "DaysToExpiry", Statistic: Minimum, Dimensions: pulumi.StringMap{"CertificateArn": arn}},
		Comparison:  Below, Threshold: daysLeft, PeriodSeconds: day, Periods: 1, MissingData: MissingIsUnknown,
	}
}
