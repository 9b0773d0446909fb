package aws

import (
	"errors"
	"fmt"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awslb "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// HealthCheck is the HTTP health check of pods. The Host header is the address of the pod,
// so the app must allow it, or serve the path before it checks hosts.
type HealthCheck struct {
	Path string
	// Codes that count as healthy, for instance 200 or 200-299.
	Codes string
}

// LoadBalancerArgs describes an application load balancer that terminates TLS and forwards
// requests to pods.
type LoadBalancerArgs struct {
	VpcID            pulumi.StringInput
	PublicSubnetIDs  pulumi.StringArrayOutput
	PrivateSubnetIDs pulumi.StringArrayOutput
	// CertificateARN is an ACM certificate in the same region.
	CertificateARN pulumi.StringInput
	// AllowedCIDRs are the addresses that may connect; 0.0.0.0/0 is everyone.
	AllowedCIDRs []string
	// Port of the pods, and PodGroupID their security group.
	Port       int
	PodGroupID pulumi.StringInput
	Health     HealthCheck
	// Backends are further processes, and Rules lead hosts and paths to them. Requests that no
	// rule matches go to the pods of Port.
	Backends []Backend
	Rules    []Rule
	// MoreCertificates are the ARNs of issued certificates of further hosts.
	MoreCertificates []string
	// DrainSeconds is how long a stopping pod may take to finish its requests, 0 to 3600.
	DrainSeconds int
	// IdleSeconds is how long idle connections stay open, 1 to 4000. The pods must keep
	// theirs open for longer.
	IdleSeconds int
	// ClusterName is the cluster whose pods are registered.
	ClusterName pulumi.StringInput
	// Addresses are allocation IDs of Elastic IPs, one for each public subnet, in order.
	// Without them AWS can change the addresses of the load balancer.
	Addresses pulumi.StringArray
	// AccessLogs is a bucket for access logs, in the same region and with Access
	// load-balancer-logs; nil for none. The network load balancer in front of fixed
	// addresses has no access logs, because it does not terminate TLS.
	AccessLogs *Bucket
	// Data that is protected refuses every plan that deletes or replaces the load balancer,
	// and turns on its deletion protection. DNS records of others may point to it.
	Data data.Held
	Tags Tags
}

// LoadBalancer is an application load balancer that the program manages. The cluster only
// registers pods with it, and so cannot leave it behind.
type LoadBalancer struct {
	pulumi.ResourceState

	// DNSName and ZoneID are the target of an alias record.
	DNSName pulumi.StringOutput
	ZoneID  pulumi.StringOutput
	// TargetGroupARN is the target group for the pods.
	TargetGroupARN pulumi.StringOutput
	// BackendARNs are the target groups of the backends, by name.
	BackendARNs map[string]pulumi.StringOutput
	// SecurityGroupID is the security group that requests to the pods come from.
	SecurityGroupID pulumi.StringOutput

	// suffix and targetGroupSuffix are the names that CloudWatch has for the load balancer and
	// the pods: the ends of their ARNs.
	suffix, targetGroupSuffix pulumi.StringOutput
}

// NewLoadBalancer registers the load balancer. Pass the internet gateway and its routes
// with pulumi.DependsOn.
func NewLoadBalancer(ctx *pulumi.Context, name string, args *LoadBalancerArgs, opts ...pulumi.ResourceOption) (*LoadBalancer, error) {
	t := &LoadBalancer{}
	return component.New(ctx, "djangostack:aws:LoadBalancer", name+"-traffic", t, args.check, func() (pulumi.Map, error) {
		group, rules, err := args.clientGroup(ctx, name, t)
		if err != nil {
			return nil, err
		}
		application, err := args.application(ctx, name, group, rules, t)
		if err != nil {
			return nil, err
		}
		pods, err := args.targetGroup(ctx, name, "", args.Health, args.DrainSeconds, t)
		if err != nil {
			return nil, err
		}
		groups, err := args.backends(ctx, name, t)
		if err != nil {
			return nil, err
		}
		t.BackendARNs = map[string]pulumi.StringOutput{}
		for backend, group := range groups {
			t.BackendARNs[backend] = group.Arn
		}
		groups[""] = pods
		listeners, err := args.listeners(ctx, name, application, groups, t)
		if err != nil {
			return nil, err
		}
		t.DNSName, t.ZoneID = application.DnsName, application.ZoneId
		t.TargetGroupARN, t.SecurityGroupID = pods.Arn, group.ID().ToStringOutput()
		t.suffix, t.targetGroupSuffix = application.ArnSuffix, pods.ArnSuffix
		if len(args.Addresses) > 0 {
			fixed, err := args.networkLoadBalancer(ctx, name, group, application, listeners, t)
			if err != nil {
				return nil, err
			}
			t.DNSName, t.ZoneID = fixed.DnsName, fixed.ZoneId
		}
		return component.DataOr(args.Data, pulumi.Map{"dnsName": t.DNSName, "zoneId": t.ZoneID, "targetGroupArn": t.TargetGroupARN}), nil
	}, opts...)
}

func (a *LoadBalancerArgs) check() error {
	const mostPort = 65535
	return errors.Join(
		validate.Check("LoadBalancer",
			validate.Required("VpcID", a.VpcID != nil),
			validate.Required("PublicSubnetIDs", a.PublicSubnetIDs.OutputState != nil),
			validate.Required("PrivateSubnetIDs, since there are Addresses,", len(a.Addresses) == 0 || a.PrivateSubnetIDs.OutputState != nil),
			validate.Required("CertificateARN", a.CertificateARN != nil),
			validate.Required("AllowedCIDRs", len(a.AllowedCIDRs) > 0),
			validate.Required("PodGroupID", a.PodGroupID != nil),
			validate.Required("Health.Path", a.Health.Path != ""),
			validate.Required("Health.Codes", a.Health.Codes != ""),
			validate.Required("ClusterName", a.ClusterName != nil),
		),
		validate.RefuseIf(a.AccessLogs != nil && a.AccessLogs.access != arguments.LogBucket, "LoadBalancer", "AccessLogs needs Access load-balancer-logs"),
		validate.Within("LoadBalancer", "Port", a.Port, 1, mostPort),
		validate.Within("LoadBalancer", "DrainSeconds", a.DrainSeconds, 0, limits.MaxDrainSeconds),
		validate.Within("LoadBalancer", "IdleSeconds", a.IdleSeconds, 1, limits.MaxIdleSeconds),
		validate.CIDRs("LoadBalancer", "AllowedCIDRs", a.AllowedCIDRs),
		a.checkRules(),
	)
}

func (a *LoadBalancerArgs) application(ctx *pulumi.Context, name string, group *awsec2.SecurityGroup, before []pulumi.Resource, parent pulumi.Resource) (*awslb.LoadBalancer, error) {
	part := loadBalancerName(name + "-web")
	args := &awslb.LoadBalancerArgs{
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(len(a.Addresses) > 0),
		Subnets:                  a.PublicSubnetIDs,
		SecurityGroups:           pulumi.StringArray{group.ID()},
		IdleTimeout:              pulumi.Int(a.IdleSeconds),
		DropInvalidHeaderFields:  pulumi.Bool(true),
		DesyncMitigationMode:     pulumi.String("defensive"),
		EnableHttp2:              pulumi.Bool(true),
		EnableDeletionProtection: pulumi.Bool(a.Data.Protected),
		Tags:                     a.Tags.For(part),
	}
	if len(a.Addresses) > 0 {
		args.Subnets = a.PrivateSubnetIDs
	}
	if logs := a.AccessLogs; logs != nil {
		args.AccessLogs = awslb.LoadBalancerAccessLogsArgs{Bucket: logs.Name, Enabled: pulumi.Bool(true)}
		// AWS writes a test object at once, so the policy of the bucket must allow it
		// before.
		before = append(before, logs.lastSetting)
	}
	application, err := awslb.NewLoadBalancer(ctx, part, args,
		pulumi.Parent(parent), component.Protect(a.Data), pulumi.DependsOn(before))
	if err != nil {
		return nil, fmt.Errorf("registering the load balancer: %w", err)
	}
	return application, nil
}
