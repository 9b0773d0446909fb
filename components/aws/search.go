package aws

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	awsopensearch "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/opensearch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// SearchArgs describes one OpenSearch domain.
type SearchArgs struct {
	VpcID pulumi.StringInput
	// SubnetIDs are private. The nodes are in as many of them as there are Zones, from the
	// first on.
	SubnetIDs pulumi.StringArrayOutput
	// Zones is the number of zones with nodes, 1 to 3.
	Zones int
	// AllowFrom are the security groups whose members may connect.
	AllowFrom pulumi.StringArray
	// Version of OpenSearch is major and minor, for instance 2.19.
	Version string
	// InstanceType of data nodes, for instance t3.small.search, and Instances their number,
	// a multiple of Zones.
	InstanceType string
	Instances    int
	// MasterType is the instance type of three dedicated master nodes; empty for none.
	MasterType string
	// StorageGiB of each node.
	StorageGiB int
	// KeyARN is the KMS key at rest; without it the account's aws/es key. It cannot be
	// changed.
	KeyARN pulumi.StringInput
	// User of the app.
	User        string
	ServiceRole arguments.Source
	// Data that is protected refuses every plan that deletes or replaces the domain.
	Data data.Held
	Logs ServiceLogs
	Tags Tags
}

// Search is one OpenSearch domain in private subnets. It requires TLS and a password.
type Search struct {
	pulumi.ResourceState

	// Endpoint is the host name of the domain, for HTTPS.
	Endpoint pulumi.StringOutput
	User     string
	// Password is secret.
	Password pulumi.StringOutput
	// SecurityGroupID is the security group of the domain.
	SecurityGroupID pulumi.StringOutput

	name pulumi.StringOutput
	// instances are the data nodes, each with a disk of storageGiB.
	instances, storageGiB int
}

// URL is the address of the domain with user and password, in the form that opensearch-py
// and django-haystack parse. It is secret.
func (s *Search) URL() pulumi.StringOutput {
	address := pulumi.Sprintf("https://%s:%s@%s:%d", s.User, s.Password, s.Endpoint, httpsPort)
	return pulumi.ToSecret(address).(pulumi.StringOutput)
}

// NewSearch registers a domain.
func NewSearch(ctx *pulumi.Context, name string, args *SearchArgs, opts ...pulumi.ResourceOption) (*Search, error) {
	s := &Search{User: args.User, instances: args.Instances, storageGiB: args.StorageGiB}
	return component.New(ctx, "djangostack:aws:Search", name+"-search", s, args.check, func() (pulumi.Map, error) {
		parts, err := args.newParts(ctx, name, s)
		if err != nil {
			return nil, err
		}
		options := append(parts.options, pulumi.Parent(s), component.Protect(args.Data), pulumi.DependsOn(parts.prerequisites))
		domain, err := awsopensearch.NewDomain(ctx, name+"-search", parts.domain(args, name), options...)
		if err != nil {
			return nil, fmt.Errorf("registering the search domain: %w", err)
		}
		// The security group controls who can connect, and the internal users of the domain
		// control who may do what.
		_, err = awsopensearch.NewDomainPolicy(ctx, name+"-search", &awsopensearch.DomainPolicyArgs{
			DomainName: domain.DomainName,
			AccessPolicies: policy(pulumi.Map{
				"Effect":    pulumi.String("Allow"),
				"Principal": pulumi.Map{"AWS": pulumi.String("*")},
				"Action":    pulumi.String("es:ESHttp*"),
				"Resource":  pulumi.Sprintf("%s/*", domain.Arn),
			}),
		}, pulumi.Parent(s))
		if err != nil {
			return nil, fmt.Errorf("registering the policy of the search domain: %w", err)
		}
		s.Endpoint, s.Password, s.name = domain.Endpoint, parts.password, domain.DomainName
		s.SecurityGroupID = parts.securityGroup.ID().ToStringOutput()
		return component.DataOr(args.Data, pulumi.Map{"endpoint": s.Endpoint}), nil
	}, opts...)
}

func (a *SearchArgs) check() error {
	version := regexp.MustCompile(`^[1-9]\.[0-9]+$`)
	return errors.Join(
		validate.Check("Search",
			validate.Required("VpcID", a.VpcID != nil),
			validate.Required("SubnetIDs", a.SubnetIDs.OutputState != nil),
			validate.Required("AllowFrom", len(a.AllowFrom) > 0),
			validate.Required("InstanceType", a.InstanceType != ""),
			validate.Required("User", a.User != ""),
		),
		validate.RefuseIf(!version.MatchString(a.Version), "Search", fmt.Sprintf("Version is %q; it is major and minor, for instance 2.19", a.Version)),
		validate.RefuseIf(!strings.HasSuffix(a.InstanceType, ".search"), "Search", fmt.Sprintf("InstanceType is %q; it ends in .search", a.InstanceType)),
		validate.Within("Search", "Zones", a.Zones, 1, limits.MaxSearchZones),
		validate.Within("Search", "Instances", a.Instances, 1, limits.MaxSearchInstances),
		validate.RefuseIf(a.Zones > 0 && a.Instances%max(a.Zones, 1) != 0, "Search", "Instances is not a multiple of Zones"),
		validate.Within("Search", "StorageGiB", a.StorageGiB, limits.MinSearchVolumeGiB, limits.MaxSearchVolumeGiB),
		validate.OneOf("Search", "ServiceRole", a.ServiceRole, arguments.Create, arguments.Existing),
		a.Logs.check("Search"),
	)
}
