package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
)

// zone registers the DNS zone of the environment, or looks up an existing one.
func (w wiring) zone() (*components.DNS, error) {
	wanted := w.environment.DNS
	args := &components.DNSArgs{Domain: wanted.Zone, Source: arguments.Source(wanted.Source), Tags: w.tags}
	if args.Source == arguments.Create {
		args.Data = w.environment.Held(data.DNS)
	}
	if wanted.Parent != "" {
		parent, err := components.NewDNS(w.ctx, w.name+"-parent", &components.DNSArgs{Domain: wanted.Parent, Source: arguments.Existing}, w.options...)
		if err != nil {
			return nil, err
		}
		args.ParentZoneID = parent.ZoneID
	}
	return components.NewDNS(w.ctx, w.name, args, w.options...)
}

// certificate registers a certificate that is validated by the zone. Options may name the
// provider of another region.
func (w wiring) certificate(zone *components.DNS, name string, domains []string, options ...pulumi.ResourceOption) (*components.Certificate, error) {
	return components.NewCertificate(w.ctx, name, &components.CertificateArgs{
		Domain:           domains[0],
		AlternativeNames: domains[1:],
		ZoneID:           zone.ZoneID,
		DeletionPolicy:   w.recordsOfCertificates(),
		Delegation:       zone.Delegation,
		Tags:             w.tags,
	}, component.With(w.options, options...)...)
}

// recordsOfCertificates says what becomes of the records that prove the names of a certificate.
func (w wiring) recordsOfCertificates() deletion.Policy {
	if w.environment.KeepsProofs() {
		return deletion.Retain
	}
	return deletion.Delete
}

// record points names of the zone to the same target.
func (w wiring) record(zone *components.DNS, name string, alias components.Alias, domains ...string) error {
	var records []components.DNSRecord
	for _, domain := range domains {
		records = append(records, components.DNSRecord{Name: domain, Type: "A", Alias: &alias})
	}
	_, err := components.NewRecords(w.ctx, name, &components.RecordsArgs{ZoneID: zone.ZoneID, Records: records}, w.options...)
	return err
}
