package gcp

import (
	"errors"
	"fmt"
	"strings"

	gcpcertificates "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/certificatemanager"
	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// CertificateArgs describes one certificate of Certificate Manager, and the map that
// load balancers find it by.
type CertificateArgs struct {
	Project string
	// Domain is the certificate's first name; *.example.com is allowed.
	Domain string
	// AlternativeNames are its other names.
	AlternativeNames []string
	// ZoneName is the zone of Cloud DNS that proves every name.
	ZoneName pulumi.StringInput
	// Delegation is what the world must know before Google can find the proof.
	Delegation []pulumi.Resource
	Labels     Labels
}

// Certificate is one certificate that Google issues once it finds the proofs, and
// renews by itself. Nothing waits for that: a load balancer begins to answer by TLS
// some minutes after the certificate's names are proved.
type Certificate struct {
	pulumi.ResourceState

	// MapID is what a proxy names the map by.
	MapID pulumi.StringOutput
	// MapName is what a Gateway names it by.
	MapName pulumi.StringOutput
}

// proofTTL is how long a resolver keeps the proof, in seconds.
const validationTTL = 300

// NewCertificate registers a certificate, the proofs of its names and its map. The
// proof of a name stays the same, and is written once: two certificates of one zone
// have no name in common.
func NewCertificate(ctx *pulumi.Context, name string, args *CertificateArgs, opts ...pulumi.ResourceOption) (*Certificate, error) {
	c := &Certificate{}
	return component.New(ctx, "djangostack:gcp:Certificate", name+"-certificate", c, args.check, func() (pulumi.Map, error) {
		authorizations, proofs, err := args.newAuthorizations(ctx, name, c)
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
		}, pulumi.Parent(c), pulumi.DependsOn(append(proofs, args.Delegation...)))
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
		a.Labels.check("Certificate"),
	)
}

func (a *CertificateArgs) names() []string {
	return append([]string{a.Domain}, a.AlternativeNames...)
}

// prove registers one authorisation for each name, and the record that it asks for.
func (a *CertificateArgs) newAuthorizations(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringArray, []pulumi.Resource, error) {
	var ids pulumi.StringArray
	var proofs []pulumi.Resource
	for _, domain := range arguments.BaseDomains(a.names()...) {
		authorization, err := gcpcertificates.NewDnsAuthorization(ctx, child(name, domain), &gcpcertificates.DnsAuthorizationArgs{
			Project:     pulumi.String(a.Project),
			Domain:      pulumi.String(domain),
			Description: pulumi.String("Proves " + domain),
			Type:        pulumi.String("FIXED_RECORD"),
			Labels:      a.Labels.All(),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, nil, fmt.Errorf("registering the authorisation of %s: %w", domain, err)
		}
		asked := authorization.DnsResourceRecords.Index(pulumi.Int(0))
		proof, err := gcpdns.NewRecordSet(ctx, name+"-proof-"+domain, &gcpdns.RecordSetArgs{
			Project:     pulumi.String(a.Project),
			ManagedZone: a.ZoneName,
			Name:        asked.Name().Elem(),
			Type:        asked.Type().Elem(),
			Ttl:         pulumi.Int(validationTTL),
			Rrdatas:     pulumi.StringArray{asked.Data().Elem()},
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, nil, fmt.Errorf("registering the proof of %s: %w", domain, err)
		}
		ids, proofs = append(ids, authorization.ID()), append(proofs, proof)
	}
	return ids, proofs, nil
}

// mapped registers the map and an entry for every name.
func (a *CertificateArgs) newMap(ctx *pulumi.Context, name string, certificate *gcpcertificates.Certificate, c *Certificate) error {
	certificates, err := gcpcertificates.NewCertificateMapResource(ctx, child(name, "certificates"), &gcpcertificates.CertificateMapResourceArgs{
		Project:     pulumi.String(a.Project),
		Description: pulumi.String("Certificates of " + name),
		Labels:      a.Labels.All(),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("registering the certificate map of %s: %w", name, err)
	}
	var entries []pulumi.Resource
	for _, domain := range a.names() {
		entry, err := gcpcertificates.NewCertificateMapEntry(ctx, child(name, strings.Replace(domain, "*", "any", 1)), &gcpcertificates.CertificateMapEntryArgs{
			Project:      pulumi.String(a.Project),
			Map:          certificates.Name,
			Hostname:     pulumi.String(domain),
			Certificates: pulumi.StringArray{certificate.ID()},
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
