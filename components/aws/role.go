package aws

import (
	"fmt"
	"strings"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
)

// autonameLength is the length of the suffix that the provider appends to names: a hyphen
// and seven digits.
const autonameLength = 8

// roleArgs describes a role that a service assumes.
type roleArgs struct {
	region      string
	description string
	// trust is who may assume the role.
	trust Statement
	// managed are names of AWS managed policies.
	managed []string
	// statements are the permissions of the inline policy.
	statements []Statement
	// boundary is the ARN of a policy that limits the role, or nil.
	boundary pulumi.StringInput
	tags     Tags
}

// role is a role and its policies. Users of the role depend on the policies.
type role struct {
	*awsiam.Role
	policies []pulumi.Resource
}

// trustOf lets one service assume a role.
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
	created, err := awsiam.NewRole(ctx, name, wanted, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the role %s: %w", name, err)
	}
	r := &role{Role: created}
	for _, managed := range args.managed {
		if err := r.attach(ctx, name, managed, args.region); err != nil {
			return nil, err
		}
	}
	if len(args.statements) == 0 {
		return r, nil
	}
	inline, err := awsiam.NewRolePolicy(ctx, name+"-policy", &awsiam.RolePolicyArgs{
		Role:   created.Name,
		Policy: rolePolicy(args.statements),
	}, pulumi.Parent(created))
	if err != nil {
		return nil, fmt.Errorf("registering the policy of the role %s: %w", name, err)
	}
	r.policies = append(r.policies, inline)
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
