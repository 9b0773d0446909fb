package aws

import (
	"fmt"
	"strings"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awsvpc "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
)

// securityGroup describes who may connect to a data service.
type securityGroup struct {
	// service is the name of the service in descriptions.
	service string
	vpcID   pulumi.StringInput
	port    int
	// allowFrom are the security groups whose members may connect.
	allowFrom pulumi.StringArray
	tags      Tags
}

// register registers a security group that lets the members of other groups connect to one
// port. It has no outbound rules: a data service never opens connections.
func (r securityGroup) register(ctx *pulumi.Context, name string, parent pulumi.Resource) (*awsec2.SecurityGroup, error) {
	name = securityGroupName(name)
	group, err := awsec2.NewSecurityGroup(ctx, name, &awsec2.SecurityGroupArgs{
		VpcId:       r.vpcID,
		Description: pulumi.Sprintf("Connections to %s", r.service),
		Tags:        r.tags.For(name),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the security group %s: %w", name, err)
	}
	for i, source := range r.allowFrom {
		rule := fmt.Sprintf("%s-in-%d", name, i)
		_, err := awsvpc.NewSecurityGroupIngressRule(ctx, rule, &awsvpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId:           group.ID(),
			ReferencedSecurityGroupId: source,
			IpProtocol:                pulumi.String("tcp"),
			FromPort:                  pulumi.Int(r.port),
			ToPort:                    pulumi.Int(r.port),
			Description:               pulumi.Sprintf("Clients of %s", r.service),
			Tags:                      r.tags.For(rule),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("registering the rule %s: %w", rule, err)
		}
	}
	return group, nil
}

// securityGroupName avoids the prefix sg-, which the provider refuses because it looks like
// an id (resourceSecurityGroup).
func securityGroupName(name string) string {
	return withoutReservedPrefix("sg-", name)
}

// loadBalancerName avoids the prefix internal-, which AWS reserves for host names
// (validName).
func loadBalancerName(name string) string {
	return names.Fit(limits.MaxLoadBalancerName-autonameLength, withoutReservedPrefix("internal-", name))
}

// withoutReservedPrefix puts app- before a name with a reserved prefix.
func withoutReservedPrefix(reserved, name string) string {
	if strings.HasPrefix(name, reserved) {
		return "app-" + name
	}
	return name
}
