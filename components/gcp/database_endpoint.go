package gcp

import (
	"fmt"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/random"
)

// databaseContents are the administrator and the first database.
type databaseContents struct {
	password  pulumi.StringOutput
	resources []pulumi.Resource
}

// newContents registers the administrator and the first database. Deleting the resources
// leaves them on the server, and they are deleted with it: PostgreSQL refuses to drop a
// user that has granted rights to others, and renaming a database must not delete it. They
// are protected like the server: if a destroy removed them from the state but not from the
// server, they could not be created again.
func (a *DatabaseArgs) newContents(ctx *pulumi.Context, name string, server *gcpsql.DatabaseInstance, parent pulumi.Resource) (*databaseContents, error) {
	const abandon = "ABANDON"
	password, err := random.NewPassword(ctx, name+"-database-password", a.Data.Protected, parent)
	if err != nil {
		return nil, err
	}
	options := []pulumi.ResourceOption{
		pulumi.Parent(parent), component.Protect(a.Data), pulumi.RetainOnDelete(a.DeletionPolicy == deletion.Retain),
	}
	user, err := gcpsql.NewUser(ctx, name+"-database-user", &gcpsql.UserArgs{
		Project:        pulumi.String(a.Project),
		Instance:       server.Name,
		Name:           pulumi.String(a.User),
		Password:       password.Result.ToStringPtrOutput(),
		DeletionPolicy: pulumi.String(abandon),
	}, options...)
	if err != nil {
		return nil, fmt.Errorf("registering the database's administrator: %w", err)
	}
	contents := &databaseContents{password: password.Result, resources: []pulumi.Resource{user}}
	if a.RestoreFrom != nil {
		return contents, nil
	}
	first, err := gcpsql.NewDatabase(ctx, name+"-database-first", &gcpsql.DatabaseArgs{
		Project:        pulumi.String(a.Project),
		Instance:       server.Name,
		Name:           pulumi.String(a.Name),
		DeletionPolicy: pulumi.String(abandon),
	}, options...)
	if err != nil {
		return nil, fmt.Errorf("registering the first database: %w", err)
	}
	contents.resources = append(contents.resources, first)
	return contents, nil
}

// newEndpoint registers an address in the network and a Private Service Connect endpoint
// that leads from it to the server. Unlike a peering, it leaves nothing in the network when
// it is deleted. It returns the address, which exists long before the server, and the
// endpoint.
func (a *DatabaseArgs) newEndpoint(ctx *pulumi.Context, part string, server *gcpsql.DatabaseInstance, parent pulumi.Resource) (pulumi.StringOutput, pulumi.Resource, error) {
	address, err := gcpcompute.NewAddress(ctx, child(part), &gcpcompute.AddressArgs{
		Project:     pulumi.String(a.Project),
		Region:      pulumi.String(a.Region),
		Subnetwork:  a.SubnetID.ToStringOutput().ToStringPtrOutput(),
		AddressType: pulumi.String("INTERNAL"),
		Purpose:     pulumi.String("GCE_ENDPOINT"),
		Labels:      a.Labels.All(),
	}, pulumi.Parent(parent))
	if err != nil {
		return pulumi.StringOutput{}, nil, fmt.Errorf("registering the address of %s: %w", part, err)
	}
	rule, err := gcpcompute.NewForwardingRule(ctx, child(part), &gcpcompute.ForwardingRuleArgs{
		Project: pulumi.String(a.Project),
		Region:  pulumi.String(a.Region),
		// Google returns the address for a link, and the provider therefore sees no change
		// of the link (InternalIpDiffSuppress): the old address would stay in use. A
		// changed description replaces the endpoint.
		Description: pulumi.Sprintf("Leads from %s to the server of %s", address.Address, part),
		Network:     a.NetworkID.ToStringOutput().ToStringPtrOutput(),
		IpAddress:   address.SelfLink.ToStringPtrOutput(),
		Target:      server.PscServiceAttachmentLink.ToStringPtrOutput(),
		// An endpoint has no scheme; the provider's default is EXTERNAL.
		LoadBalancingScheme: pulumi.String(""),
		Labels:              a.Labels.All(),
		// An address has one endpoint, and an endpoint never changes its server.
	}, pulumi.Parent(parent), pulumi.ReplaceOnChanges([]string{"target"}), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return pulumi.StringOutput{}, nil, fmt.Errorf("registering the endpoint of %s: %w", part, err)
	}
	return address.Address, rule, nil
}
