package aws

import (
	"fmt"
	"maps"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// wiring holds what every step reads. No step changes it: what a step registers, it
// returns to Deploy.
type wiring struct {
	ctx         *pulumi.Context
	environment *spec.Environment
	// name of the app, which the names of all components begin with.
	name string
	tags components.Tags
	// options of every component: its parent and its providers.
	options []pulumi.ResourceOption
	// account is the ID of the account that the stack deploys to.
	account pulumi.StringOutput
	// usEast1 is the provider for the region in which CloudFront looks for certificates.
	usEast1 *awssdk.Provider
}

func newWiring(ctx *pulumi.Context, environment *spec.Environment, root pulumi.Resource) (wiring, error) {
	name := environment.App.Name
	home, err := newProvider(ctx, environment, name+"-aws", environment.AWS.Region, root)
	if err != nil {
		return wiring{}, err
	}
	usEast1, err := newProvider(ctx, environment, name+"-aws-us-east-1", "us-east-1", root)
	if err != nil {
		return wiring{}, err
	}
	random, err := app.NewRandomProvider(ctx, environment, root)
	if err != nil {
		return wiring{}, err
	}
	caller := awssdk.GetCallerIdentityOutput(ctx, awssdk.GetCallerIdentityOutputArgs{}, pulumi.Parent(root), pulumi.Provider(home))
	return wiring{
		ctx:         ctx,
		environment: environment,
		name:        name,
		tags:        tagsOf(environment, ctx.Stack()),
		options:     []pulumi.ResourceOption{pulumi.Parent(root), pulumi.Providers(home, random)},
		account:     caller.AccountId(),
		usEast1:     usEast1,
	}, nil
}

// newProvider refuses to work on any account but the configured one.
func newProvider(ctx *pulumi.Context, environment *spec.Environment, name, region string, root pulumi.Resource) (*awssdk.Provider, error) {
	args := &awssdk.ProviderArgs{Region: pulumi.String(region)}
	if environment.AWS.AccountID != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{environment.AWS.AccountID})
	}
	if role := environment.AWS.AssumeRole; role != nil {
		assumed := &awssdk.ProviderAssumeRoleArgs{RoleArn: pulumi.String(role.RoleARN)}
		if role.SessionName != "" {
			assumed.SessionName = pulumi.String(role.SessionName)
		}
		if role.ExternalID != "" {
			assumed.ExternalId = pulumi.String(role.ExternalID)
		}
		if role.DurationSeconds > 0 {
			assumed.Duration = pulumi.String(fmt.Sprintf("%ds", role.DurationSeconds))
		}
		args.AssumeRole = assumed
	}
	provider, err := awssdk.NewProvider(ctx, name, args, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the AWS provider for %s: %w", region, err)
	}
	return provider, nil
}

func (w wiring) production() bool {
	return w.environment.Tier == spec.Production
}

// environmentTag is the tag that a budget filters by.
const environmentTag = "djangostack:environment"

func tagsOf(environment *spec.Environment, stack string) components.Tags {
	tags := components.Tags{}
	maps.Copy(tags, environment.AWS.Tags)
	tags["djangostack:app"] = environment.App.Name
	tags[environmentTag] = stack
	tags["djangostack:managed-by"] = "pulumi"
	if environment.Owner != "" {
		tags["djangostack:owner"] = environment.Owner
	}
	if environment.Purpose != "" {
		tags["djangostack:purpose"] = environment.Purpose
	}
	return tags
}
