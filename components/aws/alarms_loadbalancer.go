package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Alarms of the load balancer: no pod takes requests, or too many answers are errors
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
func (l *LoadBalancer) Alarms() []Alarm {
	const (
		// Fewer requests in five minutes say nothing about a share of them.
		someRequests   = "20"
		errorsPercent  = 5
		minutesWithout = 3
	)
	// The pods' own errors, and those of the load balancer when it reaches none. CloudWatch has
	// no data for what did not happen.
	failing := above("web-errors", "More than one answer in twenty is an error of the server. See the logs of the web pods; if a release caused it, go back to the one before.", Metric{}, errorsPercent)
	failing.Expression = "IF(FILL(requests, 0) > " + someRequests + ", 100 * (FILL(pods, 0) + FILL(balancer, 0)) / requests, 0)"
	failing.Metrics = map[string]Metric{
		"requests": l.metric("RequestCount", Sum), "pods": l.metric("HTTPCode_Target_5XX_Count", Sum), "balancer": l.metric("HTTPCode_ELB_5XX_Count", Sum),
	}
	failing.Periods, failing.MissingData = 2, MissingIsFine

	// Without targets there is no data.
	down := below("web-down", "No web pod takes requests. See why the pods are not ready; if a release or a setting caused it, go back to the one before.", l.metric("HealthyHostCount", Minimum), 1)
	down.Metric.Dimensions["TargetGroup"] = l.targetGroupSuffix
	down.PeriodSeconds, down.Periods, down.MissingData = minute, minutesWithout, MissingIsBad
	return []Alarm{failing, down}
}

func (l *LoadBalancer) metric(name string, statistic Statistic) Metric {
	return Metric{Namespace: "AWS/ApplicationELB", Name: name, Statistic: statistic, Dimensions: pulumi.StringMap{"LoadBalancer": l.suffix}}
}
