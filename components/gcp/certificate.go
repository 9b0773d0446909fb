package gcp

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	gcpcertificates "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/certificatemanager"
	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// CertificateArgs describes one certificate of Certificate Manager and its certificate map.
type CertificateArgs struct {
	Project string
	// Domain is the certificate's first name. Wildcards such as *.example.com are allowed.
	Domain string
	// AlternativeNames are its other names.
	AlternativeNames []string
	// Others are issued certificates of further hosts, by host.
	Others map[string]string
	// ZoneName is the Cloud DNS zone for the authorization records of all names.
	ZoneName pulumi.StringInput
	// DeletionPolicy of the authorization records is Retain in a zone that the stack did not create, and Delete in
	// one that it deletes as well. All authorizations of a project have the same record for a name, and without it
	// none of their certificates is renewed.
	DeletionPolicy deletion.Policy
	// Delegation are resources that must exist before Google can find the authorization
	// records.
	Delegation []pulumi.Resource
	Labels     Labels
}

// Certificate is one certificate that Google issues once it finds the authorization
// records, and renews automatically. Nothing waits for that: a load balancer serves TLS
// some minutes after the names are authorized.
type Certificate struct {
	pulumi.ResourceState

	// MapID is the id of the map for a proxy.
	MapID pulumi.StringOutput
	// MapName is the name of the map for a Gateway.
	MapName pulumi.StringOutput
}

// validationTTL is the TTL of authorization records, in seconds.
const validationTTL = 300

// NewCertificate registers a certificate, the authorizations of its names, and its map. The authorization records are
// those of the project, _acme-challenge_HASH: a record _acme-challenge would meet that of another project, and those
// of cert-manager and certbot.
func NewCertificate(ctx *pulumi.Context, name string, args *CertificateArgs, opts ...pulumi.ResourceOption) (*Certificate, error) {
	c := &Certificate{}
	return component.New(ctx, "djangostack:gcp:Certificate", name+"-certificate", c, args.check, func() (pulumi.Map, error) {
		authorizations, records, err := args.newAuthorizations(ctx, name, c)
		if err != nil {
			return nil, err
		}
		certificate, err := gcpcertificates.NewCertificate(ctx, child(name, "certificate"), &gcpcertificates.CertificateArgs{
			Project:     pulumi.String(args.Project),
			Description: pulumi.String("Names of " + name),
			Managed: &gcpcertificates.CertificateManagedArgs{
				Domains:           pulumi.ToStringArray(args.names()),
				DnsAuthorizations: authorizations,
			},
			Labels: args.Labels.All(),
		}, pulumi.Parent(c), pulumi.DependsOn(append(records, args.Delegation...)))
		if err != nil {
			return nil, fmt.Errorf("registering the certificate of %s: %w", args.Domain, err)
		}
		if err := args.newMap(ctx, name, certificate, c); err != nil {
			return nil, err
		}
		return pulumi.Map{"mapId": c.MapID, "mapName": c.MapName}, nil
	}, opts...)
}

func (a *CertificateArgs) check() error {
	return errors.Join(
		validate.Check("Certificate",
			validate.Required("Project", a.Project != ""),
			validate.Required("Domain", a.Domain != ""),
			validate.Required("ZoneName", a.ZoneName != nil),
		),
		checkProject("Certificate", a.Project),
		a.DeletionPolicy.Check("Certificate", "DeletionPolicy", deletion.Retain, deletion.Delete),
		a.Labels.check("Certificate"),
	)
}

func (a *CertificateArgs) names() []string {
	return append([]string{a.Domain}, a.AlternativeNames...)
}

