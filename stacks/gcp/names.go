package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// recordTTL of names that lead to an address which never changes, in seconds.
const recordTTL = 300

func (w *wiring) zone() error {
	wanted := w.e.DNS
	args := &components.DNSArgs{Project: w.e.GCP.Project, Domain: wanted.Zone, Source: arguments.Existing, DNSSEC: arguments.Off, Labels: w.labels}
	if wanted.Source == spec.SourceCreate {
		args.Source = arguments.Create
		args.Protect = w.protected()
		if w.e.Tier == spec.Production {
			args.DNSSEC = arguments.On
		}
	}
	if wanted.Parent != "" {
		parent, err := components.NewDNS(w.ctx, w.name+"-parent", &components.DNSArgs{
			Project: w.e.GCP.Project, Domain: wanted.Parent, Source: arguments.Existing, DNSSEC: arguments.Off,
		}, w.options...)
		if err != nil {
			return err
		}
		args.ParentZoneName = parent.ZoneName
	}
	zone, err := components.NewDNS(w.ctx, w.name, args, w.options...)
	w.made.zone = zone
	return err
}

// certificate proves a name of the zone.
func (w *wiring) certificate(name, domain string) (*components.Certificate, error) {
	return components.NewCertificate(w.ctx, name, &components.CertificateArgs{
		Project:    w.e.GCP.Project,
		Domain:     domain,
		ZoneName:   w.made.zone.ZoneName,
		Delegation: w.made.zone.Delegation,
		Labels:     w.labels,
	}, w.options...)
}

// address reserves an address, and point writes the record of a name that leads to
// it.
func (w *wiring) address(name string) (*components.Address, error) {
	return components.NewAddress(w.ctx, name, &components.AddressArgs{
		Project: w.e.GCP.Project,
		Protect: w.protected(),
		Labels:  w.labels,
	}, w.options...)
}

func (w *wiring) point(name, domain string, at pulumi.StringInput) error {
	_, err := components.NewRecords(w.ctx, name, &components.RecordsArgs{
		Project:  w.e.GCP.Project,
		ZoneName: w.made.zone.ZoneName,
		Records:  []components.DNSRecord{{Name: domain, Type: "A", TTL: recordTTL, Values: pulumi.StringArray{at}}},
	}, w.options...)
	return err
}
