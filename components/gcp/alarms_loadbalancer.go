package gcp

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Alarms of the load balancer: too many answers are errors
// (https://docs.cloud.google.com/load-balancing/docs/metrics). When no pod takes requests, it
// answers with errors itself.
func (l *LoadBalancer) Alarms() []Alarm {
	const (
		errorsShare = 0.05
		// Fewer requests in five minutes say nothing about a share of them.
		someRequests = 20
		tenMinutes   = 600
	)
	requests := Condition{
		Metric: "loadbalancing.googleapis.com/https/request_count", Resource: "https_lb_rule", Aligner: Delta, Reducer: AddUp,
		Labels: pulumi.StringMap{"resource.label.project_id": pulumi.String(l.project)}, Comparison: Above, Threshold: someRequests, Seconds: tenMinutes,
	}
	// GKE names what it creates for a Gateway gkegw1-CLUSTER-NAMESPACE-GATEWAY-HASH.
	requests.Selected = l.namespace.ApplyT(func(namespace string) string {
		return fmt.Sprintf("resource.label.url_map_name = monitoring.regex.full_match(%q)", urlMapPattern(namespace, l.GatewayName))
	}).(pulumi.StringOutput)
	failing := requests
	failing.Filter, failing.Denominator, failing.Threshold = "metric.label.response_code_class = 500", true, errorsShare
	return []Alarm{{
		Name:        "web-errors",
		Description: "More than one answer in twenty is an error of the server. See the logs of the web pods, and whether any is ready; if a release caused it, go back to the one before.",
		Conditions:  []Condition{failing, requests},
		Before:      []pulumi.Resource{l},
	}}
}

// urlMapPattern matches the name of a Gateway's URL map. GKE cuts long names, to 63 characters
// together, each in proportion to its length.
func urlMapPattern(namespace, gateway string) string {
	const room = 36
	if whole := len(namespace) + len(gateway); whole > room {
		namespace = namespace[:len(namespace)*room/whole-1] + "[a-z0-9-]*"
		gateway = gateway[:len(gateway)*room/whole-1] + "[a-z0-9-]*"
	}
	return fmt.Sprintf("gkegw1-[a-z0-9]+-%s-%s-[a-z0-9]+", namespace, gateway)
}