// newAuthorizations registers an authorization and its DNS record for each base domain.
func (a *CertificateArgs) newAuthorizations(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringArray, []pulumi.Resource, error) {
	var ids pulumi.StringArray
	var records []pulumi.Resource
	for _, domain := range arguments.BaseDomains(a.names()...) {
		authorization, err := gcpcertificates.NewDnsAuthorization(ctx, child(name, hostName(domain)), &gcpcertificates.DnsAuthorizationArgs{
			Project:     pulumi.String(a.Project),
			Domain:      pulumi.String(domain),
			Description: pulumi.String("Authorizes " + domain),
			Type:        pulumi.String("PER_PROJECT_RECORD"),
			Labels:      a.Labels.All(),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, nil, fmt.Errorf("registering the authorization of %s: %w", domain, err)
		}
		wanted := authorization.DnsResourceRecords.Index(pulumi.Int(0))
		record, err := newRecordSet(ctx, name+"-proof-"+domain, &gcpdns.RecordSetArgs{
			Project:     pulumi.String(a.Project),
			ManagedZone: a.ZoneName,
			Name:        wanted.Name().Elem(),
			Type:        wanted.Type().Elem(),
			Ttl:         a.ttl(ctx, wanted.Name().Elem(), parent),
			Rrdatas:     pulumi.StringArray{wanted.Data().Elem()},
		}, parent, pulumi.RetainOnDelete(a.DeletionPolicy == deletion.Retain))
		if err != nil {
			return nil, nil, fmt.Errorf("registering the authorization record of %s: %w", domain, err)
		}
		ids, records = append(ids, authorization.ID()), append(records, record)
	}
	return ids, records, nil
}

// ttl returns the TTL of an authorization record. A record that another certificate of the project has in the zone
// already keeps its TTL.
func (a *CertificateArgs) ttl(ctx *pulumi.Context, record pulumi.StringOutput, parent pulumi.Resource) pulumi.IntInput {
	if a.DeletionPolicy != deletion.Retain {
		return pulumi.Int(validationTTL)
	}
	return pulumi.All(a.ZoneName, record).ApplyT(func(known []any) (int, error) {
		zone, _ := known[0].(string)
		name, _ := known[1].(string)
		found, err := lookUpRecord(ctx, a.Project, zone, name, "CNAME", parent)
		if err != nil || found == nil {
			return validationTTL, err
		}
		return cmp.Or(found.Ttl, validationTTL), nil
	}).(pulumi.IntOutput)
}

// newMap registers the map and an entry for every name.
func (a *CertificateArgs) newMap(ctx *pulumi.Context, name string, certificate *gcpcertificates.Certificate, c *Certificate) error {
	certificates, err := gcpcertificates.NewCertificateMapResource(ctx, child(name, "certificates"), &gcpcertificates.CertificateMapResourceArgs{
		Project:     pulumi.String(a.Project),
		Description: pulumi.String("Certificates of " + name),
		Labels:      a.Labels.All(),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("registering the certificate map of %s: %w", name, err)
	}
	ids := map[string]pulumi.StringInput{}
	for _, domain := range a.names() {
		ids[domain] = certificate.ID().ToStringOutput()
	}
	for host, other := range a.Others {
		ids[host] = pulumi.String(other)
	}
	var entries []pulumi.Resource
	for _, domain := range slices.Sorted(maps.Keys(ids)) {
		entry, err := gcpcertificates.NewCertificateMapEntry(ctx, child(name, hostName(domain)), &gcpcertificates.CertificateMapEntryArgs{
			Project:      pulumi.String(a.Project),
			Map:          certificates.Name,
			Hostname:     pulumi.String(domain),
			Certificates: pulumi.StringArray{ids[domain]},
			Labels:       a.Labels.All(),
		}, pulumi.Parent(c))
		if err != nil {
			return fmt.Errorf("registering the certificate of %s in its map: %w", domain, err)
		}
		entries = append(entries, entry)
	}
	c.MapName = after(ctx, certificates.Name, entries...)
	c.MapID = after(ctx, pulumi.Sprintf("//certificatemanager.googleapis.com/%s", certificates.ID()), entries...)
	return nil
}
