package aws

import (
	"fmt"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awslb "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/names"
)

// networkLoadBalancer registers a network load balancer with fixed addresses, which an
// application load balancer cannot have. It forwards connections with the address of the
// client, so that the application load balancer can check it.
func (a *LoadBalancerArgs) networkLoadBalancer(ctx *pulumi.Context, name string, web *awsec2.SecurityGroup, application *awslb.LoadBalancer, listeners []pulumi.Resource, parent pulumi.Resource) (*awslb.LoadBalancer, error) {
	group, rules, err := a.networkLoadBalancerGroup(ctx, name, web, parent)
	if err != nil {
		return nil, err
	}
	part := loadBalancerName(name + "-front")
	fixed, err := awslb.NewLoadBalancer(ctx, part, &awslb.LoadBalancerArgs{
		LoadBalancerType:             pulumi.String("network"),
		Internal:                     pulumi.Bool(false),
		SubnetMappings:               a.subnetMappings(),
		SecurityGroups:               pulumi.StringArray{group.ID()},
		EnableCrossZoneLoadBalancing: pulumi.Bool(true),
		EnableDeletionProtection:     pulumi.Bool(a.Data.Protected),
		Tags:                         a.Tags.For(part),
	}, pulumi.Parent(parent), component.Protect(a.Data), pulumi.DependsOn(rules))
	if err != nil {
		return nil, fmt.Errorf("registering the load balancer with fixed addresses: %w", err)
	}
	for _, port := range []int{httpsPort, httpPort} {
		if err := a.forward(ctx, name, port, fixed, application, listeners, parent); err != nil {
			return nil, err
		}
	}
	return fixed, nil
}

func (a *LoadBalancerArgs) subnetMappings() awslb.LoadBalancerSubnetMappingArray {
	mappings := awslb.LoadBalancerSubnetMappingArray{}
	for i, address := range a.Addresses {
		mappings = append(mappings, awslb.LoadBalancerSubnetMappingArgs{
			SubnetId:     a.PublicSubnetIDs.Index(pulumi.Int(i)),
			AllocationId: address.ToStringOutput().ToStringPtrOutput(),
		})
	}
	return mappings
}

func (a *LoadBalancerArgs) networkLoadBalancerGroup(ctx *pulumi.Context, name string, web *awsec2.SecurityGroup, parent pulumi.Resource) (*awsec2.SecurityGroup, []pulumi.Resource, error) {
	part := securityGroupName(name + "-front")
	group, err := awsec2.NewSecurityGroup(ctx, part, &awsec2.SecurityGroupArgs{
		VpcId:       a.VpcID.ToStringOutput().ToStringPtrOutput(),
		Description: pulumi.String("Clients of " + name + " at fixed addresses"),
		Tags:        a.Tags.For(part),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, nil, fmt.Errorf("registering the security group of the fixed addresses: %w", err)
	}
	rules := groupRules{ctx: ctx, tags: a.Tags, parent: parent}
	rules.fromAddresses(part, group.ID(), a.AllowedCIDRs)
	for _, port := range []int{httpsPort, httpPort} {
		rules.between(fmt.Sprintf("%s-web-%d", part, port), group.ID(), web.ID(), port, "Forwarded connections")
	}
	return group, rules.rules, rules.err
}

// forward forwards one port unchanged. AWS accepts a load balancer as a target only while
// it listens on that port.
func (a *LoadBalancerArgs) forward(ctx *pulumi.Context, name string, port int, fixed, application *awslb.LoadBalancer, listeners []pulumi.Resource, parent pulumi.Resource) error {
	part := names.Fit(limits.MaxLoadBalancerName-autonameLength, name, fmt.Sprintf("front-%d", port))
	protocol := map[int]string{httpsPort: "HTTPS", httpPort: "HTTP"}[port]
	group, err := awslb.NewTargetGroup(ctx, part, &awslb.TargetGroupArgs{
		VpcId:      a.VpcID.ToStringOutput().ToStringPtrOutput(),
		TargetType: pulumi.String("alb"),
		Protocol:   pulumi.String("TCP"),
		Port:       pulumi.Int(port),
		HealthCheck: awslb.TargetGroupHealthCheckArgs{
			Enabled:  pulumi.Bool(true),
			Protocol: pulumi.String(protocol),
			Port:     pulumi.String("traffic-port"),
			Path:     pulumi.String(a.Health.Path),
			// The app may refuse a host that is an address. Any response shows that the
			// application load balancer works and has a pod.
			Matcher: pulumi.String("200-499"),
		},
		Tags: a.Tags.For(part),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the target group of port %d: %w", port, err)
	}
	_, err = awslb.NewTargetGroupAttachment(ctx, part, &awslb.TargetGroupAttachmentArgs{
		TargetGroupArn: group.Arn,
		TargetId:       application.Arn,
		Port:           pulumi.Int(port),
	}, pulumi.Parent(parent), pulumi.DependsOn(listeners))
	if err != nil {
		return fmt.Errorf("registering the load balancer as target of port %d: %w", port, err)
	}
	listener := &awslb.ListenerArgs{
		LoadBalancerArn: fixed.Arn,
		Port:            pulumi.Int(port),
		Protocol:        pulumi.String("TCP"),
		DefaultActions: awslb.ListenerDefaultActionArray{awslb.ListenerDefaultActionArgs{
			Type:           pulumi.String("forward"),
			TargetGroupArn: group.Arn.ToStringPtrOutput(),
		}},
		Tags: a.Tags.For(part),
	}
	if a.IdleSeconds > limits.NetworkIdleSeconds {
		listener.TcpIdleTimeoutSeconds = pulumi.Int(a.IdleSeconds)
	}
	// A target group belongs to one load balancer at a time.
	_, err = awslb.NewListener(ctx, part, listener, pulumi.Parent(parent), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("registering the listener of port %d: %w", port, err)
	}
	return nil
}
