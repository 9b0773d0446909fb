package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
)

// recordTTL is the TTL of records that point at an address which never changes, in
// seconds.
const recordTTL = 300

// zone registers the DNS zone of the environment, or looks up an existing one.
func (w wiring) zone() (*components.DNS, error) {
	wanted, project := w.environment.DNS, w.environment.GCP.Project
	args := &components.DNSArgs{Project: project, Domain: wanted.Zone, Source: arguments.Source(wanted.Source), DNSSEC: arguments.Off, Labels: w.labels}
	if args.Source == arguments.Create {
		args.Data = w.environment.Held(data.DNS)
		if w.production() {
			args.DNSSEC = arguments.On
		}
	}
	if wanted.Parent != "" {
		parent, err := components.NewDNS(w.ctx, w.name+"-parent", &components.DNSArgs{
			Project: project, Domain: wanted.Parent, Source: arguments.Existing, DNSSEC: arguments.Off,
		}, w.options...)
		if err != nil {
			return nil, err
		}
		args.ParentZoneName = parent.ZoneName
	}
	return components.NewDNS(w.ctx, w.name, args, w.options...)
}

// certificate registers a certificate that is validated by the zone.
func (w wiring) certificate(zone *components.DNS, name string, domains []string, others map[string]string) (*components.Certificate, error) {
	return components.NewCertificate(w.ctx, name, &components.CertificateArgs{
		Project:          w.environment.GCP.Project,
		Domain:           domains[0],
		AlternativeNames: domains[1:],
		Others:           others,
		ZoneName:         zone.ZoneName,
		DeletionPolicy:   w.recordsOfCertificates(),
		Delegation:       zone.Delegation,
		Labels:           w.labels,
	}, w.options...)
}

// recordsOfCertificates says what becomes of the records that prove the names of a certificate.
func (w wiring) recordsOfCertificates() deletion.Policy {
	if w.environment.KeepsProofs() {
		return deletion.Retain
	}
	return deletion.Delete
}

// address reserves a global address.
func (w wiring) address(name string) (*components.Address, error) {
	return components.NewAddress(w.ctx, name, &components.AddressArgs{
		Project: w.environment.GCP.Project,
		Data:    w.environment.Held(data.Addresses),
		Labels:  w.labels,
	}, w.options...)
}

// record registers the record that points a domain at an address.
func (w wiring) record(zone *components.DNS, name string, address pulumi.StringInput, domains ...string) error {
	var records []components.DNSRecord
	for _, domain := range domains {
		records = append(records, components.DNSRecord{Name: domain, Type: "A", TTL: recordTTL, Values: pulumi.StringArray{address}})
	}
	_, err := components.NewRecords(w.ctx, name, &components.RecordsArgs{
		Project:  w.environment.GCP.Project,
		ZoneName: zone.ZoneName,
		Records:  records,
	}, w.options...)
	return err
}
