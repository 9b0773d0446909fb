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
	hook, err := ctx.RegisterResourceHook("absent-role-"+name, func(*pulumi.ResourceHookArgs) error {
		path := "/aws-service-role/" + searchService + "/"
		found, err := awsiam.GetRoles(ctx, &awsiam.GetRolesArgs{PathPrefix: &path}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("looking for the role of OpenSearch Service: %w", err)
		}
		if len(found.Names) == 0 {
			return nil
		}
		return fmt.Errorf("the account has the role %s already: set search.serviceRole to existing", found.Names[0])
	}, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return nil, err
	}
	return awsiam.NewServiceLinkedRole(ctx, name, &awsiam.ServiceLinkedRoleArgs{
		AwsServiceName: pulumi.String(searchService),
		Tags:           tags.For(name),
	}, pulumi.Parent(parent), pulumi.RetainOnDelete(true),
		pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{hook}}))
}
