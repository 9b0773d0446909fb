package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	rooms "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// recordTTL of names that lead to an address which never changes, in seconds.
const recordTTL = 300

func (w *wiring) zone() error {
	wanted := w.e.DNS
	args := &rooms.DNSArgs{Project: w.e.GCP.Project, Domain: wanted.Zone, Zone: rooms.GivenZone, DNSSEC: rooms.DNSSECOff, Labels: w.labels}
	if wanted.Source == spec.Made {
		args.Zone = rooms.MadeZone
		args.Protect = w.protected()
		if w.e.Shape == spec.Production {
			args.DNSSEC = rooms.DNSSECOn
		}
	}
	if wanted.Parent != "" {
		parent, err := rooms.NewDNS(w.ctx, w.name+"-parent", &rooms.DNSArgs{
			Project: w.e.GCP.Project, Domain: wanted.Parent, Zone: rooms.GivenZone, DNSSEC: rooms.DNSSECOff,
		}, w.inside...)
		if err != nil {
			return err
		}
		args.ParentZoneName = parent.ZoneName
	}
	zone, err := rooms.NewDNS(w.ctx, w.name, args, w.inside...)
	w.made.zone = zone
	return err
}

// certificate proves a name of the zone.
func (w *wiring) certificate(name, domain string) (*rooms.Certificate, error) {
	return rooms.NewCertificate(w.ctx, name, &rooms.CertificateArgs{
		Project:    w.e.GCP.Project,
		Domain:     domain,
		ZoneName:   w.made.zone.ZoneName,
		Delegation: w.made.zone.Delegation,
		Labels:     w.labels,
	}, w.inside...)
}

// address reserves an address, and point writes the record of a name that leads to
// it.
func (w *wiring) address(name string) (*rooms.Address, error) {
	return rooms.NewAddress(w.ctx, name, &rooms.AddressArgs{
		Project: w.e.GCP.Project,
		Protect: w.protected(),
		Labels:  w.labels,
	}, w.inside...)
}

func (w *wiring) point(name, domain string, at pulumi.StringInput) error {
	_, err := rooms.NewRecords(w.ctx, name, &rooms.RecordsArgs{
		Project:  w.e.GCP.Project,
		ZoneName: w.made.zone.ZoneName,
		Records:  []rooms.DNSRecord{{Name: domain, Type: "A", TTL: recordTTL, Values: pulumi.StringArray{at}}},
	}, w.inside...)
	return err
}
