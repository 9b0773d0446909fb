package aws

import (
	"fmt"
	"strings"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awsvpc "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/names"
)

// reach says who may open connections to a data service.
type reach struct {
	// what is reached, in words that a security group's description may hold.
	what  string
	vpcID pulumi.StringInput
	port  int
	// from are the security groups whose members may connect.
	from pulumi.StringArray
	tags Tags
}

// group registers a security group that lets the members of other groups connect
// to one port, and lets nothing out: a data service answers, and never calls.
func (r reach) group(ctx *pulumi.Context, name string, parent pulumi.Resource) (*awsec2.SecurityGroup, error) {
	name = groupName(name)
	group, err := awsec2.NewSecurityGroup(ctx, name, &awsec2.SecurityGroupArgs{
		VpcId:       r.vpcID,
		Description: pulumi.Sprintf("Connections to %s", r.what),
		Tags:        r.tags.For(name),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the security group %s: %w", name, err)
	}
	for i, source := range r.from {
		rule := fmt.Sprintf("%s-in-%d", name, i)
		_, err := awsvpc.NewSecurityGroupIngressRule(ctx, rule, &awsvpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId:           group.ID(),
			ReferencedSecurityGroupId: source,
			IpProtocol:                pulumi.String("tcp"),
			FromPort:                  pulumi.Int(r.port),
			ToPort:                    pulumi.Int(r.port),
			Description:               pulumi.Sprintf("Clients of %s", r.what),
			Tags:                      r.tags.For(rule),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("registering the rule %s: %w", rule, err)
		}
	}
	return group, nil
}

// groupName is a name that a security group may have: what begins with sg- looks like
// an id of AWS, and the provider refuses it (resourceSecurityGroup).
func groupName(name string) string {
	return notBeginning("sg-", name)
}

// nameOfBalancer is a name that a load balancer may have: AWS puts internal- before the
// host names of some of them (validName).
func nameOfBalancer(name string) string {
	return names.Fit(loadBalancerNameLimit-autonameLength, notBeginning("internal-", name))
}

// notBeginning puts a word before a name that begins as AWS allows no name to begin.
func notBeginning(reserved, name string) string {
	if strings.HasPrefix(name, reserved) {
		return "app-" + name
	}
	return name
}
