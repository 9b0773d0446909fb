package aws

import (
	"fmt"
	"strings"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
)

// autonameLength is what the provider appends to the names it makes: a hyphen and
// seven digits.
const autonameLength = 8

// roleArgs describes a role that a service takes on.
type roleArgs struct {
	region      string
	description string
	// trust says who may take the role on.
	trust Statement
	// managed are names of policies that AWS keeps.
	managed []string
	// statements are the role's own permissions.
	statements []Statement
	// boundary is the ARN of a policy that limits the role, or nil.
	boundary pulumi.StringInput
	tags     Tags
}

// role is a role and the policies that make it useful: whoever uses the role waits
// for them, and is gone before them.
type role struct {
	*awsiam.Role
	policies []pulumi.Resource
}

// trustOf lets one service take a role on.
func trustOf(service string, conditions ...Condition) Statement {
	return Statement{Services: []string{service}, Actions: []string{"sts:AssumeRole"}, Conditions: conditions}
}

func newRole(ctx *pulumi.Context, name string, args roleArgs, parent pulumi.Resource) (*role, error) {
	name = names.Fit(limits.MaxRoleName-autonameLength, name)
	wanted := &awsiam.RoleArgs{
		Description:      pulumi.String(args.description),
		AssumeRolePolicy: policy(args.trust.document()),
		Tags:             args.tags.For(name),
	}
	if args.boundary != nil {
		wanted.PermissionsBoundary = args.boundary.ToStringOutput().ToStringPtrOutput()
	}
	made, err := awsiam.NewRole(ctx, name, wanted, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the role %s: %w", name, err)
	}
	r := &role{Role: made}
	for _, managed := range args.managed {
		if err := r.attach(ctx, name, managed, args.region); err != nil {
			return nil, err
		}
	}
	if len(args.statements) == 0 {
		return r, nil
	}
	own, err := awsiam.NewRolePolicy(ctx, name+"-policy", &awsiam.RolePolicyArgs{
		Role:   made.Name,
		Policy: rolePolicy(args.statements),
	}, pulumi.Parent(made))
	if err != nil {
		return nil, fmt.Errorf("registering the policy of the role %s: %w", name, err)
	}
	r.policies = append(r.policies, own)
	return r, nil
}

func (r *role) attach(ctx *pulumi.Context, name, managed, region string) error {
	short := strings.ToLower(managed[strings.LastIndex(managed, "/")+1:])
	attached, err := awsiam.NewRolePolicyAttachment(ctx, name+"-"+short, &awsiam.RolePolicyAttachmentArgs{
		Role:      r.Name,
		PolicyArn: pulumi.String(managedPolicy(region, managed)),
	}, pulumi.Parent(r.Role))
	if err != nil {
		return fmt.Errorf("attaching %s to the role %s: %w", managed, name, err)
	}
	r.policies = append(r.policies, attached)
	return nil
}
