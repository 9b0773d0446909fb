package aws

import (
	"fmt"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// searchService is the service that the role is linked to
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html).
const searchService = "opensearchservice.amazonaws.com"

// newSearchRole registers the service-linked role of OpenSearch Service. An account has it once,
// for the domains of all its environments, so it stays when the stack is destroyed: IAM refuses to
// delete it as long as any domain uses it, and the next domain would not find it. A preview
// refuses to create a role that exists, which IAM would refuse after everything before it was
// created.
func newSearchRole(ctx *pulumi.Context, name string, tags Tags, parent pulumi.Resource) (*awsiam.ServiceLinkedRole, error) {
	absent, err := searchRoleHook(ctx, "absent-role-"+name, parent, func(found []string) error {
		if len(found) == 0 {
			return nil
		}
		return fmt.Errorf("the account has the role %s already: set search.serviceRole to existing", found[0])
	})
	if err != nil {
		return nil, err
	}
	return awsiam.NewServiceLinkedRole(ctx, name, &awsiam.ServiceLinkedRoleArgs{
		AwsServiceName: pulumi.String(searchService),
		Tags:           tags.For(name),
	}, pulumi.Parent(parent), pulumi.RetainOnDelete(true), absent)
}

// requireSearchRole makes a preview refuse to create a domain in an account that lacks the role,
// which OpenSearch Service would refuse after everything before the domain was created.
func requireSearchRole(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.ResourceOption, error) {
	return searchRoleHook(ctx, "present-role-"+name, parent, func(found []string) error {
		if len(found) > 0 {
			return nil
		}
		return fmt.Errorf("the account has no service-linked role of OpenSearch Service (%s): set search.serviceRole to create, in one environment of the account", searchService)
	})
}

// searchRoleHook returns the option that runs a check of the roles of OpenSearch Service in the
// account, in previews as well, before the resource is created.
func searchRoleHook(ctx *pulumi.Context, name string, parent pulumi.Resource, check func(found []string) error) (pulumi.ResourceOption, error) {
	hook, err := ctx.RegisterResourceHook(name, func(*pulumi.ResourceHookArgs) error {
		path := "/aws-service-role/" + searchService + "/"
		found, err := awsiam.GetRoles(ctx, &awsiam.GetRolesArgs{PathPrefix: &path}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("looking for the role of OpenSearch Service: %w", err)
		}
		return check(found.Names)
	}, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return nil, fmt.Errorf("registering the check of the role of OpenSearch Service: %w", err)
	}
	return pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{hook}}), nil
}
