package gcp

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/organizations"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/validate"
)

// projectNumber is the number of a project, which is part of the addresses of Google's
// service agents. It is looked up after a resource of the project exists, because its APIs
// are enabled then.
func projectNumber(ctx *pulumi.Context, project string, resource pulumi.CustomResource, parent pulumi.Resource) pulumi.StringOutput {
	return organizations.LookupProjectOutput(ctx, organizations.LookupProjectOutputArgs{
		ProjectId: projectAfter(project, resource),
	}, pulumi.Parent(parent)).Number()
}

// projectAfter is the id of a project, known once a resource of the project exists.
func projectAfter(project string, resource pulumi.CustomResource) pulumi.StringPtrOutput {
	return resource.ID().ApplyT(func(pulumi.ID) *string { return &project }).(pulumi.StringPtrOutput)
}

// checkProject returns an error for a text that is not a project id: 6 to 30 lower-case
// letters, digits and hyphens, in the oldest projects after a domain and a colon
// (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
func checkProject(component, project string) error {
	form := regexp.MustCompile(`^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	return validate.RefuseIf(project != "" && !form.MatchString(project), component,
		fmt.Sprintf("Project is %q, which is no project id such as blog-production-1234", project))
}
