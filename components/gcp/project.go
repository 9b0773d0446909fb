package gcp

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/organizations"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/validate"
)

// projectNumber is the number of a project, which the addresses of Google's own
// service accounts have. It is looked up once a resource of the project is there: by
// then its APIs are on.
func projectNumber(ctx *pulumi.Context, project string, made pulumi.CustomResource, parent pulumi.Resource) pulumi.StringOutput {
	return organizations.LookupProjectOutput(ctx, organizations.LookupProjectOutputArgs{
		ProjectId: projectAfter(project, made),
	}, pulumi.Parent(parent)).Number()
}

// onceMade is a project's id when a resource of the project is there.
func projectAfter(project string, made pulumi.CustomResource) pulumi.StringPtrOutput {
	return made.ID().ApplyT(func(pulumi.ID) *string { return &project }).(pulumi.StringPtrOutput)
}

// checkProject refuses what is no project id: 6 to 30 lower-case letters, digits and
// hyphens, after the domain and a colon in the oldest projects
// (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
func checkProject(component, project string) error {
	form := regexp.MustCompile(`^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	return validate.RefuseIf(project != "" && !form.MatchString(project), component,
		fmt.Sprintf("Project is %q, which is no project id such as blog-production-1234", project))
}
