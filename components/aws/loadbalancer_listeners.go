package aws

import (
	"cmp"
	"fmt"

	awslb "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
)

const (
	httpPort  = 80
	httpsPort = 443
	// tlsPolicy is TLS 1.2 and 1.3, as AWS recommends
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
	tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
	// clusterTag lets EKS Auto Mode register pods with a target group that it did not
	// create
	// (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html).
	clusterTag = "eks:eks-cluster-name"
)

// The health check detects a failing pod within 15 seconds, and a healthy one within 10.
const (
	checkSeconds   = 5
	checkTimeout   = 4
	checkHealthy   = 2
	checkUnhealthy = 3
)

// targetGroup registers the target group that the cluster registers the pods of a backend with;
// an empty name is that of the pods of Port.
func (a *LoadBalancerArgs) targetGroup(ctx *pulumi.Context, name, backend string, health HealthCheck, drainSeconds int, parent pulumi.Resource) (*awslb.TargetGroup, error) {
	part := names.Fit(limits.MaxLoadBalancerName-autonameLength, name, cmp.Or(backend, "pods"))
	tags := a.Tags.For(part)
	tags[clusterTag] = a.ClusterName
	group, err := awslb.NewTargetGroup(ctx, part, &awslb.TargetGroupArgs{
		VpcId:           a.VpcID.ToStringOutput().ToStringPtrOutput(),
		TargetType:      pulumi.String("ip"),
		Protocol:        pulumi.String("HTTP"),
		ProtocolVersion: pulumi.String("HTTP1"),
		// Targets without a port get this one, and the cluster always registers pods with
		// their port. A constant keeps the target group, which a changed port would replace
		// with one that has no pods at first.
		Port:                       pulumi.Int(httpPort),
		DeregistrationDelay:        pulumi.Int(drainSeconds),
		LoadBalancingAlgorithmType: pulumi.String("least_outstanding_requests"),
		HealthCheck: awslb.TargetGroupHealthCheckArgs{
			Enabled:            pulumi.Bool(true),
			Protocol:           pulumi.String("HTTP"),
			Port:               pulumi.String("traffic-port"),
			Path:               pulumi.String(health.Path),
			Matcher:            pulumi.String(health.Codes),
			Interval:           pulumi.Int(checkSeconds),
			Timeout:            pulumi.Int(checkTimeout),
			HealthyThreshold:   pulumi.Int(checkHealthy),
			UnhealthyThreshold: pulumi.Int(checkUnhealthy),
		},
		Tags: tags,
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the target group of the pods: %w", err)
	}
	return group, nil
}

// listeners registers the HTTPS listener, which terminates TLS, and the HTTP listener,
// which redirects to it.
func (a *LoadBalancerArgs) listeners(ctx *pulumi.Context, name string, application *awslb.LoadBalancer, groups map[string]*awslb.TargetGroup, parent pulumi.Resource) ([]pulumi.Resource, error) {
	https, err := awslb.NewListener(ctx, name+"-https", &awslb.ListenerArgs{
		LoadBalancerArn: application.Arn,
		Port:            pulumi.Int(httpsPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(tlsPolicy),
		CertificateArn:  a.CertificateARN.ToStringOutput().ToStringPtrOutput(),
		DefaultActions: awslb.ListenerDefaultActionArray{awslb.ListenerDefaultActionArgs{
			Type:           pulumi.String("forward"),
			TargetGroupArn: groups[""].Arn.ToStringPtrOutput(),
		}},
		Tags: a.Tags.For(name + "-https"),
		// A target group belongs to one load balancer at a time. A new load balancer can
		// use it only after the old listener is deleted.
	}, pulumi.Parent(parent), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, fmt.Errorf("registering the HTTPS listener: %w", err)
	}
	if err := a.rules(ctx, name, https, groups, parent); err != nil {
		return nil, err
	}
	http, err := awslb.NewListener(ctx, name+"-http", &awslb.ListenerArgs{
		LoadBalancerArn: application.Arn,
		Port:            pulumi.Int(httpPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: awslb.ListenerDefaultActionArray{awslb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: awslb.ListenerDefaultActionRedirectArgs{
				Protocol:   pulumi.String("HTTPS"),
				Port:       pulumi.Sprintf("%d", httpsPort),
				StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		Tags: a.Tags.For(name + "-http"),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the HTTP listener: %w", err)
	}
	return []pulumi.Resource{https, http}, nil
}
