package gcp

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/organizations"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// projectNumber is the number of a project, which the addresses of Google's own
// service accounts have. It is looked up once a resource of the project is there: by
// then its APIs are on.
func projectNumber(ctx *pulumi.Context, project string, made pulumi.CustomResource, parent pulumi.Resource) pulumi.StringOutput {
	return organizations.LookupProjectOutput(ctx, organizations.LookupProjectOutputArgs{
		ProjectId: onceMade(project, made),
	}, pulumi.Parent(parent)).Number()
}

// onceMade is a project's id when a resource of the project is there.
func onceMade(project string, made pulumi.CustomResource) pulumi.StringPtrOutput {
	return made.ID().ApplyT(func(pulumi.ID) *string { return &project }).(pulumi.StringPtrOutput)
}
