package aws

import (
	"errors"
	"fmt"
	"slices"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awsvpc "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/names"
)

// longestCIDR is the length of 255.255.255.255/32.
const longestCIDR = 18

// clientGroup registers the security group of the load balancer: inbound from the allowed
// addresses, outbound to the pods only. It also registers the rule that admits the load
// balancer to the pods. It returns the inbound rules, which exist from the load balancer's
// start; the others name a group of the cluster, for which the load balancer does not wait.
func (a *LoadBalancerArgs) clientGroup(ctx *pulumi.Context, name string, parent pulumi.Resource) (*awsec2.SecurityGroup, []pulumi.Resource, error) {
	part := securityGroupName(name + "-web")
	group, err := awsec2.NewSecurityGroup(ctx, part, &awsec2.SecurityGroupArgs{
		VpcId:       a.VpcID.ToStringOutput().ToStringPtrOutput(),
		Description: pulumi.String("Clients of " + name),
		Tags:        a.Tags.For(part),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, nil, fmt.Errorf("registering the security group of the load balancer: %w", err)
	}
	inbound := groupRules{ctx: ctx, tags: a.Tags, parent: parent}
	inbound.fromAddresses(part, group.ID(), a.AllowedCIDRs)
	toPods := groupRules{ctx: ctx, tags: a.Tags, parent: parent}
	toPods.between(part+"-pods", group.ID(), a.PodGroupID, a.Port, "Requests of clients")
	open := []int{a.Port}
	for _, backend := range a.Backends {
		if !slices.Contains(open, backend.Port) {
			open = append(open, backend.Port)
			toPods.between(fmt.Sprintf("%s-pods-%d", part, backend.Port), group.ID(), a.PodGroupID, backend.Port, "Requests of clients")
		}
	}
	return group, inbound.rules, errors.Join(inbound.err, toPods.err)
}

// groupRules registers rules of security groups and stops at the first error.
type groupRules struct {
	ctx    *pulumi.Context
	tags   Tags
	parent pulumi.Resource
	rules  []pulumi.Resource
	err    error
}

// fromAddresses admits addresses by HTTPS and HTTP, which redirects. The name of a rule has
// its addresses and not its index. When a list changes its order, the provider updates the
// rules in place, and AWS refuses a rule that equals another one that is not updated yet
// (InvalidPermission.Duplicate).
func (r *groupRules) fromAddresses(name string, group pulumi.StringInput, cidrs []string) {
	for _, cidr := range cidrs {
		for _, port := range []int{httpsPort, httpPort} {
			r.ingress(fmt.Sprintf("%s-in-%d-%s", name, port, names.Fit(longestCIDR, cidr)), &awsvpc.SecurityGroupIngressRuleArgs{
				SecurityGroupId: group,
				CidrIpv4:        pulumi.String(cidr),
				FromPort:        pulumi.Int(port),
				ToPort:          pulumi.Int(port),
				Description:     pulumi.String("Clients"),
			})
		}
	}
}

// between lets the members of one group connect to those of another.
func (r *groupRules) between(name string, from, to pulumi.StringInput, port int, what string) {
	r.egress(name+"-out", &awsvpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId:           from,
		ReferencedSecurityGroupId: to.ToStringOutput().ToStringPtrOutput(),
		FromPort:                  pulumi.Int(port),
		ToPort:                    pulumi.Int(port),
		Description:               pulumi.String(what),
	})
	r.ingress(name+"-in", &awsvpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           to,
		ReferencedSecurityGroupId: from.ToStringOutput().ToStringPtrOutput(),
		FromPort:                  pulumi.Int(port),
		ToPort:                    pulumi.Int(port),
		Description:               pulumi.String(what),
	})
}

func (r *groupRules) ingress(name string, args *awsvpc.SecurityGroupIngressRuleArgs) {
	if r.err != nil {
		return
	}
	args.IpProtocol, args.Tags = pulumi.String("tcp"), r.tags.For(name)
	rule, err := awsvpc.NewSecurityGroupIngressRule(r.ctx, name, args, pulumi.Parent(r.parent))
	r.add(name, rule, err)
}

func (r *groupRules) egress(name string, args *awsvpc.SecurityGroupEgressRuleArgs) {
	if r.err != nil {
		return
	}
	args.IpProtocol, args.Tags = pulumi.String("tcp"), r.tags.For(name)
	rule, err := awsvpc.NewSecurityGroupEgressRule(r.ctx, name, args, pulumi.Parent(r.parent))
	r.add(name, rule, err)
}

func (r *groupRules) add(name string, rule pulumi.Resource, err error) {
	if err != nil {
		r.err = fmt.Errorf("registering the rule %s: %w", name, err)
		return
	}
	r.rules = append(r.rules, rule)
}
