package gcp

import (
	"fmt"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	gcpsql "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/random"
)

// contents are what a server holds before the app comes.
type databaseContents struct {
	password  pulumi.StringOutput
	resources []pulumi.Resource
}

// contents registers the administrator and the first database. They are left where
// they are and go with the server: PostgreSQL refuses to drop a user that has given
// rights to others, and whoever renames a database does not mean to delete it. They
// are as protected as the server: what a destroy took out of the state and left inside
// could not be made again.
func (a *DatabaseArgs) newContents(ctx *pulumi.Context, name string, server *gcpsql.DatabaseInstance, parent pulumi.Resource) (*databaseContents, error) {
	const abandon = "ABANDON"
	password, err := random.NewPassword(ctx, name+"-database-password", a.Protect, parent)
	if err != nil {
		return nil, err
	}
	options := []pulumi.ResourceOption{
		pulumi.Parent(parent), pulumi.Protect(a.Protect), pulumi.RetainOnDelete(a.DeletionPolicy == deletion.Retain),
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
	inside := &databaseContents{password: password.Result, resources: []pulumi.Resource{user}}
	if a.RestoreFrom != nil {
		return inside, nil
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
	inside.resources = append(inside.resources, first)
	return inside, nil
}

// endpoint registers an address in the network and what leads from there to a server
// by Private Service Connect. Nothing of it is left in the network when it goes, as a
// peering would be. The address is known to be of use once others are ready too.
func (a *DatabaseArgs) newEndpoint(ctx *pulumi.Context, part string, server *gcpsql.DatabaseInstance, others []pulumi.Resource, parent pulumi.Resource) (pulumi.StringOutput, error) {
	address, err := gcpcompute.NewAddress(ctx, child(part), &gcpcompute.AddressArgs{
		Project:     pulumi.String(a.Project),
		Region:      pulumi.String(a.Region),
		Subnetwork:  a.SubnetID.ToStringOutput().ToStringPtrOutput(),
		AddressType: pulumi.String("INTERNAL"),
		Purpose:     pulumi.String("GCE_ENDPOINT"),
		Labels:      a.Labels.All(),
	}, pulumi.Parent(parent))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the address of %s: %w", part, err)
	}
	rule, err := gcpcompute.NewForwardingRule(ctx, child(part), &gcpcompute.ForwardingRuleArgs{
		Project: pulumi.String(a.Project),
		Region:  pulumi.String(a.Region),
		// Google answers a link with the address itself, so that the provider sees no
		// other link (InternalIpDiffSuppress), and the address before it would be in use for
		// ever: another description makes the endpoint anew.
		Description: pulumi.Sprintf("Leads from %s to the server of %s", address.Address, part),
		Network:     a.NetworkID.ToStringOutput().ToStringPtrOutput(),
		IpAddress:   address.SelfLink.ToStringPtrOutput(),
		Target:      server.PscServiceAttachmentLink.ToStringPtrOutput(),
		// An endpoint has none; left out, it would be EXTERNAL.
		LoadBalancingScheme: pulumi.String(""),
		Labels:              a.Labels.All(),
		// An address has one endpoint, which leads to one server for life.
	}, pulumi.Parent(parent), pulumi.ReplaceOnChanges([]string{"target"}), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the endpoint of %s: %w", part, err)
	}
	return after(ctx, address.Address, append([]pulumi.Resource{rule}, others...)...), nil
}
